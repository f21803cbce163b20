"""`parcours rgpd pseudonymiser` on a ledger that holds names, and what the other commands do afterwards."""

from __future__ import annotations

import json
import re
import shutil
import stat
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from connector.errors import ConfigError
from connector.ledger.db import open_as_kept, open_ledger
from connector.ledger.journal import record
from connector.ledger.names import Names
from connector.ledger.pseudonyms import Pseudonyms, own_proof
from connector.ledger.schema import metadata
from connector.ledger.schema.personal import Detail
from connector.ledger.scope import EVERYTHING
from connector.reports.people import BY_NAME, Wanted, read_rows
from connector.settings import FILE, Settings
from tests.ledger.kit import ANNE, BRUNO, T0, bring, row
from tests.ops.privacy.test_pseudonyms import bytes_naming, rows_naming
from tests.ops.privacy.test_rgpd import UAI, terminal  # noqa: F401 - the fixture
from xapi.cover import Covered

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger
    from tests.terminal import Terminal

YEAR = "2026-2027"
WORDS = {ANNE, BRUNO, "Martin", "Durand", "Bruno"}
IN_CLEAR = {
    "accompagnement": "annee_scolaire modalite",
    "activity": "activity_id type titre modalite",
    "actor": "kind site reason",
    "balance": "annee_scolaire circonscription uai ecole etat manques alertes regles",
    "bookmark": "source",
    "closed_entry": "numero reason",
    "closed_year": "annee_scolaire reglement empreinte",
    "conflict": "source",
    "contestation": "code activity_id motif",
    "course": "site code",
    "dropped": "source kind",
    "evidence": "source kind state actor_kind object_id site idnumber activity_hint event_name motif",
    "gaia_formation": "table_name dispositif module session source dispositif_name module_name group place_type place",
    "gaia_intervenant": "table_name module source",
    "gaia_stagiaire": "table_name session source",
    "journal": "action",
    "line": "code activity_id annee_scolaire modalite nature theme decision motif",
    "lost": "site code activity_id reason",
    "module": "site code activity_id",
    "moodle_account": "site",
    "need": "annee_scolaire uai circonscription cycle theme duree",
    "pacte_mission": "annee_scolaire mission",
    "participant": "code groupe origine cadre",
    "password": "hash",
    "rejected": "source place reason",
    "resolution": "code activity_id slot_id status reason",
    "service": "uai ecole circonscription departement academie degre situation",
    "session": "code matricule parcours_key titre nature theme collection circonscription annee_scolaire cadre fuseau"
    " validation",
    "site_alias": "address site",
    "slot": "activity_id slot_id iri lieu groupe",
    "snapshot": "code sha256 source",
    "teacher_key": "kind source reason",
    "trainer": "code role",
    "unsettled": "what",
    "void": "source",
    "web_session": "csrf",
}
"""Texts that say nothing of who somebody is."""


def opened(terminal: Terminal) -> Ledger:  # noqa: F811 - the fixture
    settings = Settings.load(terminal.folder)
    return open_ledger(settings.dsn, settings.erasure_key(), settings.names_file)


