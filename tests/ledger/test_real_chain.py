"""The main proof: what a real Moodle announced, judged as its own database has it.

All 1 646 records captured from Moodle 4.5.6 with logstore_xapi, in its four actor configurations, go through the
commands that an operator would type. Every person who appears is in the roster, trainer and connector included, so
that every row is judged before anybody is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.ledger import resolve
from connector.ledger.db import open_ledger
from connector.ledger.queue import Entry, entries
from connector.ledger.schema import evidence, resolution, teacher
from connector.ledger.states import act_states, last_states
from tests.ledger import real_chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger

CHOICE, REMOVED, MEETING = 305, 312, 308

RULE_CHANGED = "the activity's completion rule was changed: Moodle deleted its rows and announced nothing"
MODULE_DELETED = "the module was deleted afterwards: its completion rows went, its statements stay"
LOST = "completed while the LRS was down with backgroundmode=0: the event is in no table of the plugin"

DIFFERENCES: dict[tuple[int, int], tuple[str | None, str | None, str]] = {
    **{
        (userid, CHOICE): (None, "done", RULE_CHANGED)
        for userid in (39, 40, 41, 42, 43, 44, 45, 46, 47, 51, 54, 58, 59, 60, 61, 63, 64)
    },
    (55, CHOICE): (None, "undone", RULE_CHANGED),
    (50, REMOVED): (None, "done", MODULE_DELETED),
    (52, MEETING): ("done", None, LOST),
}
"""(user, module): what Moodle's database says, what the statements say, and why they differ. No more, no fewer."""


def states(ledger: Ledger) -> real_chain.State:
    last = last_states(act_states()).subquery()
    query = sa.select(teacher.c.identifiant, last).join(last, last.c.teacher_id == teacher.c.id)
    with ledger.read() as connection:
        return {
            (int(row.identifiant[1:]), real_chain.module_of(row.code, row.activity_id)): row.state
            for row in connection.execute(query)
        }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which everything has been collected, on SQLite."""
    made = tmp_path_factory.mktemp("real")
    real_chain.live(made, f"sqlite:///{made}/registre.db").close()
    return made


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{folder}/registre.db")
    yield opened
    opened.close()


def differences(ledger: Ledger) -> dict[tuple[int, int], tuple[str | None, str | None]]:
    true, ours = real_chain.true_states(), states(ledger)
    assert len(true) == 304
    return {key: (true.get(key), ours.get(key)) for key in true | ours if true.get(key) != ours.get(key)}


EXPECTED = {key: (says, said) for key, (says, said, _) in DIFFERENCES.items()}


def test_every_state_is_moodle_s_own_but_for_what_moodle_never_announced(ledger: Ledger) -> None:
    assert differences(ledger) == EXPECTED


@pytest.mark.postgresql
def test_postgresql_judges_the_same(tmp_path: Path, postgresql_database: str) -> None:
    ledger = real_chain.live(tmp_path, postgresql_database)
    assert differences(ledger) == EXPECTED
    ledger.close()


def test_every_statement_is_resolved_and_only_replays_are_set_aside(ledger: Ledger) -> None:
    with ledger.read() as connection:
        number = sa.func.count().label("number")
        rows = connection.execute(sa.select(resolution.c.status, number).group_by(resolution.c.status))
        statuses = {row.status: row.number for row in rows}
        assert statuses == {"resolved": 457}
        assert entries(connection) == []
        assert entries(connection, settled=True) == [Entry("rejeu", "CALCMENT-2026-S1", 11)]


def test_collecting_again_changes_nothing(folder: Path, ledger: Ledger) -> None:
    before = states(ledger)
    assert "0\u00a0nouvelle, 457\u00a0déjà connues" in real_chain.collect(folder)
    assert states(ledger) == before
    with ledger.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(evidence)) == 457


def test_what_came_before_roster_sessions_and_identities_waits_and_then_gives_the_same(
    tmp_path: Path, ledger: Ledger
) -> None:
    real_chain.build(tmp_path)
    real_chain.collect(tmp_path)
    late = open_ledger(f"sqlite:///{tmp_path}/registre.db")
    with late.read() as connection:
        assert {entry.reason for entry in entries(connection)} == {"cours_inconnu"}
    real_chain.link(tmp_path)
    with late.read() as connection:
        assert {entry.reason for entry in entries(connection)} == {"personne_inconnue"}
    real_chain.run(tmp_path, "personnels", "importer", str(tmp_path / "personnels.csv"))
    with late.write() as connection:
        real_chain.teach(connection)
        resolve.settle(connection)
    assert states(late) == states(ledger)
    late.close()
