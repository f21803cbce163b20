"""Where a teacher stands on a day: what is expected by then, planned, waiting; the alerts of that day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from connector.ledger import schema
from connector.ledger.ingest import Received, ingest
from connector.ledger.queue import entries
from connector.ledger.queue_settling import close_entry
from connector.ledger.resolve import settle
from connector.obligation.balance import Credited
from connector.obligation.due import due
from connector.obligation.outlook import Coming, Late, accrued, outlook, project
from connector.obligation.outlook_reading import read_outlooks
from connector.obligation.policy import Derogation, Policy
from connector.obligation.reconcile import reconcile
from tests.obligation import cases
from tests.obligation.strategies import DAYS, YEAR, intervals
from tests.obligation.test_due import service
from tests.obligation.world import LRS, SITE
from xapi import emit
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.ledger.roster import Interval
    from connector.obligation.outlook import Outlook

EVERYBODY = sa.select(schema.teacher.c.id)
SESSION = """
titre: x
personnels: {E1: }
sessions:
  S1:
    activites:
      quiz: 45min distance
      lecture: 30min distance
      presence-1: {quoi: 3h présence, creneaux: {a1: 2026-10-07 13:30-15:00, a2: 2026-12-09 13:30-15:00}}
faits:
  - 2026-10-06 10:00 E1 S1/quiz fait
  - E1 S1/presence-1/a1 présent