@pytest.fixture
def hidden(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Terminal:  # noqa: F811 - the fixture
    """The folder of `test_rgpd`, pseudonymised; the names and the key are in `away`."""
    away = tmp_path_factory.mktemp("ailleurs") / "noms"
    text = (
        (terminal.folder / FILE)
        .read_text("utf-8")
        .replace("[rgpd]\nresponsable", "[rgpd]\ncle_fichier = '§'\nresponsable")
    )
    terminal.write(FILE, text.replace("§", str(away / "cle")) + f'\n[base]\npseudonymes = "{away / "noms.db"}"\n')
    away.mkdir()
    assert terminal.run("rgpd", "pseudonymiser", "--oui") == 0, terminal.err
    return terminal


def away_of(terminal: Terminal) -> Path:  # noqa: F811 - the fixture
    file = Settings.load(terminal.folder).names_file
    assert file is not None
    return file.parent


def test_every_text_of_the_ledger_hides_or_is_known_to_name_nobody() -> None:
    """A new column is one or the other: whoever adds it says which."""
    texts = {
        table.name: {
            column.name for column in table.c if isinstance(column.type, sa.Text | sa.JSON) and not column.foreign_keys
        }
        for table in metadata.sorted_tables
    }
    foreign = {"code"}  # a session's, where it is a foreign key and where it is not
    assert {name: found - foreign for name, found in texts.items() if found - foreign} == {
        name: set(words.split()) - foreign for name, words in IN_CLEAR.items() if set(words.split()) - foreign
    }


def test_in_clear_the_columns_are_plain_ones() -> None:
    """Nothing is called for a value: the mode costs those who do not ask for it nothing."""
    plain = sqlite.dialect()
    for table in metadata.sorted_tables:
        for column in table.c:
            if isinstance(column.type, Covered) and not isinstance(column.type, Detail):
                kind = column.type.dialect_impl(plain)
                assert (kind.bind_processor(plain), kind.result_processor(plain, None)) == (None, None)


def test_a_dry_run_counts_and_the_mode_must_be_asked_for(terminal: Terminal) -> None:  # noqa: F811 - the fixture
    assert terminal.run("rgpd", "pseudonymiser", "--oui") == 1
    assert "ne dit pas où garder la correspondance" in terminal.err
    terminal.write(FILE, (terminal.folder / FILE).read_text("utf-8") + '\n[base]\npseudonymes = "noms.db"\n')
    assert terminal.run("rgpd", "pseudonymiser", "--essai") == 0
    assert re.search(r"À pseudonymiser.: \d+ lignes qui nomment quelqu'un", terminal.out)
    assert rows_naming(terminal.folder / "registre.db", {ANNE})
    assert not (terminal.folder / "noms.db").exists()


def test_neither_database_names_anybody_and_people_are_found_by_their_names(hidden: Terminal) -> None:
    for name in ("registre.db", "lrs.db"):
        assert rows_naming(hidden.folder / name, WORDS) == []
        assert bytes_naming(hidden.folder / name, WORDS) == []
    assert {stat.S_IMODE(one.stat().st_mode) for one in away_of(hidden).iterdir()} == {0o600}
    assert hidden.run("diagnostiquer", "--registre", "--json") == 0, hidden.out
    levels = {row["code"]: row["niveau"] for row in json.loads(hidden.out)["constats"]}
    assert {levels[code] for code in ("integrite.pseudonymes", "integrite.preuves", "integrite.publications")} == {"ok"}
    assert hidden.run("rgpd", "exporter", "A", "--format", "json") == 0
    said = json.loads(hidden.out)
    assert said["identite"] == [{"identifiant": "A", "nom": "Martin", "prenom": "Anne"}]
    assert [one["actor"] for one in said["declarations_brutes"]] == [{"mbox": f"mailto:{ANNE}"}]
    assert BRUNO not in hidden.out
    with closing(opened(hidden)) as ledger, ledger.read() as connection:
        assert [row.nom for row in read_rows(connection, EVERYTHING, Wanted(YEAR), order=BY_NAME)] == [
            "Durand",
            "Martin",
        ]
        assert [row.nom for row in read_rows(connection, EVERYTHING, Wanted(YEAR), first=1, limit=1)] == ["Martin"]
        wanted = Wanted(YEAR, recherche="dur BRU").searched(connection, EVERYTHING)
        assert [row.nom for row in read_rows(connection, EVERYTHING, wanted)] == ["Durand"]


def test_without_the_file_of_names_nothing_comes_in_that_would_need_it(hidden: Terminal) -> None:
    """Whatever opens the ledger: a name would be lost behind its pseudonym. The journal alone says who did what."""
    (away_of(hidden) / "noms.db").rename(away_of(hidden) / "ailleurs.db")
    with closing(opened(hidden)) as ledger:
        with pytest.raises(ConfigError, match="La correspondance manque"), ledger.write() as connection:
            bring(connection, row("Z", courriel="zoe@ac-exemple.fr", nom="Zola", prenom="Zoé"))
        with ledger.write() as connection:
            record(connection, T0, "ien.lyon4", "rapport.enseignant", "A")
        with ledger.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(metadata.tables["teacher"])) == 2


def test_who_is_erased_leaves_the_file_of_names(hidden: Terminal) -> None:
    def names() -> bytes:
        return (away_of(hidden) / "noms.db").read_bytes()

    assert ANNE.encode() in names()
    assert hidden.run("rgpd", "effacer", "A", "--oui") == 0, hidden.err
    assert ANNE.encode() not in names()
    assert b"Anne" not in names()
    assert BRUNO.encode() in names()
    assert hidden.run("rapport", "circonscription", UAI, "--annee", YEAR, "--format", "json") == 0
    assert [row["nom"] for row in json.loads(hidden.out)] == ["Durand", "Personne effacée"]
    assert rows_naming(hidden.folder / "registre.db", WORDS) == []


