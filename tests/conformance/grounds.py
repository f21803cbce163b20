"""Where the cases run: the sandbox over HTTP, the recordings, or a real site."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
import requests
import responses
from pydantic import SecretStr

from connector.moodle.document import ActivitySettings, Category, Completion, CourseSettings, Enrolment, Publication
from connector.moodle.document import SectionSettings as Section
from connector.moodle.encode import encode
from connector.moodle.functions import get_site_info, get_users_by_field, observe, publish
from connector.moodle.observation import Query
from connector.moodle.rest import RestTransport
from tests.conformance.cases import Case, World
from tests.moodle.recordings import Recording, one

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.transport import Transport

REST = "/webservice/rest/server.php"
CATEGORY = "parcours-conformite"
PROTOCOL = {"wstoken", "wsfunction", "moodlewsrestformat"}
REPLAYED = "https://moodle.exemple.fr"


@dataclass(frozen=True)
class Exchange:
    """What came back, and what was recorded on a real site for the same call."""

    status: int
    body: JsonValue
    recorded: Recording

    @property
    def expected(self) -> JsonValue:
        """The recorded answer."""
        value: JsonValue = json.loads(self.recorded.body)
        return value


class Ground:
    """A site over HTTP: the sandbox or a real one; `version` says which recordings it is held to."""

    def __init__(self, url: str, tokens: dict[str, str], version: str) -> None:
        self.url = url
        self.tokens = tokens
        self.version = version
        self.world: World | None = None

    def transport(self, role: str = "connector") -> Transport:
        return RestTransport(self.url, SecretStr(self.tokens[role]))

    def exchange(self, case: Case) -> Exchange:
        """Make the call by hand, to see what the client hides: status and exception class."""
        assert self.world is not None
        if case.role not in self.tokens:
            pytest.skip("PARCOURS_MOODLE_JETON_PARTICIPANT is not set")
        form = [
            ("wstoken", self.tokens[case.role]),
            ("wsfunction", case.function),
            ("moodlewsrestformat", "json"),
            *encode(case.params(self.world)),
        ]
        answer = requests.post(f"{self.url}{REST}", data=form, timeout=60)
        return Exchange(answer.status_code, answer.json(), recording(case, self.version))

    def client_answer(self, case: Case) -> JsonValue:
        """Make the call through the connector's client."""
        assert self.world is not None
        return self.transport(case.role).call(case.function, case.params(self.world), write=case.write)


class Replay(Ground):
    """The recordings themselves: the client must send exactly the recorded form, and gets the recorded answer."""

    def __init__(self, version: str) -> None:
        super().__init__(REPLAYED, {}, version)

    def exchange(self, case: Case) -> Exchange:
        recorded = recording(case, self.version, exact=True)
        return Exchange(recorded.status, json.loads(recorded.body), recorded)

    def client_answer(self, case: Case) -> JsonValue:
        recorded = recording(case, self.version, exact=True)
        params = recorded.params
        if params is None:  # the form was written by hand
            params = {key: value for key, value in recorded.form if key not in PROTOCOL}
        with responses.RequestsMock() as mock:
            mock.post(f"{REPLAYED}{REST}", body=recorded.body, status=recorded.status)
            try:
                client = RestTransport(REPLAYED, SecretStr("<TOKEN>"))
                return client.call(case.function, params, write=case.write)
            finally:
                sent = parse_qsl(str(mock.calls[0].request.body), keep_blank_values=True)
                assert _without_token(sent) == _without_token(recorded.form)


def _without_token(form: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pair for pair in form if pair[0] != "wstoken"]


class NotRecordedError(LookupError):
    """The case was not recorded on this version."""


def recording(case: Case, version: str, *, exact: bool = False) -> Recording:
    """Return the recording of a case on a version, or on 4.5 for want of it unless `exact`."""
    for candidate in (version,) if exact else (version, "4.5"):
        try:
            return one(candidate, case.name)
        except FileNotFoundError:
            continue
    raise NotRecordedError(case.name)


def settle(ground: Ground, participant: str | None) -> World:
    """Publish what the cases need through the plugin: a course with the participant, and one without anybody.

    The connector's own account stands for somebody else, and for the participant where there is none.
    """
    client = ground.transport()
    me = get_site_info(client)
    code = f"CONFORMITE-{secrets.token_hex(4)}"
    course = CourseSettings(shortname=code, fullname="Conformité", startdate=1767225600, enddate=1775001600)
    people = () if participant is None else (Enrolment(email=participant, role="student"),)
    activities = tuple(_activity(code, *row) for row in _ROWS)
    empty = Publication(
        code=f"{code}-vide",
        categories=(Category(idnumber=CATEGORY, name="Conformité"),),
        course=course.model_copy(update={"shortname": f"{code}-vide"}),
        sections=(Section(id="s1", name="Étape 1"),),
    )
    foreign = publish(client, empty)
    publish(
        client,
        empty.model_copy(update={"code": code, "course": course, "activities": activities, "enrolments": people}),
    )
    session = observe(client, Query(code=code)).session(code)
    assert session is not None
    cmids = {activity.idnumber.rpartition("/")[2]: activity.cmid for activity in session.activities}
    person = next((person for person in session.people if "student" in person.roles), None)
    return World(
        course=session.course.id,
        foreign_course=foreign.course.id,
        code=code,
        participant=person.id if person else me.userid,
        other=me.userid,
        username=person.username if person else me.username,
        page=cmids["page"],
        quiz=cmids["quiz"],
        manual=cmids["manuel"],
        untracked=cmids["libre"],
    )


_ROWS: tuple[tuple[str, str, dict[str, Any], dict[str, Any]], ...] = (
    ("page", "page", {"tracking": "automatic", "view": True}, {"content": "<p>À lire</p>"}),
    ("adresse", "url", {"tracking": "automatic", "view": True}, {"url": "https://exemple.fr/video"}),
    ("quiz", "quiz", {"tracking": "automatic", "passgrade": True}, {"gift": "::Q1:: 2+2 ? {=4}", "grade_pass": 50}),
    ("manuel", "page", {"tracking": "manual"}, {"content": "<p>À cocher</p>"}),
    ("libre", "label", {}, {}),
    ("choix", "choice", {"tracking": "automatic", "submit": True}, {"options": ["Oui", "Non"]}),
    ("depot", "assign", {"tracking": "automatic", "submit": True}, {"online_text": True}),
    ("forum", "forum", {"tracking": "automatic", "posts": 1}, {}),
    (
        "bilan",
        "feedback",
        {"tracking": "automatic", "submit": True},
        {"items": [{"name": "Utile ?", "type": "choice", "options": ["Oui", "Non"]}]},
    ),
)


def _activity(
    code: str, key: str, module: Any, completion: dict[str, Any], settings: dict[str, Any]
) -> ActivitySettings:
    return ActivitySettings(
        idnumber=f"{code}/{key}",
        section="s1",
        module=module,
        name=key.capitalize(),
        intro="<p>Consigne</p>",
        completion=Completion(**completion),
        settings=settings,
    )


def participant_of(ground: Ground) -> str | None:
    """Return the e-mail of the participant's token, or `None` without a token."""
    if "participant" not in ground.tokens:
        return None
    userid = get_site_info(ground.transport("participant")).userid
    return get_users_by_field(ground.transport(), "id", [str(userid)])[0].email
