"""Who is read: the scope in every query, the narrowing, the order, the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.ledger.schema import balance, touched
from connector.ledger.scope import EVERYTHING, Scope
from connector.reports.people import BY_LEFT, BY_NAME, Wanted, count_stale, count_states, read_rows
from tests.reports.kit import CODE, OTHER, PEOPLE, STRANGER, TRAINER, UAI, YEAR

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

HERE = {identifiant for identifiant, *_ in PEOPLE}
IEN, OTHER_IEN = Scope("ien", (UAI,)), Scope("ien", (OTHER,))


def seen(world: Ledger, scope: Scope, **narrowed: str) -> set[str]:
    with world.read() as connection:
        return {row.identifiant for row in read_rows(connection, scope, Wanted(YEAR, **narrowed))}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (EVERYTHING, HERE | {STRANGER}),
        (IEN, HERE),
        (OTHER_IEN, {STRANGER}),
        (Scope("ien", (UAI, OTHER)), HERE | {STRANGER}),
        (Scope("ien", ()), set()),
        (Scope("enseignant", ("E0002",)), {"E0002"}),
        (Scope("enseignant", ("E0002@AC-exemple.fr",)), {"E0002"}),
        (Scope("formateur", (TRAINER,)), set()),
        (Scope("tuteur", (f"{CODE}@x.fr",)), set()),
    ],
)
def test_a_scope_shows_its_teachers_and_nobody_else(world: Ledger, scope: Scope, expected: set[str]) -> None:
    assert seen(world, scope) == expected


def test_what_is_asked_for_only_narrows_the_scope(world: Ledger) -> None:
    assert seen(world, IEN, circonscription=OTHER) == set()
    assert seen(world, IEN, identifiant=STRANGER) == set()
    assert seen(world, IEN, session=CODE) == HERE
    assert seen(world, EVERYTHING, session=CODE) == HERE | {STRANGER}
    assert seen(world, EVERYTHING, ecole="0690000A") == {"E0002", "E0004"}
    assert seen(world, EVERYTHING, etat="atteint") == {"E0002"}
    assert seen(world, EVERYTHING, academie="Lyon") == HERE | {STRANGER}
    assert seen(world, EVERYTHING, academie="Grenoble") == set()


def test_a_remplacant_is_seen_by_the_circonscription_of_attachment(world: Ledger) -> None:
    """Whatever sessions they follow elsewhere: E0099 has lines in a session of Lyon 4."""
    assert STRANGER not in seen(world, IEN)
    assert seen(world, OTHER_IEN, session=CODE) == {STRANGER}


def test_rows_go_by_school_then_name(world: Ledger) -> None:
    with world.read() as connection:
        rows = read_rows(connection, IEN, Wanted(YEAR))
    assert [row.identifiant for row in rows][:2] == ["E0002", "E0004"]
    assert [row.ecole for row in rows] == ["École 0"] * 2 + ["École 1"] * 3


@pytest.mark.parametrize("order", [BY_NAME, BY_LEFT])
def test_pages_put_together_are_everybody_once(world: Ledger, order: tuple[object, ...]) -> None:
    with world.read() as connection:
        whole = read_rows(connection, IEN, Wanted(YEAR), order=order)  # type: ignore[arg-type]
        pages = [
            read_rows(connection, IEN, Wanted(YEAR), order=order, first=first, limit=2)  # type: ignore[arg-type]
            for first in (0, 2, 4)
        ]
    assert tuple(row for page in pages for row in page) == whole
    assert [len(page) for page in pages] == [2, 2, 1]


def test_states_and_news_are_counted_in_the_scope(world: Ledger) -> None:
    with world.write() as connection:
        connection.execute(touched.insert(), [{"teacher_id": 1}, {"teacher_id": 99}])
    with world.read() as connection:
        assert count_states(connection, IEN, Wanted(YEAR)) == {"atteint": 1, "incomplet": 3, "dispense": 1}
        assert count_states(connection, OTHER_IEN, Wanted(YEAR)) == {"atteint": 0, "incomplet": 1, "dispense": 0}
        assert count_stale(connection, IEN, Wanted(YEAR)) == 1
        assert count_stale(connection, EVERYTHING, Wanted(YEAR)) == 2


def test_another_school_year_shows_nobody(world: Ledger) -> None:
    with world.write() as connection:
        connection.execute(balance.update().where(balance.c.teacher_id == 1).values(annee_scolaire="2025-2026"))
    assert seen(world, IEN) == HERE - {"E0001"}
