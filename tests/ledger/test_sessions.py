"""Sessions in the ledger: versions of activities, courses, modules and people, and who is touched by a change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from connector.ledger import schema
from connector.ledger.projection import Published, SessionRows, project
from connector.ledger.resolve import settle
from connector.ledger.schema import MAX_US, MIN_US
from connector.ledger.sessions import Account, absorb_observation, absorb_snapshot, learn_accounts, link_course
from scenarios.snapshot import PlannedParticipant, PlannedTrainer
from tests.ledger.kit import (
    ANNE,
    CODE,
    COURSE,
    MODULES,
    SECOND,
    SITE,
    T0,
    activity,
    as_json,
    bring,
    observation,
    publish,
    row,
    slot,
    snapshot,
)
from xapi.instants import to_us

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from scenarios.snapshot import Snapshot


def history(*snapshots: Snapshot) -> SessionRows:
    return project([Published(T0 + n * SECOND, n + 1, said) for n, said in enumerate(snapshots)])


def versions(rows: SessionRows, activity_id: str) -> list[tuple[int, int, int, int]]:
    return [
        (row["since_us"], row["until_us"], row["duree_min"], row["gone_us"])
        for row in rows.activity
        if row["activity_id"] == activity_id
    ]


def test_the_first_version_holds_since_ever_and_a_change_since_its_publication() -> None:
    rows = history(
        snapshot(activites=(activity(duree=30),)),
        snapshot(activites=(activity(duree=30),), titre="Autre titre"),
        snapshot(activites=(activity(duree=45),)),
    )
    changed = T0 + 2 * SECOND
    assert versions(rows, "accueil") == [(MIN_US, changed, 30, MAX_US), (changed, MAX_US, 45, MAX_US)]
    assert (rows.session["titre"], rows.session["revision"]) == ("Enseigner le calcul mental", 3)


def test_a_removed_activity_keeps_its_last_version_and_a_new_one_holds_since_ever() -> None:
    one, other = (snapshot(activites=(activity(name),)) for name in ("accueil", "bilan"))
    rows = history(one, other, other)
    assert versions(rows, "accueil") == [(MIN_US, MAX_US, 30, T0 + SECOND)]
    assert versions(rows, "bilan") == [(MIN_US, MAX_US, 30, MAX_US)]
    back = history(one, other, one, other)
    assert versions(back, "accueil") == [(MIN_US, MAX_US, 30, T0 + 3 * SECOND)]
    assert versions(history(one, other, one), "accueil") == [(MIN_US, MAX_US, 30, MAX_US)]


def test_two_publications_of_one_instant_make_one_version() -> None:
    said = [snapshot(activites=(activity(duree=duree),)) for duree in (30, 45, 60)]
    rows = project([Published(T0, 1, said[0]), Published(T0 + 1, 2, said[1]), Published(T0 + 1, 3, said[2])])
    assert versions(rows, "accueil") == [(MIN_US, T0 + 1, 30, MAX_US), (T0 + 1, MAX_US, 60, MAX_US)]


def test_a_removed_slot_stays_known_and_one_that_moves_has_two_versions() -> None:
    first = activity("presence-1", creneaux=(slot("a1"), slot("a2", day=8)))
    second = activity("presence-1", creneaux=(slot("a2", day=9),))
    rows = history(snapshot(activites=(first,)), snapshot(activites=(second,)))
    slots = [(row["slot_id"], row["since_us"], row["until_us"], row["gone_us"], row["start_us"]) for row in rows.slot]
    start = {day: to_us(datetime(2026, 10, day, 11, 30, tzinfo=UTC)) for day in (7, 8, 9)}
    changed = T0 + SECOND
    assert slots == [
        ("a1", MIN_US, MAX_US, changed, start[7]),
        ("a2", MIN_US, changed, MAX_US, start[8]),
        ("a2", changed, MAX_US, MAX_US, start[9]),
    ]


def test_the_window_ends_thirty_one_days_after_the_last_day_local_time() -> None:
    paris = ZoneInfo("Europe/Paris")
    dated = history(snapshot()).session
    assert dated["window_start_us"] == to_us(datetime(2026, 10, 5, tzinfo=paris))
    assert dated["window_end_us"] == to_us(datetime(2027, 1, 19, tzinfo=paris))
    open_ended = history(snapshot(fin=None, debut=date(2026, 9, 1))).session
    assert open_ended["window_end_us"] == to_us(datetime(2027, 10, 2, tzinfo=paris))


def test_a_session_knows_its_parcours_without_the_version() -> None:
    assert history(snapshot()).session["parcours_key"] == "26_ACA10_CALCMENTAL"


def test_people_are_named_by_their_address_in_lower_case() -> None:
    listed = PlannedParticipant(courriel="Anne@AC-exemple.fr", groupe="A", origine="candidature", cadre="paf")
    trainers = tuple(PlannedTrainer(courriel="F@ac-exemple.fr", role=role) for role in ("formateur", "tuteur"))
    rows = history(snapshot(participants=(listed,), formateurs=(*trainers, trainers[0])))
    assert rows.participant == ({"code": CODE, "email": ANNE, "groupe": "A", "origine": "candidature", "cadre": "paf"},)
    assert [(row["email"], row["role"]) for row in rows.trainer] == [
        ("f@ac-exemple.fr", "formateur"),
        ("f@ac-exemple.fr", "tuteur"),
    ]


def rows_of(connection: sa.Connection, table: sa.Table) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in connection.execute(sa.select(table)))


def test_a_site_says_its_sessions_once(ledger: Ledger) -> None:
    people = [{"id": 39, "username": "anne", "email": "Anne@ac-exemple.fr", "roles": ["student"]}]
    seen = observation(as_json(snapshot()), as_json(snapshot(titre="Autre")), people=people)
    with ledger.write() as connection:
        first = absorb_observation(connection, SITE, seen, at_us=T0)
        second = absorb_observation(connection, SITE, seen, at_us=T0 + 1)
        assert (first.seen, first.changed, first.problems) == ((CODE,), (CODE,), ())
        assert (second.seen, second.changed) == ((CODE,), ())
        assert rows_of(connection, schema.course) == [(SITE, COURSE, CODE)]
        assert rows_of(connection, schema.module) == [
            (SITE, cmid, COURSE, CODE, name) for cmid, name in sorted(MODULES.items())
        ]
        assert rows_of(connection, schema.moodle_account) == [(SITE, 39, "anne", ANNE, T0, T0 + 1)]
        assert connection.scalar(sa.select(schema.session.c.titre)) == "Autre"


def test_a_site_that_forgot_a_session_and_numbers_it_again_is_heard(ledger: Ledger) -> None:
    first, again = observation(as_json(snapshot())), observation(as_json(snapshot(titre="Recommencée")))
    later = again.sessions[0].snapshots[0].model_copy(update={"published_at": T0 // SECOND + 86_400})
    again = again.model_copy(update={"sessions": (again.sessions[0].model_copy(update={"snapshots": (later,)}),)})
    with ledger.write() as connection:
        absorb_observation(connection, SITE, first, at_us=T0)
        assert absorb_observation(connection, SITE, again, at_us=T0 + 1).changed == (CODE,)
        assert absorb_observation(connection, SITE, again, at_us=T0 + 2).changed == ()
        assert connection.scalar(sa.select(schema.session.c.titre)) == "Recommencée"
        assert connection.scalars(sa.select(schema.snapshot.c.revision)).all() == [1, 1]


def test_a_snapshot_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(ledger: Ledger) -> None:
    unclean = as_json(snapshot()) | {"titre": "Calcul\0"}
    seen = observation({"format": "instantane/2"}, as_json(snapshot(code="AUTRE")), unclean, as_json(snapshot()))
    with ledger.write() as connection:
        absorbed = absorb_observation(connection, SITE, seen, at_us=T0)
        assert absorbed.changed == (CODE,)
        assert [problem[:14] for problem in absorbed.problems] == [f"L'instantané {n}" for n in (1, 2, 3)]
        assert connection.scalars(sa.select(schema.snapshot.c.revision)).all() == [4]


def test_a_name_with_a_control_character_is_refused_where_it_comes_from() -> None:
    for place in ("username", "email"):
        person = {"id": 39, "username": "anne", "email": ANNE} | {place: "an\0ne"}
        with pytest.raises(ValidationError, match="control character"):
            observation(as_json(snapshot()), people=[person])


def test_names_and_addresses_of_an_account_are_a_history(ledger: Ledger) -> None:
    with ledger.write() as connection:
        learn_accounts(connection, f"{SITE}/", [Account(39, "anne", ANNE)], at_us=1)
        learn_accounts(connection, SITE, [Account(39, "anne", "anne.durand@ac-exemple.fr")], at_us=2)
        learn_accounts(connection, SITE, [Account(39, "anne", ANNE)], at_us=3)
        assert rows_of(connection, schema.moodle_account) == [
            (SITE, 39, "anne", "anne.durand@ac-exemple.fr", 2, 2),
            (SITE, 39, "anne", ANNE, 1, 3),
        ]


def test_a_file_is_a_new_revision_only_when_it_says_something_new(ledger: Ledger) -> None:
    with ledger.write() as connection:
        assert absorb_snapshot(connection, snapshot(), at_us=T0)
        assert not absorb_snapshot(connection, snapshot(), at_us=T0 + 1)
        assert absorb_snapshot(connection, snapshot(titre="Autre"), at_us=T0 + 2)
        assert absorb_snapshot(connection, snapshot(), at_us=T0 + 3)
        revisions = connection.scalars(sa.select(schema.snapshot.c.revision).order_by(schema.snapshot.c.published_us))
        assert revisions.all() == [1, 2, 3]
        assert connection.scalar(sa.select(schema.session.c.titre)) == "Enseigner le calcul mental"


def touched(connection: sa.Connection) -> set[str]:
    return set(connection.scalars(sa.select(schema.teacher.c.identifiant).join(schema.touched)))


def test_the_people_on_the_old_and_the_new_list_are_touched(ledger: Ledger) -> None:
    def listing(email: str) -> tuple[PlannedParticipant, ...]:
        return (PlannedParticipant(courriel=email, origine="invitation", cadre="animation"),)

    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE), row("B"), row("C"))
        publish(connection, participants=listing(ANNE))
        connection.execute(schema.touched.delete())
        publish(connection, participants=listing("b@ac-exemple.fr"))
        assert touched(connection) == {"A", "B"}


def test_people_listed_under_an_address_learnt_from_moodle_are_touched(ledger: Ledger) -> None:
    listed = (PlannedParticipant(courriel="anne.nouv@ac-exemple.fr", origine="invitation", cadre="animation"),)
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        publish(connection, participants=listed)
        connection.execute(schema.touched.delete())
        both = [Account(39, "anne", email) for email in (ANNE, "anne.nouv@ac-exemple.fr")]
        learn_accounts(connection, SITE, both, at_us=T0)
        settle(connection)
        assert touched(connection) == {"A"}
        connection.execute(schema.touched.delete())
        publish(connection, participants=listed, titre="Autre")
        assert touched(connection) == {"A"}


def test_linking_twice_is_linking_once_and_a_course_may_change_hands(ledger: Ledger) -> None:
    with ledger.write() as connection:
        absorb_snapshot(connection, snapshot(), at_us=T0)
        absorb_snapshot(connection, snapshot(code="AUTRE"), at_us=T0)
        assert link_course(connection, CODE, SITE, COURSE, {101: "accueil"})
        assert not link_course(connection, CODE, SITE, COURSE, {101: "accueil"})
        assert link_course(connection, CODE, SITE, COURSE, {102: "test-final"})
        assert link_course(connection, "AUTRE", SITE, COURSE, {101: "accueil"})
        settle(connection)
        assert rows_of(connection, schema.course) == [(SITE, COURSE, "AUTRE")]
        assert rows_of(connection, schema.module) == [
            (SITE, 101, COURSE, "AUTRE", "accueil"),
            (SITE, 102, COURSE, CODE, "test-final"),
        ]
