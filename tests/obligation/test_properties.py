"""What holds of every world: the set-based credit is the plain one, order is irrelevant, nothing exceeds the plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from connector.ledger import schema
from connector.ledger.roster_cells import FULL_TIME
from connector.obligation.due import due
from connector.obligation.policy import Policy
from connector.obligation.reconcile import reconcile
from tests.obligation import naive
from tests.obligation.strategies import YEAR, intervals, worlds
from tests.obligation.world import Fact, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.ledger.roster import Interval

Lines = dict[tuple[str, str, str], naive.Line]

quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def memory() -> Iterator[sa.Engine]:
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    schema.metadata.create_all(engine)
    yield engine
    engine.dispose()


def judge(engine: sa.Engine, world: World, facts: Sequence[Fact] | None = None) -> tuple[Lines, dict[str, Any]]:
    """Write the world, reconcile, read; nothing of it stays."""
    with engine.connect() as connection, connection.begin() as transaction:
        world.write(connection, facts)
        reconcile(connection, world.local, world.year)
        names = schema.teacher.c.identifiant
        lines = (
            connection.execute(
                sa.select(schema.line, names).join(schema.teacher, schema.teacher.c.id == schema.line.c.teacher_id)
            )
            .mappings()
            .all()
        )
        balances = connection.execute(sa.select(schema.balance, names).join(schema.teacher)).mappings().all()
        transaction.rollback()
    return (
        {
            (row["identifiant"], row["code"], row["activity_id"]): naive.Line(*(row[key] for key in naive.Line._fields))
            for row in lines
        },
        {row["identifiant"]: dict(row) for row in balances},
    )


@given(world=worlds())
@settings(quick, max_examples=40)
def test_the_set_based_credit_is_the_plain_one_within_its_bounds(memory: sa.Engine, world: World) -> None:
    lines, balances = judge(memory, world)
    assert lines == naive.lines(world)
    no_line_exceeds_its_plan(lines)
    sums_agree(lines, balances)


def no_line_exceeds_its_plan(lines: Lines) -> None:
    for line in lines.values():
        assert 0 <= line.minutes <= line.minutes_prevues
        assert (line.decision == "credite") == (line.motif is None)
        assert line.decision == "credite" or line.minutes == 0


def sums_agree(lines: Lines, balances: dict[str, Any]) -> None:
    for who, row in balances.items():
        total = sum(line.minutes for (teacher, _, _), line in lines.items() if teacher == who)
        assert row["presence_min"] + row["distance_min"] == total
        assert row["formation_continue_min"] + row["animation_min"] == total
        assert row["retenu_min"] <= total
        assert row["reste_min"] == max(0, row["due_min"] - row["retenu_min"])


@pytest.mark.postgresql
@given(world=worlds())
@quick
def test_postgresql_credits_like_the_plain_one(shared_postgresql: sa.Engine, world: World) -> None:
    assert judge(shared_postgresql, world)[0] == naive.lines(world)


@given(world=worlds(), data=st.data())
@quick
def test_the_order_of_arrival_is_irrelevant(memory: sa.Engine, world: World, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(world.facts))
    assert judge(memory, world) == judge(memory, world, shuffled)


@given(world=worlds(), data=st.data())
@quick
def test_one_more_completed_activity_never_lowers_what_is_kept(
    memory: sa.Engine, world: World, data: st.DataObject
) -> None:
    """An activity never met before, completed inside the session.

    It is the session's own: an older, shorter line of a shared activity may take the place of a longer one (rule 6).
    """
    code = data.draw(st.sampled_from(sorted(world.published)))
    who = data.draw(st.sampled_from(sorted(world.people)))
    history = world.published[code]
    newest = history[-1].snapshot
    model = newest.activites[0]
    added = model.model_copy(
        update={"id": "plus", "locale": True, "creneaux": (), "modalite": "distance_asynchrone", "credite": True}
    )
    history[-1] = history[-1]._replace(snapshot=newest.model_copy(update={"activites": (*newest.activites, added)}))
    before = judge(memory, world)[1]
    assume(who in before)
    start_us = naive.window(newest)[0]
    fact = Fact(who, code, "plus", None, "done", start_us, start_us + 1, 999)
    after = judge(memory, world, [*world.facts, fact])[1]
    assert after[who]["retenu_min"] >= before[who]["retenu_min"]
    assert after[who]["reste_min"] <= before[who]["reste_min"]


@given(interval=intervals(), more=st.integers(0, FULL_TIME), policy=st.sampled_from(("exact", "module_3h_sup")))
def test_the_due_grows_with_the_quotite(interval: Interval, more: int, policy: Any) -> None:
    larger = replace(interval, quotite=interval.quotite + more)
    assert due([interval], YEAR, Policy(policy)).minutes <= due([larger], YEAR, Policy(policy)).minutes


@given(interval=intervals(imputation_min=0), data=st.data())
def test_splitting_an_interval_changes_nothing(interval: Interval, data: st.DataObject) -> None:
    first, last = interval.debut or YEAR.start, interval.fin or YEAR.end
    assume(first < last)
    cut = data.draw(st.dates(first, last - timedelta(days=1)))
    halves = [replace(interval, fin=cut), replace(interval, debut=cut + timedelta(days=1))]
    whole, split = due([interval], YEAR), due(halves, YEAR)
    assert (split.exact, split.minutes, split.peak_quotite) == (whole.exact, whole.minutes, whole.peak_quotite)


@given(services=st.lists(intervals(), max_size=4), data=st.data())
def test_the_order_of_the_roster_is_irrelevant(services: list[Interval], data: st.DataObject) -> None:
    assert due(data.draw(st.permutations(services)), YEAR) == due(services, YEAR)
