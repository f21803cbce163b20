"""The commands of the ledger, as somebody types them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.ledger.db import open_ledger
from connector.ledger.queue import entries
from connector.ledger.schema import journal, session, snapshot
from connector.ledger.session_files import absorb_folders
from connector.ledger.sessions import absorb_observation
from connector.settings import Settings
from tests.ledger.kit import (
    SITE,
    T0,
    as_json,
    bring,
    completed,
    mbox,
    observation,
    publish,
    received,
    roster,
    row,
    take,
)
from tests.ledger.kit import snapshot as kit_snapshot

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from tests.terminal import Terminal


def test_a_roster_is_imported_once(terminal: Terminal) -> None:
    file = terminal.write("p.csv", roster(row("E1"), row("E2")))
    assert terminal.run("personnels", "importer", file) == 0
    assert terminal.out == "Personnes importées : 2\u00a0ajoutées, 0\u00a0modifiée, 0\u00a0inchangée.\n"
    assert terminal.run("personnels", "importer", file) == 0
    assert terminal.out == "Rien n'a changé : 2\u00a0personnes étaient déjà à jour.\n"


def test_complet_says_how_many_it_closes_and_warnings_go_beside(terminal: Terminal) -> None:
    terminal.run("personnels", "importer", terminal.write("p.csv", roster(row("E1"), row("E2"))))
    file = terminal.write("p.csv", roster(row("E1"), row("E1", quotite="50")))
    assert terminal.run("personnels", "importer", file, "--complet") == 0
    assert terminal.out == "Personnes importées : 0\u00a0ajoutée, 1\u00a0modifiée, 0\u00a0inchangée, 1\u00a0close.\n"
    assert terminal.err == "Attention : p.csv:2, 3 : les services de E1 font 150\u00a0% dès l'origine.\n"


def test_a_wrong_roster_is_refused_whole(terminal: Terminal) -> None:
    file = terminal.write("p.csv", roster(row("E1"), row("E2", quotite="x"), row("E3", degre="3D")))
    assert terminal.run("personnels", "importer", file) == 1
    assert "p.csv:3 : quotite" in terminal.err
    assert "p.csv:4 : degre" in terminal.err
    assert not (terminal.folder / "registre.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("personnels", "importer", "absent.csv"),
        ("lier", "session-1.yaml", "--correspondance", "absent.csv"),
        ("collecter", "--fichier", "absent.csv"),
    ],
)
def test_a_missing_file_is_a_sentence(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert terminal.run(*arguments) == 1
    assert "absent.csv" in terminal.err
    assert "Traceback" not in terminal.err


def test_collecting_from_nothing_says_what_to_declare(terminal: Terminal) -> None:
    assert terminal.run("collecter") == 1
    assert "déclarez [[lrs]] ou [[moodle]]" in terminal.err


def lines(*statements: object) -> str:
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in statements)


def test_what_was_collected_is_told_in_words_and_in_json(terminal: Terminal) -> None:
    said = completed(mbox("x@ac-exemple.fr"))
    other = said | {"verb": {"id": "urn:x:vu"}, "context": {}}
    refused = {"statement": said, "stored": False}
    file = terminal.write("e.jsonl", lines(said, other, "{", refused))
    assert terminal.run("collecter", "--fichier", file) == 0
    assert terminal.out == (
        "Déclarations retenues : 1\u00a0nouvelle, 0\u00a0déjà connue, 0\u00a0annulation.\n"
        "1\u00a0autre déclaration, comptée et non gardée.\n"
        "1\u00a0refusée par son LRS, laissée de côté.\n"
        "1\u00a0ligne illisible, mise de côté.\n"
        "En attente : 2 ; voir : parcours file.\n"
    )
    assert "ne peut pas être reconnu" in terminal.err
    assert terminal.run("collecter", "--fichier", file, "--json") == 0
    document = json.loads(terminal.out)
    figures = {key: document[key] for key in ("retenues", "connues", "autres", "refusees", "illisibles", "en_attente")}
    assert figures == {
        "retenues": 0, "connues": 1, "autres": {"urn:x:vu": 1}, "refusees": 1, "illisibles": 0, "en_attente": 2,
    }  # fmt: skip


def test_the_queue_says_what_why_and_what_to_do(terminal: Terminal) -> None:
    assert terminal.run("file") == 0
    assert terminal.out == "Rien n'est en attente.\n"
    people = [completed(mbox("x@ac-exemple.fr"), course=course) for course in range(1, 26)]
    terminal.run("collecter", "--fichier", terminal.write("e.jsonl", lines(*people)))
    assert terminal.run("file") == 0
    assert terminal.out.startswith("Le cours Moodle n'est lié à aucune session. (cours_inconnu, 25)\n")
    assert re.search(rf"^       1  [0-9a-f]{{8}}  {SITE} : cours 1$", terminal.out, re.MULTILINE)
    assert "… et 5 autres : parcours file --tout" in terminal.out
    assert "→ Liez-le s'il tient un parcours" in terminal.out
    assert terminal.run("file", "--tout") == 0
    assert terminal.out.count(f"{SITE} : cours") == 25
    assert terminal.run("file", "--json") == 0
    first = json.loads(terminal.out)[0]
    assert (first["motif"], first["declarations"], first["attend"]) == ("cours_inconnu", 1, True)


def entry(terminal: Terminal, reason: str) -> dict[str, object]:
    assert terminal.run("file", "--tout", "--json") == 0
    (found,) = [one for one in json.loads(terminal.out) if one["motif"] == reason]
    return dict(found)


@pytest.mark.parametrize("reason", ["cours_inconnu", "conflit", "illisible"])
def test_a_person_closes_an_entry_and_reopens_it_and_the_journal_says_who(terminal: Terminal, reason: str) -> None:
    one = completed(mbox("x@ac-exemple.fr")) | {"id": "00000000-0000-0000-0000-000000000001"}
    other = one | {"result": {"completion": False}}
    export = terminal.write("e.jsonl", lines(one, other, "{"))
    terminal.run("collecter", "--fichier", export)
    found = entry(terminal, reason)
    assert terminal.run("file", "--resoudre", found["numero"]) == 0
    assert terminal.out == f"Close : {found['numero']}  {found['sujet']}\n"
    assert terminal.run("file", "--resoudre", found["numero"]) == 0
    assert terminal.run("collecter", "--fichier", export) == 0
    assert "En attente : 2 " in terminal.out
    assert terminal.run("file") == 0
    assert str(found["numero"]) not in terminal.out
    assert entry(terminal, reason) == found | {"attend": False, "clos": True}
    assert terminal.run("file", "--rouvrir", found["numero"]) == 0
    assert terminal.out == f"Ouverte : {found['numero']}  {found['sujet']}\n"
    assert entry(terminal, reason) == found
    ledger = open_ledger(f"sqlite:///{terminal.folder}/registre.db")
    with ledger.read() as connection:
        entries_of = sa.select(journal.c.action, journal.c.subject, journal.c.author)
        said = connection.execute(entries_of.where(journal.c.action.startswith("file.")).order_by(journal.c.id)).all()
    ledger.close()
    changed = [tuple(row)[:2] for row in said if row.action != "file.lire"]
    assert changed == [("file.resoudre", found["sujet"]), ("file.rouvrir", found["sujet"])]
    assert all(row.author for row in said)


def test_closing_what_is_not_there_or_what_a_rule_settled_is_a_sentence(terminal: Terminal) -> None:
    assert terminal.run("file", "--resoudre", "0badcafe") == 1
    assert "Aucune entrée de la file ne porte le numéro « 0badcafe »." in terminal.err
    ledger = open_ledger(f"sqlite:///{terminal.folder}/registre.db")
    with ledger.write() as connection:
        bring(connection, row("E1", courriel="e1@ac-exemple.fr"))
        publish(connection)
        take(connection, received(completed(mbox("e1@ac-exemple.fr"), 103), "1"))
        (settled,) = entries(connection, settled=True)
    ledger.close()
    assert terminal.run("file", "--resoudre", settled.numero) == 1
    assert "n'attend personne" in terminal.err


def test_linking_by_file_then_by_code_is_journalled_once(terminal: Terminal) -> None:
    pages = terminal.folder / "correspondance-35.csv"
    assert terminal.run("lier", terminal.folder / "session-1.yaml", "--correspondance", pages) == 0
    assert terminal.out.startswith("Liés : la session CALCMENT-2026-S1 et le cours 35")
    assert terminal.run("lier", "CALCMENT-2026-S1", "--correspondance", pages) == 0
    assert terminal.out.startswith("Rien n'a changé")
    ledger = open_ledger(f"sqlite:///{terminal.folder}/registre.db")
    with ledger.read() as connection:
        actions = connection.execute(sa.select(journal.c.action, journal.c.subject)).all()
    ledger.close()
    assert [tuple(action) for action in actions] == [("session.lier", "CALCMENT-2026-S1")]


def test_linking_an_unknown_session_or_a_wrong_file_keeps_nothing(terminal: Terminal) -> None:
    pages = terminal.folder / "correspondance-35.csv"
    assert terminal.run("lier", "INCONNUE", "--correspondance", pages) == 1
    assert "La session « INCONNUE » n'est pas connue" in terminal.err
    wrong = terminal.write("session-1.yaml", "format: session/1\n")
    assert terminal.run("lier", wrong, "--correspondance", pages) == 1
    assert "session-1.yaml:1:1" in terminal.err
    bad = terminal.write("c.csv", "activite;url\n")
    assert terminal.run("lier", terminal.folder / "session-2.yaml", "--correspondance", bad) == 1
    ledger = open_ledger(f"sqlite:///{terminal.folder}/registre.db")
    with ledger.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(session)) == 0
    ledger.close()


@pytest.fixture
def folders(terminal: Terminal) -> Settings:
    config = terminal.folder / "parcours.toml"
    config.write_text(config.read_text("utf-8").replace("[]", '["."]'), "utf-8")
    return Settings.load(terminal.folder)


def test_session_folders_are_read_and_a_wrong_file_stops_no_other(
    terminal: Terminal, folders: Settings, ledger: Ledger
) -> None:
    terminal.write("session-1.yaml", "format: session/1\n")
    changed, problems = absorb_folders(ledger, folders)
    assert changed == ("CALCMENT-2026-S2",)
    assert len(problems) == 1
    assert "session-1.yaml:1:1" in problems[0]
    assert absorb_folders(ledger, folders)[0] == ()


def test_a_file_never_overrides_what_a_site_has_published(folders: Settings, ledger: Ledger) -> None:
    code = "CALCMENT-2026-S1"
    with ledger.write() as connection:
        absorb_observation(connection, SITE, observation(as_json(kit_snapshot(code=code)), code=code), at_us=T0)
    assert absorb_folders(ledger, folders)[0] == ("CALCMENT-2026-S2",)
    with ledger.read() as connection:
        assert connection.scalars(sa.select(snapshot.c.source).where(snapshot.c.code == code)).all() == [SITE]
