"""`parcours rgpd` on a data folder where one person left traces of every kind."""

from __future__ import annotations

import html
import json
import re
import stat
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid5

import pytest
import sqlalchemy as sa

from connector.attendance.marks import Mark, Place
from connector.attendance.rollcall import Called
from connector.attendance.said_rolls import keep_said, read_said, said_by
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.erasure import person_named
from connector.ledger.journal import record
from connector.obligation.policy import LocalRules
from connector.ops.doctor.finding import Level
from connector.ops.privacy.person import parts
from connector.ops.privacy.purge import purge
from connector.ops.registre.check import check
from connector.publish.drift import person_key
from connector.publish.journal import StepJournal
from connector.settings import FILE, Settings
from scenarios.calendar import SchoolYear
from tests.access import access
from tests.ledger.kit import (
    ANNE,
    BRUNO,
    CODE,
    NAMESPACE,
    T0,
    bring,
    completed,
    mbox,
    publish,
    received,
    roster,
    row,
    take,
)
from tests.terminal import Terminal
from xapi.index import derive
from xapi.store import Incoming, Store

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger

UAI = "0693456G"
CONFIGURATION = f"""
[rgpd]
responsable = "Rectorat de Lyon"
[[moodle]]
adresse = "https://moodle.exemple.fr"
[[lrs]]
adresse = "http://lrs.exemple.fr/xAPI"
sans_https = true
identifiant = "parcours"
secret_fichier = "secret"
[[circonscription]]
uai = "{UAI}"
nom = "Lyon 4"
academie = "Lyon"
{access("a.martin", "enseignant", "A")}{access("ien.lyon4", "ien", UAI)}{access("ien.lyon5", "ien", "0690002C")}
[[derogation]]
identifiant = "A"
annee_scolaire = "2026-2027"
du = "12h"
motif = "decision_ien"  # décidé en septembre
"""
NOT_ABOUT_SOMEBODY = {
    "actor", "activity", "bookmark", "closed_entry", "closed_year", "conflict", "course", "dropped", "erased",
    "gaia_formation", "module", "pending", "rejected", "site_alias", "slot", "snapshot", "touched", "unsettled", "void",
    "pseudonymised",
}  # fmt: skip
"""Tables that say nothing of a person but what another one says of them."""


@pytest.fixture
def terminal(tmp_path: Path, sqlite_ledger: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    made = Terminal(tmp_path, capsys)
    made.write(FILE, CONFIGURATION)
    made.write("registre.db", sqlite_ledger.read_bytes())
    with closing(open_ledger(f"sqlite:///{tmp_path}/registre.db")) as ledger, ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE), row("B", courriel=BRUNO, nom="Durand", prenom="Bruno"))
        publish(connection)
        take(connection, received(completed(mbox(ANNE)), "anne"), received(completed(mbox(BRUNO)), "bruno"))
    with closing(Store.open(f"sqlite:///{tmp_path}/lrs.db")) as store:
        for name, said in (("anne", completed(mbox(ANNE))), ("bruno", completed(mbox(BRUNO)))):
            identifier = uuid5(NAMESPACE, name)
            content = {"id": str(identifier), **said}
            store.add([Incoming(identifier, bytes(32), content, None, derive(said))])
    assert made.run("rapprocher", "--annee", "2026-2027") == 0
    return made


def ledger_of(terminal: Terminal) -> Ledger:
    return open_ledger(Settings.load(terminal.folder).dsn)


