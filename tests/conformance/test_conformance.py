"""The same cases on the sandbox, on the recordings of two Moodle versions, and on a real site.

What is expected is what a real site answered to the same call: exception class, errorcode and message for an error;
keys and types for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import ParcoursError
from connector.moodle.document import ActivitySettings, Publication
from connector.moodle.functions import get_contents, publish
from tests.conformance.cases import CASES, Case
from tests.conformance.grounds import NotRecordedError, Replay
from tests.conformance.shapes import Shape, differences
from tests.conformance.soap_grounds import SoapReplay

if TYPE_CHECKING:
    from pydantic import JsonValue

    from tests.conformance.grounds import Exchange, Ground

NOT_SIMULATED = {"contents", "contentsinfo", "activitybadge", "userprivateaccesskey"}
"""Keys that nothing of ours reads and that the sandbox leaves out: files of a resource, a badge, a secret."""

DEPENDS_ON_THE_SITE = {"city", "country", "idnumber", "groups", "description", "availabilityinfo", "url", "debuginfo"}
"""Keys that real Moodle gives or not according to what the person or the activity has."""


UNTOLD = "invalidrecordunknown"
"""What Moodle 5.1 answers for any missing record when its debugging is off: it no longer says of which table."""


def is_error(answer: JsonValue) -> bool:
    return isinstance(answer, dict) and "exception" in answer


@pytest.fixture
def exchange(ground: Ground, case: Case) -> Exchange:
    try:
        return ground.exchange(case)
    except NotRecordedError:
        pytest.skip(f"{case.name} was not recorded on Moodle {ground.version}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers_as_recorded(ground: Ground, exchange: Exchange) -> None:
    assert exchange.status == exchange.recorded.status
    expected, actual = exchange.expected, exchange.body
    assert is_error(actual) == is_error(expected), actual
    if isinstance(expected, dict) and isinstance(actual, dict) and is_error(expected):
        assert actual["exception"] == expected["exception"]
        if actual["errorcode"] == UNTOLD and ground.version == "5.1" and "debuginfo" not in actual:
            return
        assert actual["errorcode"] == expected["errorcode"]
        assert _without_ids(actual["message"]) == _without_ids(expected["message"])
        return
    free = NOT_SIMULATED | DEPENDS_ON_THE_SITE
    assert list(differences(Shape().add(expected), Shape().add(actual), free=free)) == []


def _without_ids(message: JsonValue) -> str:
    return "".join(character for character in str(message) if not character.isdigit())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_client_reads_the_answer(ground: Ground, case: Case) -> None:
    try:
        exchange = ground.exchange(case)
        if is_error(exchange.body):
            with pytest.raises(ParcoursError) as refusal:
                ground.client_answer(case)
            assert ground.url in str(refusal.value)
        else:
            answer = ground.client_answer(case)
            assert list(differences(Shape().add(exchange.body), Shape().add(answer))) == []
    except NotRecordedError:
        pytest.skip(f"{case.name} was not recorded on Moodle {ground.version}")


def test_a_participant_never_meets_a_hidden_activity(ground: Ground) -> None:
    if isinstance(ground, Replay | SoapReplay):
        pytest.skip("the recordings hold no hidden activity")
    if "participant" not in ground.tokens:
        pytest.skip("PARCOURS_MOODLE_JETON_PARTICIPANT is not set")
    world = ground.world
    assert world is not None
    code = world.code
    note = ActivitySettings(
        idnumber=f"{code}/page~note", section="s1", module="label", name="Note", intro="<p>Pour le formateur</p>",
        visible=False,
    )  # fmt: skip
    publish(ground.transport(), Publication(code=code, activities=(note,)))

    def names(role: str) -> set[str]:
        sections = get_contents(ground.transport(role), world.course)
        return {module.name for section in sections for module in section.modules}

    assert names("connector") - names("participant") == {"Note"}