def test_a_copy_keeps_pseudonyms_and_comes_back_so(hidden: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copie" / "registre.db"
    assert hidden.run("registre", "sauvegarder", copy) == 0
    assert "se gardent à part" in hidden.out
    assert rows_naming(copy, WORDS) == []
    for one in hidden.folder.glob("registre.db*"):
        one.unlink()
    assert hidden.run("registre", "restaurer", copy) == 0
    assert hidden.run("rapport", "circonscription", UAI, "--annee", YEAR, "--format", "json") == 0
    assert [row["nom"] for row in json.loads(hidden.out)] == ["Durand", "Martin"]


def test_a_name_in_clear_is_found_and_there_is_no_silent_way_back(hidden: Terminal) -> None:
    engine = sa.create_engine(Settings.load(hidden.folder).dsn)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE teacher SET nom = 'Martin'"))
    engine.dispose()
    assert hidden.run("diagnostiquer", "--registre", "--json") == 2
    assert "teacher.nom" in hidden.out
    settings = Settings.load(hidden.folder)
    with pytest.raises(ConfigError, match="ne s'ouvre pas en clair"):
        open_ledger(settings.dsn)
    assert hidden.run("rgpd", "pseudonymiser", "--oui") == 1
    assert "déjà pseudonymisé" in hidden.err
    (away_of(hidden) / "cle").write_text("une autre clé\n", "utf-8")
    assert hidden.run("rapport", "enseignant", "A", "--annee", YEAR) == 1
    assert "celle d'une autre clé" in hidden.err
    (away_of(hidden) / "noms.db").unlink()
    assert hidden.run("rapport", "enseignant", "A", "--annee", YEAR) == 1
    assert "n'est pas celle des pseudonymes" in hidden.err


def test_a_file_of_names_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "noms.db"
    Names.make(file, own_proof(b"cle")).close()
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="lisible par tous les comptes"):
        Names(file, own_proof(b"cle"))
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="d'une autre clé"):
        Names(file, own_proof(b"autre"))
    with pytest.raises(ConfigError, match="ne peut pas être créée"):
        Names.make(file, own_proof(b"cle"))
    file.write_bytes(b"pas une base" * 100)
    with pytest.raises(ConfigError, match="ne se lit pas"):
        Names(file, own_proof(b"cle"))


@pytest.mark.postgresql
def test_on_postgresql_too(terminal: Terminal, tmp_path: Path, postgresql_database: str) -> None:  # noqa: F811 - the fixture
    text = (terminal.folder / FILE).read_text("utf-8")
    assert terminal.run("registre", "deplacer", postgresql_database) == 0
    (terminal.folder / "registre.db").unlink()
    base = f'[base]\ndsn = "{postgresql_database}"\npseudonymes = "{tmp_path / "noms.db"}"\n[rgpd]'
    terminal.write(FILE, text.replace("[rgpd]", base, 1))
    assert terminal.run("rgpd", "pseudonymiser", "--oui") == 0, terminal.err
    with closing(open_as_kept(postgresql_database)) as ledger, ledger.read() as connection:
        held = repr([connection.execute(table.select()).all() for table in metadata.sorted_tables])
    assert [word for word in WORDS if word in held] == []
    assert terminal.run("rgpd", "effacer", "A", "--oui") == 0, terminal.err
    assert ANNE.encode() not in (tmp_path / "noms.db").read_bytes()
    assert terminal.run("rapport", "circonscription", UAI, "--annee", YEAR, "--format", "json") == 0
    assert [row["nom"] for row in json.loads(terminal.out)] == ["Durand", "Personne effacée"]


def test_a_name_is_kept_as_the_transaction_that_writes_it(tmp_path: Path, sqlite_ledger: Path) -> None:
    dsn = f"sqlite:///{shutil.copy(sqlite_ledger, tmp_path / 'registre.db')}"
    with closing(Names.make(tmp_path / "noms.db", own_proof(b"cle"))) as names:
        teacher = metadata.tables["teacher"]
        row = {"identifiant": "E1", "nom": "Martin", "prenom": "Anne", "recherche": "anne martin e1"}
        with closing(open_as_kept(dsn, Pseudonyms(b"cle", names))) as ledger:
            with suppress(ZeroDivisionError), ledger.write() as connection:
                connection.execute(teacher.insert().values(row))
                raise ZeroDivisionError
            assert len(names) == 0
            with ledger.write() as connection:
                connection.execute(teacher.insert().values(row))
                assert connection.scalar(sa.select(teacher.c.id).where(teacher.c.identifiant == "E2")) is None
            assert len(names) == 4  # and nothing of E2, who was only asked for


def test_only_the_page_of_an_account_stays_in_clear() -> None:
    """A free text that begins as an address does is hidden whole."""
    by = Pseudonyms(b"cle", None)
    assert by.hide("https://moodle.exemple.fr|anne.martin").startswith("https://moodle.exemple.fr|p-")
    for text in ("https://notes.exemple.fr/anne martin | à revoir", "anne | https://notes.exemple.fr", "http://|anne"):
        assert "anne" not in by.hide(text)
    assert by.hide("2") != "2", "an identifiant may be a number: only that of an account stays"