def test_everything_of_one_person_is_handed_over_and_nothing_of_another(terminal: Terminal) -> None:
    terminal.run("rapport", "enseignant", "A", "--annee", "2026-2027", "--format", "json")
    assert terminal.run("rgpd", "exporter", "A", "--format", "json") == 0
    said = json.loads(terminal.out)
    assert said["identite"] == [{"identifiant": "A", "nom": "Martin", "prenom": "Anne"}]
    assert [one["statement_id"] for one in said["declarations"]] == [str(uuid5(NAMESPACE, "anne"))]
    assert [one["actor"] for one in said["declarations_brutes"]] == [mbox(ANNE)]
    assert {one["activity_id"] for one in said["lignes"]} == {"accueil", "presence-1"}
    assert [(one["quoi"], one["sujet"]) for one in said["consultations"]] == [("le relevé", "A")]
    assert BRUNO not in terminal.out
    assert terminal.run("rgpd", "exporter", "A") == 0
    page = (terminal.folder / "rgpd" / "A.html").read_text("utf-8")
    assert "Tout ce qui est gardé de Anne Martin" in page
    assert ANNE in page
    assert BRUNO not in page
    read = html.unescape(page)
    for words in (
        "achèvement",
        "rattachée à vous",
        "En présence",
        "Crédité",
        "adjoint en école",
        "100\N{NO-BREAK SPACE}%",
    ):
        assert f"<td>{words}</td>" in read, words
    for code in ("en_attente", "completion", "resolved", "100000", "PE_ADJOINT"):
        assert f"<td>{code}</td>" not in read, code
    assert not re.search(r"<td>\d{4}-\d\d-\d\dT", read), "instants are read, not parsed"
    assert stat.S_IMODE((terminal.folder / "rgpd" / "A.html").stat().st_mode) == 0o600


def test_no_table_that_speaks_of_people_is_left_out_of_an_export(terminal: Terminal) -> None:
    with closing(ledger_of(terminal)) as ledger, ledger.read() as connection:
        asked = parts(person_named(connection, "A"))
    froms = {table for part in asked for source in part.rows.get_final_froms() for table in tables_in(source)}
    assert froms | NOT_ABOUT_SOMEBODY == set(schema.metadata.tables)
    assert not froms & NOT_ABOUT_SOMEBODY


def tables_in(source: sa.FromClause) -> set[str]:
    return {one.name for one in sa.sql.visitors.iterate(source) if isinstance(one, sa.Table)}


def test_an_erased_person_is_nowhere_in_the_data_folder_and_every_figure_stays(terminal: Terminal) -> None:
    terminal.run("rapport", "circonscription", UAI, "--annee", "2026-2027", "--format", "json")
    before = [{**one, "identifiant": "", "nom": "", "prenom": ""} for one in json.loads(terminal.out)]
    for name in ("A-2026-2027.html", f"{UAI}-2026-2027.csv", "B-2026-2027.html"):
        (terminal.folder / "rapports").mkdir(exist_ok=True)
        terminal.write(f"rapports/{name}", "Anne Martin" if name[0] != "B" else "Bruno")
    with closing(ledger_of(terminal)), closing(Store.open(f"sqlite:///{terminal.folder}/lrs.db")):  # others work on
        assert terminal.run("rgpd", "effacer", "A", "--oui") == 0
        held = b"".join(path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file())
    assert "EFFACE-" in terminal.out
    assert "https://moodle.exemple.fr" in terminal.out
    kept = terminal.folder / "cle-rgpd"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [name for name in (ANNE, "Anne", "Martin", "a.martin") if name.encode() in held] == []
    assert BRUNO.encode() in held
    text = (terminal.folder / FILE).read_text("utf-8")
    assert 'identifiant = "EFFACE-' in text
    assert "# décidé en septembre" in text
    terminal.run("rapprocher", "--complet", "--annee", "2026-2027")
    terminal.run("rapport", "circonscription", UAI, "--annee", "2026-2027", "--format", "json")
    after = [{**one, "identifiant": "", "nom": "", "prenom": ""} for one in json.loads(terminal.out)]
    assert sorted(after, key=repr) == sorted(before, key=repr)
    assert [path.name for path in (terminal.folder / "rapports").iterdir()] == ["B-2026-2027.html"]


def test_the_texts_that_still_name_who_was_erased_are_told(terminal: Terminal) -> None:
    """Their own export, the roster: what the program did not make, or cannot make again, is a person's to remove."""
    assert (
        terminal.run("rgpd", "exporter", "A", "--format", "json", "--sortie", terminal.folder / "rgpd" / "A.json") == 0
    )
    for name, text in (("liste.csv", f"mel\n{ANNE.upper()}\n"), ("autre.csv", f"mel\nx{ANNE}\n{BRUNO}\n")):
        (terminal.folder / name).write_text(text, encoding="utf-8")
    assert terminal.run("rgpd", "effacer", "A", "--oui") == 0
    told = {line.split("dans ")[1].strip(".") for line in terminal.out.splitlines() if "ses noms dans" in line}
    assert told == {str(terminal.folder / name) for name in ("liste.csv", "rgpd/A.json")}


