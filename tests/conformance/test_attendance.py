"""mod_attendance's real answers (`tests/data/attendance`, on Moodle 4.5 and 5.1) against the sandbox, call by call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from connector.moodle.encode import encode
from connector.moodle.sandbox import Sandbox
from connector.moodle.sandbox.site import Course, Group, Section
from tests.conformance.grounds import REST
from tests.conformance.shapes import Shape, differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.sandbox.site import Site

FOLDER = Path(__file__).parents[1] / "data" / "attendance"
VERSIONS = ("4.5", "5.1")
UNTOLD = "invalidrecordunknown"


def recorded(version: str) -> dict[str, Any]:
    pairs = json.loads((FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    return {pair["case"]: pair["answer"] for pair in pairs}


def _people(site: Site) -> None:
    for username in ("prof01", "prof02"):
        site.add_person(username, username.capitalize(), "Exemple", f"{username}@ac-exemple.fr")


class Run:
    """The recorded calls, made on a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, site = sandbox, sandbox.site
        one, two = (site.person_by_email(f"prof0{number}@ac-exemple.fr") for number in (1, 2))
        assert one is not None
        assert two is not None
        course = Course(site.next_id("course", 2), "APPEL", "Appel", created=0)
        course.sections = [Section(site.next_id("course_sections"), "", "")]
        course.enrolments = {one.id: {"student"}, two.id: {"student"}}
        course.groups = {"A": Group(site.next_id("groups"), "A", "A", {one.id})}
        site.courses[course.id] = course
        self.answers: dict[str, Any] = {}
        self._play(course, one.id, one.email)

    def _play(self, course: Course, student: int, email: str) -> None:
        add, new, read = (f"mod_attendance_{name}" for name in ("add_attendance", "add_session", "get_sessions"))
        self.call("name-with-markup", add, courseid=course.id, name="<b>Appel</b>", intro="", groupmode=2)
        roll = self.call("add-attendance", add, courseid=course.id, name="Feuille", intro="", groupmode=2)[
            "attendanceid"
        ]
        group = {"sessiontime": 1791000000, "duration": 10800, "groupid": course.groups["A"].id, "description": "x"}
        first = self.call("add-session-of-a-group", new, attendanceid=roll, **group, addcalendarevent=False)[
            "sessionid"
        ]
        second = self.call("add-session-of-all", new, attendanceid=roll, sessiontime=1791100000)["sessionid"]
        self.call("unknown-group", new, attendanceid=roll, sessiontime=1, groupid=99999)
        present = self.call("sessions-never-taken", read, attendanceid=roll)[0]["statuses"][0]["id"]
        mark = {"sessionid": first, "studentid": student, "takenbyid": 3, "statusid": present, "statusset": "0"}
        self.call("mark", "mod_attendance_update_user_status", **mark)
        self.call("sessions-taken", read, attendanceid=roll)
        self.call("remove-session", "mod_attendance_remove_session", sessionid=second)
        self.call("no-such-attendance", read, attendanceid=999999)
        self.call("participant", read, token=self.sandbox.person_token(email), attendanceid=roll)

    def call(self, case: str, function: str, token: str = "", **params: Any) -> Any:
        form = [("wstoken", token or self.sandbox.token), ("wsfunction", function), ("moodlewsrestformat", "json")]
        answer = requests.post(f"{self.sandbox.url}{REST}", data=[*form, *encode(params)], timeout=60).json()
        self.answers[case] = answer
        return answer


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with Sandbox(people=_people, attendance=True) as sandbox:
        sandbox.faults.debug = False
        yield Run(sandbox)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", recorded(VERSIONS[0]))
def test_sandbox_answers_as_mod_attendance_did(run: Run, version: str, case: str) -> None:
    expected, answered = recorded(version)[case], run.answers[case]
    if isinstance(expected, dict) and "exception" in expected:
        assert answered["exception"] == expected["exception"]
        assert expected["errorcode"] in (answered["errorcode"], UNTOLD)
    else:
        assert list(differences(Shape().add(expected), Shape().add(answered))) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_roll_says_is_read_alike(run: Run, version: str) -> None:
    def said(answer: list[dict[str, Any]]) -> list[object]:
        first = answer[0]
        acronyms = {str(one["id"]): one["acronym"] for one in first["statuses"]}
        return [
            [one["acronym"] for one in first["statuses"]],
            [acronyms[one["statusid"]] for one in first["attendance_log"]],
            bool(first["lasttaken"]),
            [len(one["users"]) for one in answer],
        ]

    for case in ("sessions-never-taken", "sessions-taken"):
        assert said(run.answers[case]) == said(recorded(version)[case])


def test_a_site_without_it_knows_none_of_its_functions() -> None:
    with Sandbox() as sandbox:
        form = {"wstoken": sandbox.token, "wsfunction": "mod_attendance_get_sessions", "attendanceid": 1}
        answer = requests.post(f"{sandbox.url}{REST}", data=form, timeout=60).json()
    assert answer["errorcode"] == "invalidrecord"
