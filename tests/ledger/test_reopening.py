"""What waits comes through when the roster, the identities or the sessions change, and what was wrong is mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from connector.ledger import actors, unsettled
from connector.ledger.pending import reopen_actors
from connector.ledger.resolve import settle
from connector.ledger.schema import actor, pending, resolution, teacher, teacher_key, touched
from connector.ledger.sessions import Account, learn_accounts, link_course
from connector.ledger.unsettled import taken
from tests.ledger.answers import Answer, answer, reason_of, resolved
from tests.ledger.kit import (
    ANNE,
    BRUNO,
    CODE,
    COURSE,
    MODULES,
    SITE,
    SLOT,
    T0,
    TRAINER,
    account,
    activity,
    attended,
    attested,
    bring,
    completed,
    mbox,
    publish,
    received,
    row,
    slot,
    take,
)

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


def unlinked(connection: sa.Connection) -> None:
    bring(connection, row("A", courriel=ANNE))
    publish(connection)


def test_what_waits_for_the_roster_comes_through(ledger: Ledger) -> None:
    with ledger.write() as connection:
        publish(connection)
        take(connection, received(completed(mbox(ANNE)), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        bring(connection, row("A", courriel=ANNE))
        assert answer(connection) == resolved()
        assert connection.scalars(sa.select(teacher.c.identifiant).join(touched)).all() == ["A"]


def test_what_waits_for_an_identity_comes_through(ledger: Ledger) -> None:
    with ledger.write() as connection:
        unlinked(connection)
        take(connection, received(completed(account("39")), "1"))
        connection.execute(touched.delete())
        learn_accounts(connection, SITE, [Account(39, "anne", ANNE)], at_us=T0)
        settle(connection)
        assert answer(connection) == resolved()
        assert connection.scalars(sa.select(teacher.c.identifiant).join(touched)).all() == ["A"]


def test_an_unknown_actor_who_turns_out_to_train_no_longer_waits(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(account("51")), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        learn_accounts(connection, SITE, [Account(51, "formatrice2", TRAINER)], at_us=T0)
        settle(connection)
        assert reason_of(connection) == ("set_aside", "formateur")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (completed(mbox(ANNE)), resolved()),
        (attended(mbox(ANNE), SLOT), resolved(activity_id="presence-1", slot_id="a1")),
        (attested(ANNE), resolved(activity_id=None)),
    ],
)
def test_what_waits_for_a_session_comes_through(ledger: Ledger, statement: dict[str, Any], expected: Answer) -> None:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        take(connection, received(statement, "1"))
        assert answer(connection).status == "waiting"
        publish(connection)
        assert answer(connection) == expected


def test_a_wrong_address_taken_back_touches_the_one_who_loses_it_and_the_one_who_gets_it(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox("partagee@ac-exemple.fr")), "1"))
        bring(connection, row("A", courriel=ANNE, autres_courriels="partagee@ac-exemple.fr"))
        assert answer(connection) == resolved("A")
        connection.execute(touched.delete())
        bring(connection, row("A", courriel=ANNE), row("B", courriel=BRUNO, autres_courriels="partagee@ac-exemple.fr"))
        assert answer(connection) == resolved("B")
        assert set(connection.scalars(sa.select(teacher.c.identifiant).join(touched))) == {"A", "B"}


@pytest.mark.parametrize(
    ("at", "expected"), [(-1, ("resolved", None)), (0, ("set_aside", "emargement_seul"))], ids=["before", "after"]
)
def test_an_activity_that_gets_slots_is_signed_from_then_on(
    world: Ledger, at: int, expected: tuple[str, str | None]
) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE), at=at), "1"))
        publish(connection, activites=(activity("accueil", creneaux=(slot(),)),))
        assert reason_of(connection) == expected


def test_a_module_tied_to_another_activity_moves_its_evidence(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"))
        link_course(connection, CODE, SITE, COURSE, MODULES | {101: "test-final"})
        settle(connection)
        assert answer(connection) == resolved(activity_id="test-final")


def test_settling_again_changes_nothing(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"), received(completed(mbox("x@y.fr")), "2"))
        connection.execute(touched.delete())
        before = connection.execute(sa.select(resolution)).all()
        assert actors.refresh(connection, every=True) == 0
        settle(connection)
        assert connection.execute(sa.select(resolution)).all() == before
        assert connection.scalar(sa.select(sa.func.count()).select_from(touched)) == 0


def test_who_is_who_is_worked_out_again_only_where_a_name_changed(
    world: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unsettled, "taken", taken)  # the suite's own works everybody out to compare
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"))
        connection.execute(teacher_key.delete())
        take(connection, received(completed(mbox(ANNE), 102), "2"), received(completed(mbox(BRUNO)), "3"))
        reasons = {row.value: row.reason for row in connection.execute(sa.select(actor))}
        assert reasons == {ANNE: None, BRUNO: "personne_inconnue"}, "he is worked out, and she is left as she was"
        unsettled.mark(connection)
        settle(connection)
        assert set(connection.scalars(sa.select(actor.c.reason))) == {"personne_inconnue"}


def test_the_suite_sees_a_change_of_name_that_nobody_marks(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"))
        connection.execute(teacher_key.delete())
        with pytest.raises(AssertionError, match="nobody said so"):
            settle(connection)


def test_what_actors_did_is_found_by_an_index(world: Ledger) -> None:
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        said.append((statement, parameters))

    with world.write() as connection:
        take(connection, received(completed(account("39")), "1"), received(completed(mbox(ANNE)), "2"))
        sa.event.listen(connection, "before_cursor_execute", note)
        reopen_actors(connection, [("account", f"{SITE}|39", SITE), ("mbox", ANNE, SITE)])
        sa.event.remove(connection, "before_cursor_execute", note)
        assert connection.scalar(sa.select(sa.func.count()).select_from(pending)) == 2
        query = next(one for one in said if one[0].startswith("INSERT INTO pending"))
        if connection.dialect.name == "sqlite":  # PostgreSQL reads so few rows one after the other
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query[0]}", query[1])]
            assert any("USING INDEX ix_evidence_actor_kind_actor_value" in step for step in plan), plan
