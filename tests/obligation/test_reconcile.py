"""The shell: who is reconciled, for which years, and that doing it again changes nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema, unsettled
from connector.ledger.resolve import settle
from connector.ledger.sessions import Account, learn_accounts
from connector.obligation.balance_writing import last_known
from connector.obligation.reconcile import Reconciled, reconcile
from scenarios.calendar import SchoolYear
from tests.obligation import cases
from tests.obligation.test_due import service
from tests.obligation.world import SITE, Fact, World

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.ledger.projection import Published

YEAR = SchoolYear(2026)


def world(name: str = "achevement_simple") -> World:
    return cases.read(cases.FOLDER / f"{name}.yaml").world


def content(ledger: Ledger, table: sa.Table) -> list[Any]:
    with ledger.read() as connection:
        return sorted(map(str, connection.execute(sa.select(table))))


def run(ledger: Ledger, given: World, year: SchoolYear = YEAR, *, complete: bool = False) -> Reconciled:
    with ledger.write() as connection:
        return reconcile(connection, given.local, year, complete=complete)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        world().write(connection)
    return ledger


def test_the_touched_are_made_and_no_longer_touched(filled: Ledger) -> None:
    assert run(filled, world()) == Reconciled(teachers=1, lines=1, balances=1)
    assert content(filled, schema.touched) == []
    assert run(filled, world()) == Reconciled(teachers=0, lines=0, balances=0)


def test_everybody_again_gives_the_same(filled: Ledger) -> None:
    run(filled, world())
    before = content(filled, schema.line), content(filled, schema.balance)
    assert run(filled, world(), complete=True).teachers == 1
    assert (content(filled, schema.line), content(filled, schema.balance)) == before


def test_lines_and_balances_thrown_away_come_back(filled: Ledger) -> None:
    run(filled, world())
    before = content(filled, schema.line), content(filled, schema.balance)
    with filled.write() as connection:
        connection.execute(schema.line.delete())
        connection.execute(schema.balance.delete())
    run(filled, world(), complete=True)
    assert (content(filled, schema.line), content(filled, schema.balance)) == before


def test_new_evidence_changes_the_touched_only_when_they_are(filled: Ledger) -> None:
    run(filled, world())
    fact = Fact("E1", "S1", "lecture", None, "done", world().facts[0].timestamp_us, 1, 99)
    with filled.write() as connection:
        world().take(connection, [fact])
        connection.execute(schema.touched.delete())
    run(filled, world())
    assert len(content(filled, schema.line)) == 1
    with filled.write() as connection:
        connection.execute(schema.touched.insert().values(teacher_id=1))
    run(filled, world())
    assert len(content(filled, schema.line)) == 2


def test_a_line_goes_where_another_has_the_same_figures(ledger: Ledger) -> None:
    given = world()
    one = given.facts[0]._replace(activity="quiz", number=1)
    given.facts = [one, one._replace(activity="lecture", number=2)]
    given.published["S1"] = [_alike(given.published["S1"][0])]
    with ledger.write() as connection:
        given.write(connection)
    assert run(ledger, given).lines == 2
    with ledger.write() as connection:
        given.take(connection, [given.facts[1]._replace(voided=True)])
    assert run(ledger, given).lines == 1
    with ledger.read() as connection:
        assert connection.scalars(sa.select(schema.line.c.activity_id)).all() == ["quiz"]


def _alike(published: Published) -> Published:
    """Give both activities of `achevement_simple` the same minutes."""
    same = tuple(activity.model_copy(update={"duree": 30}) for activity in published.snapshot.activites)
    return published._replace(snapshot=published.snapshot.model_copy(update={"activites": same}))


def test_a_failure_leaves_everything_as_it_was(filled: Ledger) -> None:
    with filled.write() as connection:
        connection.execute(schema.service.update().values(situation="XX"))
    with pytest.raises(DataError, match="XX"):
        run(filled, world())
    assert content(filled, schema.line) == []
    assert len(content(filled, schema.touched)) == 1


def test_everybody_has_a_balance_in_the_year_asked(filled: Ledger) -> None:
    run(filled, world())
    assert run(filled, world(), SchoolYear(2027)) == Reconciled(teachers=1, lines=1, balances=2)
    with filled.read() as connection:
        years = connection.execute(sa.select(schema.balance.c.annee_scolaire)).scalars().all()
    assert sorted(years) == ["2026-2027", "2027-2028"]


def test_a_credit_without_service_in_the_year_has_its_balance_where_the_teacher_was_last(ledger: Ledger) -> None:
    given = world()
    given.people["E1"] = [
        service(fin=date(2024, 8, 31), uai="0690001B"),
        service(debut=date(2024, 9, 1), fin=date(2026, 8, 31), uai="0690002C"),
    ]
    with ledger.write() as connection:
        given.write(connection)
    run(ledger, given)
    with ledger.read() as connection:
        (row,) = connection.execute(sa.select(schema.balance)).mappings()
    assert (row["uai"], row["due_min"], row["retenu_min"], row["etat"]) == ("0690002C", 0, 45, "dispense")


def test_somebody_with_neither_service_nor_line_in_the_year_has_no_balance(ledger: Ledger) -> None:
    given = world("arrivee_en_cours_d_annee")
    with ledger.write() as connection:
        given.write(connection)
    assert run(ledger, given).balances == 1


def test_a_roster_of_the_past_has_lines_and_balances_of_nobody(ledger: Ledger) -> None:
    given = world("arrivee_en_cours_d_annee")
    del given.people["E1"]
    with ledger.write() as connection:
        given.write(connection)
    assert run(ledger, given) == Reconciled(teachers=1, lines=0, balances=0)


def test_a_session_of_a_year_without_rules_is_told(ledger: Ledger) -> None:
    given = world()
    history = given.published["S1"]
    history[0] = history[0]._replace(snapshot=history[0].snapshot.model_copy(update={"annee_scolaire": "2011-2012"}))
    with ledger.write() as connection:
        given.write(connection)
    assert run(ledger, given) == Reconciled(teachers=1, lines=1, balances=1, without_rules=("2011-2012",))


def test_a_year_without_rules_is_refused(filled: Ledger) -> None:
    with pytest.raises(DataError, match="2011-2012"):
        run(filled, world(), SchoolYear(2011))


def test_an_address_that_two_people_share_enrols_neither(ledger: Ledger) -> None:
    given = world("hors_liste")
    shared = {"teacher_id": 2, "kind": "mbox", "value": "e1@ac-exemple.fr", "main": False}
    of_one_only = {"teacher_id": 1, "kind": "mbox", "value": "e1.bis@ac-exemple.fr", "main": False}
    with ledger.write() as connection:
        given.write(connection)
        connection.execute(schema.teacher_key.insert(), [shared, of_one_only])
        unsettled.mark(connection)
        given.take(connection, [given.facts[0]._replace(teacher="E1.bis", number=50)])
    run(ledger, given)
    with ledger.read() as connection:
        outside = connection.execute(sa.select(schema.line.c.teacher_id, schema.line.c.hors_liste)).all()
    assert {(row.teacher_id, row.hors_liste) for row in outside} == {(1, True), (2, True)}


def test_somebody_listed_twice_has_the_place_of_their_main_address(ledger: Ledger) -> None:
    given = world("paf")
    with ledger.write() as connection:
        given.write(connection)
        connection.execute(
            schema.teacher_key.insert().values(teacher_id=2, kind="mbox", value="a@ac-exemple.fr", main=False)
        )
        unsettled.mark(connection)
        connection.execute(
            schema.participant.insert().values(code="S1", email="a@ac-exemple.fr", origine="invitation", cadre="paf")
        )
        settle(connection)
    run(ledger, given)
    with ledger.read() as connection:
        motif = connection.execute(sa.select(schema.line.c.motif).where(schema.line.c.teacher_id == 2)).scalar_one()
    assert motif is None


def moved(connection: sa.Connection, given: World) -> None:
    """Lists and trainers are named by the addresses that people have now; the roster has the former ones."""
    for number, who in enumerate(sorted(given.people), 1):
        was, now = given.email(who), given.email(f"{who}.nouveau")
        learn_accounts(connection, SITE, [Account(number, who, email) for email in (was, now)], at_us=0)
        for table in (schema.participant, schema.trainer):
            connection.execute(table.update().where(table.c.email == was).values(email=now))
    settle(connection)


@pytest.mark.parametrize(("name", "who", "motif"), [("paf", 1, "paf"), ("formateur", 2, "formateur")])
def test_a_list_finds_people_under_an_address_learnt_from_moodle(
    ledger: Ledger, name: str, who: int, motif: str
) -> None:
    given = world(name)
    with ledger.write() as connection:
        given.write(connection)
        moved(connection, given)
    run(ledger, given)
    with ledger.read() as connection:
        lines = connection.execute(schema.line.select().where(schema.line.c.teacher_id == who)).all()
    assert {(line.motif, line.hors_liste) for line in lines} == {(motif, False)}


def test_last_known_is_the_interval_without_end() -> None:
    ended, running = service(fin=date(2027, 1, 1)), service(debut=date(2020, 1, 1))
    assert last_known([running, ended]) == running
    assert last_known([]) is None
