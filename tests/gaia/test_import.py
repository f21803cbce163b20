"""GAIA in the ledger and in our lists: what it says, once, and only that."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
import time_machine

from connector.cli.main import main
from connector.errors import DataError
from connector.gaia import store
from connector.gaia.files import read_export
from connector.ledger import schema
from connector.settings import FILE
from scenarios import catalogue
from tests.gaia.conftest import FORMATIONS, STAGIAIRES

if TYPE_CHECKING:
    from pathlib import Path

    import sqlalchemy as sa

    from connector.gaia.store import Taken
    from connector.ledger.db import Ledger
    from tests.gaia.conftest import Depot

TODAY = date(2026, 11, 22)
TABLES = (schema.gaia_formation, schema.gaia_intervenant, schema.gaia_stagiaire)


def take_in(ledger: Ledger, folder: Path, today: date = TODAY) -> list[Taken]:
    with ledger.write() as connection:
        return [store.take_in(connection, export, today, author="essai", at_us=1) for export in read_export(folder)]


def content(ledger: Ledger) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    with ledger.read() as connection:
        return {table.name: sorted(connection.execute(table.select())) for table in TABLES}


def test_an_import_then_the_same_one(ledger: Ledger, depot: Depot) -> None:
    folder = depot.write()
    (first,) = take_in(ledger, folder)
    assert first.added == {"sessions": 4, "intervenants": 1, "stagiaires": 5}
    before = content(ledger)
    (second,) = take_in(ledger, folder)
    assert second.nothing
    assert content(ledger) == before


def test_what_gaia_no_longer_says_goes(ledger: Ledger, depot: Depot) -> None:
    take_in(ledger, depot.write())
    moved = FORMATIONS[1].replace("14/10/2026", "15/10/2026")
    (taken,) = take_in(ledger, depot.write((FORMATIONS[0], moved, *FORMATIONS[2:]), stagiaires=STAGIAIRES[1:]))
    assert (taken.added["sessions"], taken.removed["sessions"]) == (1, 1)
    assert (taken.added["stagiaires"], taken.removed["stagiaires"]) == (0, 1)


def test_a_national_session_is_kept_once_whoever_brings_it(ledger: Ledger, depot: Depot) -> None:
    folder = depot.write()
    depot.write(
        (FORMATIONS[3],), ("ACA10|70000|Roussel|Hélène|helene.roussel@ac-exemple.fr|",), STAGIAIRES[4:], code="ACA13"
    )
    first, other = take_in(ledger, folder)
    assert first.added["sessions"] == 4
    assert other.added["sessions"] == 0
    assert [one.nothing for one in take_in(ledger, folder)] == [True, True]


def test_an_export_that_looks_emptied_changes_nothing(ledger: Ledger, depot: Depot) -> None:
    take_in(ledger, depot.write())
    before = content(ledger)
    with pytest.raises(DataError, match="n'a plus aucune ligne lisible de «\xa0stagiaires\xa0»"):
        take_in(ledger, depot.write(stagiaires=("illisible",)))
    assert content(ledger) == before


def test_the_two_year_rule(ledger: Ledger, depot: Depot) -> None:
    old = FORMATIONS[1].replace("14/10/2026", "31/12/2025")
    assert store.oldest(TODAY).date() == date(2025, 1, 1)
    take_in(ledger, depot.write((FORMATIONS[0], old), stagiaires=STAGIAIRES[:3]))
    later = date(2027, 1, 1)  # what began in 2025 is now too old
    with ledger.write() as connection:
        asked = store.purge(connection, later, author="essai", at_us=2, dry=True)
    before = content(ledger)
    assert asked == {"intervenants": 0, "stagiaires": 1, "sessions": 1}
    with ledger.write() as connection:
        assert store.purge(connection, later, author="essai", at_us=2) == asked
    assert {name: len(before[name]) - len(rows) for name, rows in content(ledger).items()} == {
        "gaia_formation": 1,
        "gaia_intervenant": 0,
        "gaia_stagiaire": 1,
    }
    (again,) = take_in(ledger, depot.write((FORMATIONS[0], old), stagiaires=STAGIAIRES[:3]), later)
    assert (again.nothing, again.old) == (True, 1)


def test_a_hundred_thousand_lines(ledger: Ledger, depot: Depot) -> None:
    many = tuple(f"DEP069|118|Nom{n}|Prénom|personne.{n}@ac-exemple.fr" for n in range(100_000))
    (taken,) = take_in(ledger, depot.write(stagiaires=many))
    assert taken.added["stagiaires"] == 100_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the catalogue's session on mental arithmetic, its list cut to one person."""
    folder = tmp_path / "donnees"
    shutil.copytree(catalogue.folder("calcul-mental"), folder / "sessions")
    (folder / "sessions" / "participants.csv").write_text("courriel;groupe\nzoe.wagner@ac-exemple.fr;A\n", "utf-8")
    (folder / FILE).write_text('[[circonscription]]\nuai = "0693456G"\nnom = "Lyon 4"\nacademie = "Lyon"\n', "utf-8")
    return folder


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as left, time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        main(["--donnees", str(data), *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def listed(data: Path) -> list[dict[str, str]]:
    text = (data / "sessions" / "participants.csv").read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_commands(data: Path, depot: Depot, capsys: pytest.CaptureFixture[str]) -> None:
    folder = depot.write(stagiaires=(*STAGIAIRES, "=HYPERLINK()|illisible"))
    assert run(data, "gaia", "importer", str(folder)) == 2
    assert "1\N{NO-BREAK SPACE}ligne refusée" in capsys.readouterr().err
    (rejects,) = data.glob("gaia-rejets-*.csv")
    assert "'=HYPERLINK()|illisible" in rejects.read_text("utf-8-sig")

    assert run(data, "gaia", "inscrire", "CM-69L4-2026A", "--essai") == 0
    assert "camille.arnaud@ac-exemple.fr (Camille Arnaud)" in capsys.readouterr().out
    assert len(listed(data)) == 1
    assert run(data, "gaia", "inscrire", "CM-69L4-2026A") == 0
    assert "(ou plus) : zoe.wagner@ac-exemple.fr" in capsys.readouterr().out
    assert [row["courriel"] for row in listed(data)] == [
        "zoe.wagner@ac-exemple.fr",
        "camille.arnaud@ac-exemple.fr",
        "ines.belkacem@ac-exemple.fr",
    ]
    before = listed(data)
    assert run(data, "gaia", "inscrire", "CM-69L4-2026A") == 0
    assert listed(data) == before
    assert run(data, "verifier", str(data / "sessions" / "session.yaml")) == 0
    assert run(data, "gaia", "purger", "--essai") == 0
    assert "stagiaires 0" in capsys.readouterr().out


def test_each_enrolment_carries_its_own_frame(data: Path, depot: Depot, capsys: pytest.CaptureFixture[str]) -> None:
    session = data / "sessions" / "session.yaml"
    text = session.read_text("utf-8")
    link = 'gaia: [{dispositif: 26D0690001, module: "52345", session: "118"}'
    assert link in text
    paf = '{dispositif: 26A0100042, module: "61111", session: "7", cadre: paf, origine: candidature}'
    session.write_text(text.replace(link, f'{link}, {paf}, {{dispositif: X, module: "1", session: "1"}}'), "utf-8")
    run(data, "gaia", "importer", str(depot.write()))
    assert run(data, "gaia", "inscrire", "CM-69L4-2026A") == 2
    assert "GAIA ne connaît pas cette session (dispositif X" in capsys.readouterr().err
    assert {row["courriel"]: (row["origine"], row["cadre"]) for row in listed(data)} == {
        "zoe.wagner@ac-exemple.fr": (None, None),
        "camille.arnaud@ac-exemple.fr": ("", ""),
        "ines.belkacem@ac-exemple.fr": ("", ""),
        "salome.cazal@ac-exemple.fr": ("candidature", "paf"),
    }
    assert run(data, "verifier", str(session)) == 0