def test_no_digest_is_left_that_would_tell_where_an_erased_person_was(terminal: Terminal) -> None:
    """Of a publication, whole or cut, and of a roll: whoever knows the address could make it again."""
    anne, bruno = (person_key(CODE, email, "student") for email in (ANNE, BRUNO))
    prints = {"objects": {"inscription": {anne: {"groups": "1"}, bruno: {"groups": "2"}}, "cours": {CODE: {}}}}
    place = Place("presence-1", "a1")
    marks = Mark(ANNE, place, present=True), Mark(ANNE, place, present=False), Mark(BRUNO, place, present=True)
    roll = "https://moodle.exemple.fr#appel-7"
    with closing(ledger_of(terminal)) as ledger:
        steps = StepJournal(ledger, "https://moodle.exemple.fr", "essai", "cours")
        steps.published(CODE, prints)  # type: ignore[arg-type]
        steps.begin(CODE, [prints])  # type: ignore[list-item]
        with ledger.write() as connection:
            keep_said(connection, roll, said_by(Called(marks, {}, 0, {})))
    assert terminal.run("rgpd", "effacer", "A", "--oui") == 0
    with closing(ledger_of(terminal)) as ledger, ledger.read() as connection:
        left = {"objects": {"inscription": {bruno: {"groups": "2"}}, "cours": {CODE: {}}}}
        assert StepJournal(ledger, "https://moodle.exemple.fr", "essai", "cours").recall(CODE) == {
            "empreintes": left,
            "commencees": [left],
        }
        said = read_said(connection, roll)
        assert [said.has(mark) for mark in marks] == [False, False, True]
        assert said.whole == ""
    held = b"".join(path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file())
    assert anne.encode() not in held
    assert bruno.encode() in held


def test_the_ledger_of_erased_people_is_whole_and_takes_no_news_without_their_key(terminal: Terminal) -> None:
    terminal.run("rgpd", "effacer", "A", "--oui")
    settings = Settings.load(terminal.folder)
    with closing(open_ledger(settings.dsn, settings.erasure_key())) as ledger:
        assert {one.level for one in check(ledger, LocalRules.of(settings), SchoolYear(2026))} == {Level.OK}
    listed = terminal.write("p.csv", roster(row("A", courriel=ANNE), row("B", courriel=BRUNO)))
    assert terminal.run("personnels", "importer", listed) == 0
    assert "reste dehors : A" in terminal.err
    (terminal.folder / "cle-rgpd").rename(terminal.folder / "perdue")
    assert terminal.run("personnels", "importer", listed) == 1
    assert "cle_fichier" in terminal.err
    assert terminal.run("rgpd", "effacer", "B", "--oui") == 1
    assert not (terminal.folder / "cle-rgpd").exists()
    assert terminal.run("rgpd", "lever", "--tous") == 0
    assert terminal.run("personnels", "importer", listed) == 0
    assert "1\N{NO-BREAK SPACE}ajoutée" in terminal.out


