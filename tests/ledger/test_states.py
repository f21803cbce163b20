"""Which act decides: rules 1 to 4 of RULES.md section 2, and the same states whatever the order of reading."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.ledger.schema import teacher, touched
from connector.ledger.states import act_states, last_states, replays
from tests.ledger.kit import ANNE, BRUNO, SECOND, T0, bring, completed, mbox, publish, received, row, take
from xapi import emit
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.ledger.reading import Received


@pytest.fixture
def class_of_two(ledger: Ledger) -> Ledger:
    """Two teachers, Anne under two addresses, in a published session."""
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE, autres_courriels="anne2@ac-exemple.fr"), row("B", courriel=BRUNO))
        publish(connection)
    return ledger


def last(connection: sa.Connection) -> dict[tuple[str, str], str]:
    state = last_states(act_states()).subquery()
    query = sa.select(teacher.c.identifiant, state).join(state, state.c.teacher_id == teacher.c.id)
    return {(row.identifiant, row.activity_id): row.state for row in connection.execute(query)}


def count(connection: sa.Connection, acts: sa.Select[Any]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(acts.subquery())) or 0


def test_the_last_state_wins_by_time_then_by_storage(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101, at=10, state="done"), "1", stored=50),
            received(completed(mbox(ANNE), 101, at=20, state="undone"), "2", stored=21),
            received(completed(mbox(ANNE), 102, at=10, state="failed"), "3", stored=12),
            received(completed(mbox(ANNE), 102, at=10, state="done"), "4", stored=11),
        )
        assert last(connection) == {("A", "accueil"): "undone", ("A", "test-final"): "failed"}


def test_undone_comes_before_done_in_one_second_unless_the_source_gives_an_order(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101), "1"),
            received(completed(mbox(ANNE), 101, state="undone"), "2"),
            received(completed(mbox(ANNE), 102), "3", rank=1),
            received(completed(mbox(ANNE), 102, state="undone"), "4", rank=2),
        )
        assert last(connection) == {("A", "accueil"): "done", ("A", "test-final"): "undone"}


def test_copies_are_one_act_under_whatever_name_and_keep_the_first_storage(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox("anne2@ac-exemple.fr"), 101), "copie", stored=500),
            received(completed(mbox(ANNE), 101), "1", stored=5),
            received(completed(mbox(ANNE), 101, state="undone"), "2", stored=20),
        )
        acts = act_states().subquery()
        found = {row.state: row.stored_us for row in connection.execute(sa.select(acts))}
        assert found == {"done": T0 + 5 * SECOND, "undone": T0 + 20 * SECOND}
        assert last(connection) == {("A", "accueil"): "undone"}


@pytest.mark.parametrize(("delay", "state", "aside"), [(29, "undone", 0), (30, "done", 1)])
def test_a_replay_is_set_aside_thirty_seconds_after(class_of_two: Ledger, delay: int, state: str, aside: int) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101), "1", stored=5),
            received(completed(mbox("anne2@ac-exemple.fr"), 101, state="undone"), "2", stored=5 + delay),
        )
        assert last(connection) == {("A", "accueil"): state}
        assert count(connection, replays()) == aside


def test_an_undone_of_another_instant_is_no_replay_however_late(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101), "1", stored=5),
            received(completed(mbox(ANNE), 101, at=1, state="undone"), "2", stored=9999),
        )
        assert last(connection) == {("A", "accueil"): "undone"}
        assert count(connection, replays()) == 0


def void_of(name: str, void_name: str) -> Received:
    target = received(completed(mbox(ANNE)), name).id
    voiding = emit.void(Actor("mbox", ANNE), target, timestamp_us=T0)
    return received(voiding, void_name)._replace(statement=decode_statement(voiding))


@pytest.mark.parametrize("void_first", [True, False])
def test_a_voided_statement_never_came_whenever_the_void_came(class_of_two: Ledger, void_first: bool) -> None:
    items = [received(completed(mbox(ANNE), 101), "1"), void_of("1", "v")]
    with class_of_two.write() as connection:
        for item in reversed(items) if void_first else items:
            connection.execute(touched.delete())
            take(connection, item)
            assert void_first or count(connection, sa.select(touched)) == 1
        assert last(connection) == {}


def test_voiding_a_copy_leaves_the_other_and_a_void_cannot_be_voided(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101), "1"),
            received(completed(mbox(ANNE), 101), "2"),
            received(completed(mbox(ANNE), 102), "3"),
            void_of("1", "v1"),
            void_of("3", "v3"),
            void_of("v3", "v4"),
        )
        assert last(connection) == {("A", "accueil"): "done"}


def test_a_voided_completion_makes_no_replay(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(
            connection,
            received(completed(mbox(ANNE), 101), "1", stored=0),
            received(completed(mbox(ANNE), 101, state="undone"), "2", stored=60),
            void_of("1", "v"),
        )
        assert last(connection) == {("A", "accueil"): "undone"}


def test_the_teachers_asked_for_are_the_teachers_given(class_of_two: Ledger) -> None:
    with class_of_two.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"), received(completed(mbox(BRUNO)), "2"))
        anne = sa.select(teacher.c.id).where(teacher.c.identifiant == "A")
        assert (count(connection, act_states()), count(connection, act_states(anne))) == (2, 1)


class Said(NamedTuple):
    """A statement in short: who, what, when (seconds), when stored (seconds), what state; `id` is its name."""

    id: int
    who: str
    cmid: int
    at: int
    stored: int
    state: str


PEOPLE = {ANNE: "A", "anne2@ac-exemple.fr": "A", BRUNO: "B"}
ACTIVITIES = {101: "accueil", 102: "test-final"}

said = st.builds(
    Said,
    id=st.integers(0, 10**9),
    who=st.sampled_from(sorted(PEOPLE)),
    cmid=st.sampled_from(sorted(ACTIVITIES)),
    at=st.integers(0, 2),
    stored=st.sampled_from([0, 1, 29, 30, 31, 60, 90]),
    state=st.sampled_from(["done", "undone", "failed"]),
)


def by_hand(statements: list[Said], voided: set[int]) -> dict[tuple[str, str], str]:
    """The rules again, one after the other, the slow way."""
    acts: dict[tuple[str, int, int, str], int] = {}
    for one in statements:
        if one.id not in voided:
            key = (PEOPLE[one.who], one.cmid, one.at, one.state)
            acts[key] = min(one.stored, acts.get(key, one.stored))
    last: dict[tuple[str, str], tuple[tuple[int, int, int], str]] = {}
    for (who, cmid, at, state), stored in acts.items():
        completions = [acts[key] for other in ("done", "failed") if (key := (who, cmid, at, other)) in acts]
        if state == "undone" and completions and stored - min(completions) >= 30:
            continue
        order = (at, stored, ["undone", "failed", "done"].index(state))
        of = (who, ACTIVITIES[cmid])
        last[of] = max(last.get(of, ((-1, -1, -1), "")), (order, state))
    return {of: state for of, (_, state) in last.items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data(), statements=st.lists(said, max_size=12, unique_by=itemgetter(0)))
def test_any_order_and_any_duplication_give_the_states_of_the_rules(
    class_of_two: Ledger, data: st.DataObject, statements: list[Said]
) -> None:
    ids = [one.id for one in statements]
    voided = set(data.draw(st.lists(st.sampled_from(ids), max_size=3))) if ids else set()
    items = [
        received(completed(mbox(one.who), one.cmid, one.at, state=one.state), str(one.id), one.stored)
        for one in statements
    ]
    items += [void_of(str(target), f"v{target}") for target in voided]
    again = data.draw(st.lists(st.sampled_from(items), max_size=5)) if items else []
    shuffled = data.draw(st.permutations(items + again))
    cut = data.draw(st.integers(0, len(shuffled)))
    with class_of_two.engine.connect() as connection, connection.begin() as transaction:
        for part in (shuffled[:cut], shuffled[cut:]):
            take(connection, *part)
        assert last(connection) == by_hand(statements, voided)
        transaction.rollback()
