"""The follow-up log: who writes, who reads what, what the journal keeps, and nothing of it in the 18 hours."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.scope import EVERYTHING, Scope
from connector.suivi.log import MOST_CHARACTERS, Author, Entry, Meeting, entries, note, share, take_back
from connector.suivi.reading import read_followed
from scenarios.calendar import SchoolYear
from tests.reports.kit import CODE, ELSEWHERE, OTHER, STRANGER, TRAINER, UAI, us, write_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

YEAR = SchoolYear(2026)
NOW = us(2026, 11, 22)
ANNE = Author(TRAINER, NOW)
OF_ANNE = Scope("formateur", (TRAINER,))
PROXIMITY = Scope("formateur", ("paul@ac-exemple.fr",), (UAI,))
OF_PAUL = Author("paul@ac-exemple.fr", NOW)
IEN, IEN_ELSEWHERE = Scope("ien", (UAI,)), Scope("ien", (OTHER,))
MET = Meeting(date(2026, 11, 20), "presence", 45, "Préparer la rentrée.")


@pytest.fixture
def world(tmp_path: Path, sqlite_ledger: Path) -> Iterator[Ledger]:
    shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    with closing(open_ledger(f"sqlite:///{tmp_path / 'registre.db'}")) as ledger:
        with ledger.write() as connection:
            write_world(connection)
        yield ledger


def followed(world: Ledger, scope: Scope) -> set[str]:
    with world.read() as connection:
        return {one.identifiant for one in read_followed(connection, scope, YEAR).people}


def read(world: Ledger, scope: Scope, reader: str) -> list[Entry]:
    with world.read() as connection:
        return entries(connection, scope, reader, YEAR)


def texts(world: Ledger, scope: Scope, reader: str) -> list[str | None]:
    return [one.texte for one in read(world, scope, reader)]


def noted(world: Ledger, scope: Scope, author: Author, who: str, meeting: Meeting = MET) -> int:
    with world.write() as connection:
        return note(connection, scope, author, who, meeting)


def test_whom_each_one_accompanies(world: Ledger) -> None:
    """A session's list, what an IEN entrusted, the circonscription; a session that one only designed gives nobody."""
    listed = {"E0001", "E0002", "E0003", "E0004", STRANGER}
    assert followed(world, OF_ANNE) == listed
    assert followed(world, Scope("tuteur", (f"{CODE}@x.fr",))) == listed
    assert followed(world, PROXIMITY) == {"E0001", "E0002", "E0003", "E0004", "E0005"}
    assert followed(world, Scope("tuteur", ("x",), ("0690000A",))) == {"E0002", "E0004"}
    assert followed(world, IEN) == {"E0001", "E0002", "E0003", "E0004", "E0005"}
    assert followed(world, Scope("formateur", (f"{ELSEWHERE}@x.fr",))) == set()
    for nobody in (EVERYTHING, Scope("enseignant", ("E0001",)), Scope("concepteur", (TRAINER,))):
        assert followed(world, nobody) == set()
    assert followed(world, Scope("formateur", ("E0001",), (UAI,))) == {"E0002", "E0003", "E0004", "E0005"}
    with world.write() as connection:
        connection.execute(schema.trainer.update().where(schema.trainer.c.email == TRAINER).values(role="concepteur"))
    assert followed(world, OF_ANNE) == set()


def test_a_text_is_its_authors_until_it_is_shared_and_then_the_iens(world: Ledger) -> None:
    numero = noted(world, OF_ANNE, ANNE, "E0001")
    readers = ((IEN, "ien.lyon4"), (PROXIMITY, OF_PAUL.identifiant), (OF_ANNE, "operateur"))
    assert texts(world, OF_ANNE, TRAINER) == ["Préparer la rentrée."]
    for scope, reader in readers:
        (one,) = read(world, scope, reader)
        assert (one.texte, one.jour, one.minutes, one.auteur) == (None, MET.jour, 45, TRAINER)
    for scope in (IEN_ELSEWHERE, EVERYTHING, Scope("enseignant", ("E0001",)), Scope("concepteur", (TRAINER,))):
        assert read(world, scope, TRAINER) == []
    with world.write() as connection:
        assert share(connection, ANNE, numero, shared=True) == "E0001"
    assert [texts(world, scope, reader) for scope, reader in readers] == [["Préparer la rentrée."], [None], [None]]
    with world.write() as connection:
        share(connection, ANNE, numero, shared=False)
    assert texts(world, IEN, "ien.lyon4") == [None]


def test_only_who_wrote_changes_it(world: Ledger) -> None:
    numero = noted(world, OF_ANNE, ANNE, "E0001")
    with world.write() as connection:
        for act in (take_back, lambda *to: share(*to, shared=True)):
            with pytest.raises(DataError, match="pas de votre carnet"):
                act(connection, OF_PAUL, numero)
        assert take_back(connection, ANNE, numero) == "E0001"
        with pytest.raises(DataError, match="pas de votre carnet"):
            take_back(connection, ANNE, numero)
    assert read(world, OF_ANNE, TRAINER) == []