attendu: {}
"""


def read(ledger: Ledger, text: str, on: date, tmp_path: Any) -> Outlook:
    path = tmp_path / "cas.yaml"
    path.write_text(text, "utf-8")
    world = cases.read(path).world
    with ledger.write() as connection:
        world.write(connection)
        reconcile(connection, world.local, world.year)
    with ledger.read() as connection:
        return read_outlooks(connection, EVERYBODY, world.year, on, world.local)[1]


def test_the_due_runs_day_by_day() -> None:
    owed = due([service()], YEAR)
    assert [accrued(owed, day) for day in (date(2026, 8, 31), YEAR.start, date(2027, 2, 28), YEAR.end)] == [
        0,
        3,
        536,
        1080,
    ]
    assert accrued(owed, date(2030, 1, 1)) == 1080


def test_nothing_is_expected_before_the_service_begins() -> None:
    owed = due([service(debut=date(2027, 1, 1))], YEAR)
    assert [accrued(owed, day) for day in (YEAR.start, date(2026, 12, 31), YEAR.end)] == [0, 0, owed.minutes]


def test_what_is_decided_or_rounded_runs_like_the_service() -> None:
    assert accrued(due([service()], YEAR, derogation=Derogation(720, "x")), date(2027, 2, 28)) == 357
    assert accrued(due([service(75_000)], YEAR, Policy("module_3h_sup")), YEAR.end) == 900
    nothing = due([service(situation="SERVICE_21H")], YEAR, derogation=Derogation(365, "x"))
    assert [accrued(nothing, day) for day in (YEAR.start, date(2027, 2, 28), YEAR.end)] == [1, 181, 365]


@given(services=st.lists(intervals(), max_size=3), one=DAYS, other=DAYS)
def test_what_is_expected_never_falls_and_ends_at_the_due(services: list[Interval], one: date, other: date) -> None:
    owed = due(services, YEAR)
    earlier, later = sorted((one, other))
    assert 0 <= accrued(owed, earlier) <= accrued(owed, later) <= accrued(owed, YEAR.end)
    assert accrued(owed, YEAR.end) == owed.minutes


def test_the_projection_is_the_balance_of_all_that_is_planned() -> None:
    coming = [
        Coming("S1", "a", 600, "distance_asynchrone", "formation_continue", "mathematiques"),
        Coming("S1", "b", 700, "presence", "animation_pedagogique", "mathematiques"),
    ]
    credited = Credited(formation_continue=60, distance=60, themes={"francais": 60})
    found = project(due([service()], YEAR), credited, coming)
    assert (found.presence, found.distance, found.formation_continue, found.animation) == (700, 660, 660, 700)
    assert (found.retenu, found.etat) == (1200, "atteint")


def test_the_projection_adds_up_each_theme() -> None:
    owed = due([service()], YEAR, Policy(themes_min={"mathematiques": 360, "francais": 360}))
    coming = [Coming("S1", name, 100, "presence", "formation_continue", "mathematiques") for name in "abc"]
    coming.append(Coming("S1", "d", 900, "presence", "formation_continue", None))
    found = project(owed, Credited(themes={"francais": 60, "mathematiques": 59}), coming)
    assert found.manques == ("français 1:00/6:00", "mathématiques 5:59/6:00")


def test_the_alerts_of_a_day() -> None:
    owed = due([service()], YEAR)
    found = outlook(
        owed,
        Credited(formation_continue=120, distance=120),
        date(2027, 2, 28),
        coming=[Coming("S2", "a", 900, "presence", "formation_continue", None)],
        late=[Late("S1", date(2026, 12, 18))],
        queued=2,
    )
    behind = "En retard au 28/02/2027\u00a0: 2:00 retenues pour 8:56 attendues\u00a0; il manquerait 1:00 une fois"
    assert found.alertes == (
        f"{behind} faites les sessions prévues (retard).",
        "La session S1, finie le 18/12/2026, attend l'attestation de son formateur (attestation_en_retard).",
        "2 déclarations à son nom attendent dans la file (file).",
    )
    assert (found.attendu_min, found.a_venir_min, found.projete.reste) == (536, 900, 60)


def test_who_is_on_time_or_will_be_has_no_more_than_that() -> None:
    owed = due([service()], YEAR)
    assert outlook(owed, Credited(formation_continue=540), date(2027, 2, 28)).alertes == ()
    assert outlook(due([], YEAR), Credited(), YEAR.end, queued=1).alertes == (
        "1 déclaration à son nom attend dans la file (file).",
    )
    planned = [Coming("S2", "a", 1080, "presence", "formation_continue", None)]
    (late,) = outlook(owed, Credited(), YEAR.end, coming=planned).alertes
    assert "les sessions prévues y suffisent (retard)." in late


def test_what_a_session_may_yet_bring(ledger: Ledger, tmp_path: Any) -> None:
    """The quiz is done, the first slot too: what is left is the reading and the second slot."""
    found = read(ledger, SESSION, date(2026, 11, 22), tmp_path)
    assert (found.a_venir_min, found.en_attente_min) == (30 + 90, 0)
    assert (found.projete.retenu, found.projete.presence) == (45 + 30 + 180, 180)


@pytest.mark.parametrize(
    ("on", "coming", "waiting"), [(date(2026, 12, 18), 30, 0), (date(2026, 12, 19), 0, 0), (date(2026, 10, 7), 120, 0)]
)
def test_a_session_brings_nothing_once_over(ledger: Ledger, tmp_path: Any, on: date, coming: int, waiting: int) -> None:
    found = read(ledger, SESSION, on, tmp_path)
    assert (found.a_venir_min, found.en_attente_min) == (coming, waiting)


def test_what_waits_for_the_trainer_once_the_session_is_over(ledger: Ledger, tmp_path: Any) -> None:
    text = SESSION.replace("    activites:", "    validation: attestation\n    activites:")
    found = read(ledger, text, date(2027, 1, 15), tmp_path)
    assert (found.a_venir_min, found.en_attente_min) == (0, 45 + 180)
    assert any("La session S1, finie le 18/12/2026, attend" in alert for alert in found.alertes)


def test_what_counts_once_is_planned_once(ledger: Ledger, tmp_path: Any) -> None:
    """The same parcours twice: what is credited in the first session is not to come in the second."""
    text = SESSION.replace("sessions:\n  S1:\n", "sessions:\n  S2: {parcours: C, activites: {quiz: 45min distance,"
                           " lecture: 30min distance}}\n  S1:\n    parcours: C\n")  # fmt: skip
    assert read(ledger, text, date(2026, 11, 22), tmp_path).a_venir_min == 30 + 90


@pytest.mark.parametrize(
    "changes",
    [
        ("    activites:", "    participants: {E1: {cadre: paf}}\n    activites:"),
        ("    activites:", "    formateurs: [E1]\n    activites:"),
        ("    activites:", "    participants: {}\n    activites:"),
    ],
)
def test_whom_a_session_does_not_credit_it_promises_nothing(
    ledger: Ledger, tmp_path: Any, changes: tuple[str, str]
) -> None:
    assert read(ledger, SESSION.replace(*changes), date(2026, 11, 22), tmp_path).a_venir_min == 0


def test_what_waits_in_the_queue_under_their_name_until_somebody_closes_it(ledger: Ledger, tmp_path: Any) -> None:
    read(ledger, SESSION, YEAR.end, tmp_path)
    module = emit.MoodleModule(SITE, 99, "page", 9_999, "")
    said = emit.completion(Actor("mbox", "e1@ac-exemple.fr"), module, state="done", timestamp_us=1)
    statement = decode_statement(said)
    assert statement.id
    with ledger.write() as connection:
        ingest(connection, LRS, [Received(statement.id, statement, 1)], seen_us=0)
        settle(connection)
        (entry,) = entries(connection)
    for expected in (["(file)"], []):
        with ledger.read() as connection:
            found = read_outlooks(connection, EVERYBODY, YEAR, YEAR.start, cases.LocalRules())[1]
        assert [alert.split()[-1].rstrip(".") for alert in found.alertes if "(file)" in alert] == expected
        with ledger.write() as connection:
            close_entry(connection, entry.numero, author="x", at_us=0)
