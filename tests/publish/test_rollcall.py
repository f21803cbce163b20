"""The roll of mod_attendance: one session for each slot, in modes P and M, found again, never removed once taken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from connector.cli.main import main
from connector.errors import ParcoursError
from connector.moodle import attendance_functions as attendance
from connector.moodle.sandbox.sandbox import Sandbox
from connector.moodle.slot_mark import read_mark, slot_uuid
from connector.moodle.soap import SoapTransport
from connector.publish.rollcall.apply import planned_roll, publish_roll
from connector.publish.stock.copying import copy_of_model
from tests.publish.stock_world import CODE, JANUARY, Unkept, publish, restored, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.site import Course, RollSession

A1 = slot_uuid(CODE, "rencontre", "a1")
MOVED = ("2026-10-07T13:30, fin: 2026-10-07T16:30", "2026-10-14T13:30, fin: 2026-10-14T16:30")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(attendance=True) as box:
        yield box


@pytest.fixture
def course(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> Course:
    """A course of mode M with its roll."""
    number = restored(sandbox, transport, wanted)
    publish(transport, wanted, number)
    publish_roll(transport, wanted, number, Unkept(), say=silent)
    sandbox.calls.clear()
    return sandbox.site.courses[number]


def sessions(course: Course) -> dict[str, RollSession]:
    (roll,) = course.attendances.values()
    found = {}
    for session in roll.sessions.values():
        mark = read_mark(session.description)
        assert mark is not None
        found[mark.uuid] = session
    assert len(found) == len(roll.sessions)
    return found


def group(course: Course, session: RollSession) -> str | None:
    return next((one.name for one in course.groups.values() if one.id == session.group), None)


def writes(sandbox: Sandbox) -> list[str]:
    return [call for call in sandbox.calls if call.startswith("mod_attendance") and "_get_" not in call]


def run(data: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["--donnees", str(data), *arguments])
    return int(str(ended.value.code))


def test_one_session_for_each_slot_with_its_group(course: Course) -> None:
    found = sessions(course)
    assert len(found) == 3
    assert (found[A1].start, found[A1].seconds, group(course, found[A1])) == (1791372600, 3 * 3600, "A")
    assert group(course, found[slot_uuid(CODE, "visio", "v1")]) is None
    assert "École Jean-Macé, Lyon" in found[A1].description


def test_a_second_run_writes_nothing(
    course: Course, sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    outcome = publish_roll(transport, wanted, course.id, Unkept(), say=silent)
    assert (outcome.done.add, outcome.done.remove, outcome.done.changes) == ((), (), ())
    assert writes(sandbox) == []


@pytest.mark.parametrize("write", range(1, 5))
def test_stopped_at_any_write_the_next_run_finishes(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, write: int
) -> None:
    number = restored(sandbox, transport, wanted)
    publish(transport, wanted, number)
    sandbox.faults.fail_at = len(sandbox.calls) + 2 + write
    with pytest.raises(ParcoursError):
        publish_roll(transport, wanted, number, Unkept(), say=silent)
    sandbox.faults.fail_at = 0
    publish_roll(transport, wanted, number, Unkept(), say=silent)
    assert len(sessions(sandbox.site.courses[number])) == 3


@pytest.mark.parametrize("write", range(1, 5))
def test_an_answer_lost_after_the_work_was_done_makes_nothing_twice(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, write: int
) -> None:
    number = restored(sandbox, transport, wanted)
    publish(transport, wanted, number)
    sandbox.faults.cut, sandbox.faults.spoil_at = True, len(sandbox.calls) + 2 + write
    with pytest.raises(ParcoursError):
        publish_roll(transport, wanted, number, Unkept(), say=silent)
    sandbox.faults.cut = False
    publish_roll(transport, wanted, number, Unkept(), say=silent)
    assert len(sessions(sandbox.site.courses[number])) == 3


class TestChanges:
    def test_a_slot_that_moves_is_written_again_and_a_removed_one_goes(
        self, course: Course, transport: RestTransport, edited: Callable[..., Publication]
    ) -> None:
        slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
        changed = edited(
            "session.yaml", MOVED, (slots, ""), ("echeances:", "contextualisation: {retirer: [visio]}\necheances:")
        )
        plan, _ = planned_roll(transport, changed, course.id)
        assert [(one.action, one.name) for one in plan.changes] == [
            ("modifier", "Rencontre (groupe A)"),
            ("retirer", "Feuille d'appel"),
        ]
        publish_roll(transport, changed, course.id, Unkept(), say=silent)
        found = sessions(course)
        assert len(found) == 2
        assert found[A1].start == 1791372600 + 7 * 86_400

    def test_a_session_that_was_taken_is_never_removed(
        self, course: Course, sandbox: Sandbox, transport: RestTransport, edited: Callable[..., Publication]
    ) -> None:
        taken = sessions(course)[A1]
        taken.log, taken.taken = {5: 5}, 1791380000
        outcome = publish_roll(transport, edited("session.yaml", MOVED), course.id, Unkept(), say=silent)
        assert writes(sandbox) == []
        assert [one.fields for one in outcome.left.by_hand] == [("date",)]
        assert sessions(course)[A1] is taken
        taken.start += 7 * 86_400  # moved by hand, as told
        assert publish_roll(transport, edited("session.yaml"), course.id, Unkept(), say=silent).left.by_hand == ()

    @pytest.mark.parametrize("taken_at", [0, 1], ids=["never", "while it is replaced"])
    def test_a_session_that_is_called_after_the_plan_keeps_its_marks(
        self,
        course: Course,
        transport: RestTransport,
        edited: Callable[..., Publication],
        monkeypatch: pytest.MonkeyPatch,
        taken_at: int,
    ) -> None:
        old, add = sessions(course)[A1], attendance.add_session

        def called(*arguments: Any) -> int:
            if taken_at:
                old.log, old.taken = {5: 5}, taken_at
            return add(*arguments)

        monkeypatch.setattr(attendance, "add_session", called)
        outcome = publish_roll(transport, edited("session.yaml", MOVED), course.id, Unkept(), say=silent)
        assert (sessions(course)[A1] is old) is bool(taken_at)
        assert [one.fields for one in outcome.left.by_hand] == ([("date",)] if taken_at else [])
        assert len(outcome.done.remove) == 1

    def test_a_session_moved_in_moodle_is_left_to_them_unless_it_is_to_be_overwritten(
        self, course: Course, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        sessions(course)[A1].start += 3600
        outcome = publish_roll(transport, wanted, course.id, Unkept(), say=silent)
        assert writes(sandbox) == []
        assert [(one.name, one.details[0].origin) for one in outcome.left.drift] == [("Rencontre (groupe A)", "moodle")]
        publish_roll(transport, wanted, course.id, Unkept(), overwrite=True, say=silent)
        assert sessions(course)[A1].start == 1791372600

    def test_sessions_of_somebody_else_are_left_alone(
        self, course: Course, transport: RestTransport, wanted: Publication
    ) -> None:
        (roll,) = course.attendances.values()
        sessions(course)[A1].description = "Une séance à moi"
        publish_roll(transport, wanted, course.id, Unkept(), say=silent)
        assert sorted(one.description == "Une séance à moi" for one in roll.sessions.values()) == [False] * 3 + [True]


def test_a_copy_of_a_model_gets_sessions_of_its_own(
    course: Course, sandbox: Sandbox, transport: RestTransport, edited: Callable[..., Publication]
) -> None:
    january = edited("session.yaml", *JANUARY)
    made = copy_of_model(transport, january, course.id, Unkept(), say=silent)
    publish(transport, january, made)
    copied = sandbox.site.courses[made]
    copied.attendances = {99: next(iter(course.attendances.values()))}  # as Moodle's copy may bring it along
    copied.attendances[99].id = 99
    course.attendances = {}
    publish_roll(transport, january, made, Unkept(), say=silent)
    assert {session.start for session in sessions(copied).values()} & {1791372600} == set()
    assert len(sessions(copied)) == 3


def test_over_soap_it_is_the_same(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    number = restored(sandbox, transport, wanted)
    publish(transport, wanted, number)
    publish_roll(SoapTransport(sandbox.url, SecretStr(sandbox.token)), wanted, number, Unkept(), say=silent)
    assert len(sessions(sandbox.site.courses[number])) == 3
    assert publish_roll(transport, wanted, number, Unkept(), say=silent).done.changes == ()


class TestCommands:
    def test_with_the_plugin(self, data: Path, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(data, "planifier", CODE) == 2
        shown = capsys.readouterr().out
        assert "+ créer l'activité « Feuille d'appel »" in shown
        assert "+ créer la séance d'appel « Rencontre (groupe A) »" in shown
        assert writes(sandbox) == []
        assert run(data, "publier", CODE) == 0
        assert "3\u00a0séances d’appel écrites" in capsys.readouterr().out.replace(" séances", "\u00a0séances")
        sandbox.calls.clear()
        assert run(data, "publier", CODE, "--json") == 0
        assert json.loads(capsys.readouterr().out)["appel"] == {
            "creee": False, "ecrites": 0, "retirees": 0, "laissees": [], "a_la_main": [],
        }  # fmt: skip
        assert sandbox.calls == [
            "core_webservice_get_site_info", "local_parcours_observe", "mod_attendance_get_sessions",
        ]  # fmt: skip
        assert run(data, "planifier", CODE) == 0
        assert "Rien à faire" in capsys.readouterr().out

    def test_where_the_roll_was_is_believed_only_as_long_as_it_is_as_it_was(self, data: Path, sandbox: Sandbox) -> None:
        """Negative control of the three requests: moved, then removed, it is looked for in the course."""
        looked = ["core_course_get_contents", "mod_attendance_get_sessions", "core_group_get_course_groups"]
        assert run(data, "publier", CODE) == 0
        course = next(iter(sandbox.site.courses.values()))
        sessions(course)[A1].start += 3600
        sandbox.calls.clear()
        assert run(data, "publier", CODE) == 2
        assert sandbox.calls[2:] == ["mod_attendance_get_sessions", *looked]
        course.attendances.clear()
        assert run(data, "publier", CODE) == 0
        assert len(sessions(course)) == 3
        assert len(course.attendances) == 1

    @pytest.mark.parametrize(("write", "cut"), [(1, False), (3, True)], ids=["refused", "lost"])
    def test_cut_short_beside_a_course_that_stays_as_it_is(
        self, data: Path, sandbox: Sandbox, write: int, cut: bool
    ) -> None:
        """The next run finishes: what a journal keeps of a roll that was begun is no place where one was found."""
        attendance_services, sandbox.absent = sandbox.absent, frozenset(attendance.ATTENDANCE_FUNCTIONS)
        assert run(data, "publier", CODE) == 0
        sandbox.absent = attendance_services
        course = next(iter(sandbox.site.courses.values()))
        reads = 4  # the site, the course, its content and its groups
        sandbox.calls.clear()
        sandbox.faults.cut = cut
        spoilt = "spoil_at" if cut else "fail_at"
        setattr(sandbox.faults, spoilt, reads + write)
        assert run(data, "publier", CODE) == 1
        assert len(writes(sandbox)) == write
        setattr(sandbox.faults, spoilt, 0)
        sandbox.faults.cut = False
        assert run(data, "publier", CODE) == 0
        assert len(sessions(course)) == 3
        assert len(course.attendances) == 1

    def test_without_it(self, data: Path, course: Course, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(data, "publier", CODE, "--cours", str(course.id)) == 0
        sessions(course)[A1].start += 3600
        assert run(data, "planifier", CODE, "--cours", str(course.id)) == 2
        assert "! la séance d'appel « Rencontre (groupe A) »" in capsys.readouterr().out
        assert run(data, "publier", CODE, "--cours", str(course.id)) == 2
        assert "laissée comme dans Moodle : la séance d'appel « Rencontre (groupe A) »" in capsys.readouterr().out
        assert writes(sandbox) == []