def test_the_journal_says_who_saw_somebody_lists_and_refusals_included(terminal: Terminal) -> None:
    year = {"annee": "2026-2027"}
    entries: list[tuple[str, str, str, dict[str, str]]] = [
        ("ien.lyon4", "rapport.enseignant", "A", year),
        ("ien.lyon4", "rapport.enseignant", "B", year),
        ("ien.lyon4", "rapport.circonscription", UAI, year),
        ("root", "rapport.circonscription", UAI, year | {"nuit": "oui"}),
        ("ien.lyon4", "rapport.circonscription", UAI, {"annee": "2025-2026"}),
        ("ien.lyon4", "tableau.enseignants", "tous", year | {"perimetre": UAI}),
        ("ien.lyon5", "tableau.enseignants", "tous", year | {"perimetre": "0690002C"}),
        ("ien.lyon5", "acces.hors_perimetre", "A", {}),
        ("formatrice", "rapport.session", CODE, {}),
        ("formatrice", "rapport.session", "AUTRE", {}),
        ("operateur", "personnels.modifie", "A", {}),
    ]
    with closing(ledger_of(terminal)) as ledger, ledger.write() as connection:
        for rank, (author, action, subject, detail) in enumerate(entries):
            record(connection, T0 + rank, author, action, subject, **detail)
    assert terminal.run("rgpd", "journal", "A", "--json") == 0
    seen = [(one["par"], one["action"], one["sujet"], one["annee"]) for one in json.loads(terminal.out)]
    expected = [entries[rank] for rank in (0, 2, 3, 5, 7, 8)]
    assert seen == [
        (f"{author} (la nuit)" if "nuit" in said else author, action, subject, said.get("annee", ""))
        for author, action, subject, said in expected
    ], "nobody looked at what the night wrote on its own"
    assert terminal.run("rgpd", "journal", "--par", "formatrice") == 0
    assert "2\N{NO-BREAK SPACE}consultations." in terminal.out
    assert terminal.run("rgpd", "journal", "A", "--depuis", "2027-01-01") == 0
    assert terminal.out.startswith("0")


def test_what_is_old_is_counted_then_removed_and_the_files_with_it(terminal: Terminal) -> None:
    (terminal.folder / "rapports" / "2019-2020").mkdir(parents=True)
    terminal.write("gaia-rejets-ACA10-20200101.csv", "x")
    with closing(ledger_of(terminal)) as ledger, ledger.write() as connection:
        record(connection, 0, "ien", "rapport.enseignant", "A")
    assert terminal.run("rgpd", "purger", "--essai", "--json") == 0
    counted = json.loads(terminal.out)
    assert counted["essai"] is True
    some = {name: number for name, number in counted["nombres"].items() if number}
    assert some == {"journal": 1, "fichiers": 2}
    assert (terminal.folder / "rapports" / "2019-2020").exists()
    assert terminal.run("rgpd", "purger") == 0
    assert "3\N{NO-BREAK SPACE}éléments supprimés." in terminal.out
    assert not (terminal.folder / "rapports" / "2019-2020").exists()
    assert terminal.run("rgpd", "purger", "--essai") == 0
    assert "0\N{NO-BREAK SPACE}élément à supprimer." in terminal.out


def test_raw_statements_go_by_their_own_period(terminal: Terminal) -> None:
    settings = Settings.load(terminal.folder)
    with closing(ledger_of(terminal)) as ledger:
        done = purge(settings, ledger, date(2100, 1, 1), "essai", dry=True)
    assert (done.counts["brutes"], done.counts["personnes"]) == (2, 0)


def test_the_register_says_what_the_configuration_does(terminal: Terminal) -> None:
    assert terminal.run("rgpd", "registre", "--format", "json") == 0
    said = json.loads(terminal.out)
    assert said["responsable"][0]["ici"] == "Rectorat de Lyon"
    assert said["responsable"][2]["ici"] == "À compléter dans [rgpd] de parcours.toml"
    assert [one["quoi"] for one in said["destinataires"]] == [
        "IEN et leurs secrétariats (2)", "Enseignants (1)", "Académie",
    ]  # fmt: skip
    clear = [one["ici"] for one in said["lieux"] if "EN CLAIR" in one["reglage"]]
    assert clear == ["http://lrs.exemple.fr/xAPI"]
    assert terminal.run("rgpd", "registre") == 0
    assert "article 6(1)(e)" in (terminal.folder / "rgpd" / "registre.html").read_text("utf-8")


def test_only_an_operator_answers_for_personal_data(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ien.lyon4")
    for command in (
        ["purger"],
        ["exporter", "A"],
        ["effacer", "A", "--oui"],
        ["lever", "A"],
        ["registre"],
        ["journal"],
    ):
        assert terminal.run("rgpd", *command) == 1
        assert "seul un opérateur" in terminal.err


def test_a_person_who_is_not_there_and_a_refusal_change_nothing(terminal: Terminal) -> None:
    assert terminal.run("rgpd", "effacer", "X", "--oui") == 1
    assert terminal.run("rgpd", "lever", "A") == 1
    assert terminal.run("rgpd", "lever") == 1
    assert not (terminal.folder / "cle-rgpd").exists()