REFUSED: tuple[tuple[Scope, Author, str, dict[str, Any], str], ...] = (
    (OF_ANNE, ANNE, "E0005", {}, "pas de ceux que vous accompagnez"),
    (OF_ANNE, ANNE, "X", {}, "pas de ceux que vous accompagnez"),
    (IEN, Author("ien.lyon4", NOW), "E0001", {}, "pas de ceux que vous accompagnez"),
    (EVERYTHING, Author("operateur", NOW), "E0001", {}, "pas de ceux que vous accompagnez"),
    (OF_ANNE, ANNE, "E0001", {"jour": date(2026, 11, 23)}, "23/11/2026 ne se note pas"),
    (OF_ANNE, ANNE, "E0001", {"jour": date(2025, 8, 31)}, "31/08/2025 ne se note pas"),
    (OF_ANNE, ANNE, "E0001", {"minutes": 0}, "1 minute à 8 heures"),
    (OF_ANNE, ANNE, "E0001", {"minutes": 481}, "1 minute à 8 heures"),
    (OF_ANNE, ANNE, "E0001", {"texte": "é" * (MOST_CHARACTERS + 1)}, "1001 caractères : 1000 au plus"),
    (OF_ANNE, ANNE, "E0001", {"texte": "voir 10e0912345abc demain"}, "NUMEN"),
)


def test_what_cannot_be_noted_is_a_sentence_and_leaves_nothing(world: Ledger) -> None:
    for scope, author, who, changes, message in REFUSED:
        with pytest.raises(DataError) as refused:
            noted(world, scope, author, who, Meeting(**(vars(MET) | changes)))
        assert message in str(refused.value).replace("\N{NO-BREAK SPACE}", " ")
    with world.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.accompagnement)) == 0


def test_a_text_keeps_its_lines_and_nothing_that_acts_on_a_screen(world: Ledger) -> None:
    meeting = Meeting(MET.jour, "distance", 30, "  Un\r\n\x1b[31mDeux\u202e \n", partage=True)
    noted(world, OF_ANNE, ANNE, "E0001", meeting)
    assert texts(world, IEN, "ien.lyon4") == ["Un\n[31mDeux"]
    noted(world, OF_ANNE, ANNE, "E0002", Meeting(MET.jour, "distance", 30, " ", partage=True))
    assert [one.partage for one in read(world, OF_ANNE, TRAINER)] == [False, True]


def test_the_journal_says_that_it_was_noted_and_not_what(world: Ledger) -> None:
    numero = noted(world, OF_ANNE, ANNE, "E0001")
    with world.write() as connection:
        share(connection, ANNE, numero, shared=True)
        take_back(connection, ANNE, numero)
    with world.read() as connection:
        kept = connection.execute(schema.journal.select().order_by(schema.journal.c.id)).all()
    assert [(one.author, one.action, one.subject) for one in kept] == [
        (TRAINER, f"suivi.{act}", "E0001") for act in ("noter", "partager", "retirer")
    ]
    assert "rentrée" not in str([one.detail for one in kept])


def test_the_list_counts_what_was_noted_and_nothing_of_it_is_credited(ledger: Ledger) -> None:
    """On both databases."""
    world = ledger
    with world.write() as connection:
        write_world(connection)
    with world.read() as connection:
        before = [connection.execute(table.select()).all() for table in (schema.line, schema.balance, schema.touched)]
    for author, scope, who, days, mode, minutes in (
        (ANNE, OF_ANNE, "E0001", 0, "presence", 45),
        (ANNE, OF_ANNE, "E0001", 400, "presence", 60),
        (OF_PAUL, PROXIMITY, "E0001", 5, "distance", 20),
        (OF_PAUL, PROXIMITY, "E0005", 9, "presence", 30),
    ):
        day = MET.jour - timedelta(days=days)
        if days == 400:
            with world.write() as connection:
                row = {"teacher_id": 1, "annee_scolaire": "2025-2026", "texte": "", "partage": False, "at_us": NOW}
                row |= {"jour": day, "modalite": mode, "minutes": minutes, "auteur": author.identifiant}
                connection.execute(schema.accompagnement.insert().values(row))
        else:
            noted(world, scope, author, who, Meeting(day, mode, minutes))  # type: ignore[arg-type]
    with world.write() as connection:
        connection.execute(schema.service.update().where(schema.service.c.teacher_id == 3).values(situation="PES_50"))
    with world.read() as connection:
        found = read_followed(connection, IEN, YEAR)
        after = [connection.execute(table.select()).all() for table in (schema.line, schema.balance, schema.touched)]
    seen = [one.identifiant for one in found.people]
    assert (seen[0], seen[-2:]) == ("E0003", ["E0005", "E0001"]), "a beginner whom nobody has seen, first"
    assert (found.meetings, found.minutes, len(found.met), len(found.beginners)) == ((2, 1), 95, 2, 1)
    assert after == before
