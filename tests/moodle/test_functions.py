"""The typed functions: against what real Moodle and our real plugin answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.errors import FatalError
from connector.moodle import functions
from connector.moodle.document import Publication
from connector.moodle.encode import encode
from connector.moodle.observation import Query
from tests.moodle.recordings import PluginRecording, one, plugin_recordings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue


class Replay:
    """A transport that gives one answer and keeps the call."""

    address = "https://moodle.exemple.fr"

    def __init__(self, answer: JsonValue) -> None:
        self.answer = answer
        self.calls: list[tuple[str, dict[str, str], bool]] = []

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        self.calls.append((function, dict(encode(params)), write))
        return self.answer


def replay(version: str, name: str) -> Replay:
    return Replay(json.loads(one(version, name).body))


BOTH = pytest.mark.parametrize("version", ["4.5", "5.1"])


@BOTH
def test_site_info(version: str) -> None:
    transport = replay(version, "site_info")
    info = functions.get_site_info(transport)
    assert info.release.startswith(version)
    assert info.username == "ws-connector"
    assert info.lacks("core_course_get_contents", "local_parcours_publish") == ("local_parcours_publish",)
    assert transport.calls == [("core_webservice_get_site_info", {}, False)]


@BOTH
def test_courses(version: str) -> None:
    transport = replay(version, "get_courses_by_field")
    (course,) = functions.get_courses_by_field(transport, "idnumber", "PARC-0001")
    assert course.idnumber == "PARC-0001"
    assert transport.calls == [("core_course_get_courses_by_field", {"field": "idnumber", "value": "PARC-0001"}, False)]
    assert functions.get_courses_by_field(replay(version, "get_courses_by_field_none"), "idnumber", "x") == ()


@BOTH
def test_contents(version: str) -> None:
    sections = functions.get_contents(replay(version, "get_contents_full"), 2)
    modules = [module for section in sections for module in section.modules]
    assert {"page", "label", "quiz", "forum"} <= {module.modname for module in modules}
    assert [section.section for section in sections] == sorted(section.section for section in sections)


@BOTH
def test_enrolled_users(version: str) -> None:
    people = functions.get_enrolled_users(replay(version, "get_enrolled_users"), 2)
    assert people[0].username == "prof01"
    assert "student" in {role.shortname for role in people[0].roles}
    assert all(person.email for person in people)


@BOTH
def test_users(version: str) -> None:
    transport = replay(version, "get_users_by_field")
    found = functions.get_users_by_field(transport, "username", ["prof01", "prof02", "nobody"])
    assert [user.username for user in found] == ["prof01", "prof02"]
    assert transport.calls[0][1] == {
        "field": "username",
        "values[0]": "prof01",
        "values[1]": "prof02",
        "values[2]": "nobody",
    }


def test_nobody_asked_is_no_call() -> None:
    transport = Replay([])
    assert functions.get_users_by_field(transport, "email", []) == ()
    assert transport.calls == []


@BOTH
def test_completion(version: str) -> None:
    statuses = functions.get_activities_completion(replay(version, "activities_completion_status"), 2, 3)
    assert {status.state for status in statuses} <= {0, 1, 2, 3}
    assert all(status.timecompleted > 1_700_000_000 for status in statuses if status.state)


@BOTH
def test_override(version: str) -> None:
    transport = replay(version, "completion_override")
    override = functions.override_completion(transport, 52, 3, done=True)
    assert override.state == 1
    assert transport.calls[0][1:] == ({"userid": "3", "cmid": "52", "newstate": "1"}, True)


def test_override_of_what_has_no_completion_is_an_error_though_moodle_says_nothing() -> None:
    with pytest.raises(FatalError, match="n'a pas d'achèvement"):
        functions.override_completion(replay("4.5", "completion_override_err_no_completion"), 43, 3, done=True)


@pytest.mark.parametrize("answer", [None, [], "texte", {"sitename": 3}, {"functions": "x"}])
def test_an_answer_of_another_shape_is_a_sentence(answer: JsonValue) -> None:
    with pytest.raises(FatalError, match="core_webservice_get_site_info n'est pas celle attendue"):
        functions.get_site_info(Replay(answer))


@pytest.mark.parametrize("answer", [{"a": 1}, "{", "[]", '"x"', "[" * 100_000])
def test_a_plugin_that_answers_no_json_text_is_a_sentence(answer: JsonValue) -> None:
    with pytest.raises(FatalError, match="local_parcours_observe n'est pas celle attendue"):
        functions.observe(Replay(answer), Query())


ANSWERED = [found for found in plugin_recordings() if isinstance(found.answer, dict) and "format" in found.answer]


@pytest.mark.parametrize("recording", [r for r in ANSWERED if r.function == functions.OBSERVE], ids=str)
def test_what_our_plugin_really_observed(recording: PluginRecording) -> None:
    transport = Replay(json.dumps(recording.answer))
    asked = Query.model_validate(recording.args["query"])
    observation = functions.observe(transport, asked)
    assert Query.model_validate_json(transport.calls[0][1]["query"]) == asked
    assert observation.moodle.startswith(recording.version)
    told = recording.answer["sessions"]
    assert [session.code for session in observation.sessions] == [session["code"] for session in told]
    for session, raw in zip(observation.sessions, told, strict=True):
        assert session.course.id == raw["course"]["id"]
        assert [activity.cmid for activity in session.activities] == [one["cmid"] for one in raw["activities"]]
        assert [person.id for person in session.people] == [one["id"] for one in raw["people"]]


def is_ours(recording: PluginRecording) -> bool:
    """Whether the program could have sent it: a course that is sent is sent whole."""
    return recording.function == functions.PUBLISH and "fullname" in recording.args["document"].get(
        "course", "fullname"
    )


@pytest.mark.parametrize("recording", [r for r in ANSWERED if is_ours(r)], ids=str)
def test_what_our_plugin_really_published(recording: PluginRecording) -> None:
    publication = Publication.model_validate(recording.args["document"])
    result = functions.publish(Replay(json.dumps(recording.answer)), publication)
    assert result.course.id == recording.answer["course"]["id"]
    assert list(result.created) == recording.answer["created"]
    assert [kept.what for kept in result.kept] == [kept["what"] for kept in recording.answer["kept"]]
