"""REST and SOAP say the same of the same site: values, error classes, sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from connector.errors import ParcoursError
from connector.moodle.rest import RestTransport
from tests.conformance.cases import CASES, Case

if TYPE_CHECKING:
    from connector.moodle.transport import Transport
    from tests.conformance.soap_grounds import SoapGround

MOVING = {"lastaccess", "lastcourseaccess", "timecompleted"}
"""What changes from one call to the next."""

OTHERWISE = {
    "err_no_such_function": "SOAP cannot tell a function that does not exist from one that is withheld",
    "err_missing_param": "SOAP sends every parameter, nil when it is not given",
    "err_param_type": "PHP refuses the value before Moodle sees it",
}
SAME = [case for case in CASES if case.name not in OTHERWISE]
SITES = ["sandbox-soap", pytest.param("moodle-soap", marks=pytest.mark.moodle)]


def outcome(transport: Transport, case: Case, params: dict[str, Any]) -> tuple[str, object]:
    try:
        return "value", comparable(transport.call(case.function, params, write=case.write))
    except ParcoursError as refusal:
        # Moodle's own words are told over SOAP only when its debugging is on.
        return type(refusal).__name__, re.sub("«[^»]*»", "«»", str(refusal))


def comparable(value: object) -> object:
    """Return a value without what moves; a field without value is one that is not there."""
    if isinstance(value, dict):
        return {key: comparable(inner) for key, inner in value.items() if key not in MOVING and inner is not None}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return value


@pytest.mark.parametrize("ground", SITES, indirect=True)
@pytest.mark.parametrize("case", SAME, ids=lambda case: case.name)
def test_the_same_over_both(ground: SoapGround, case: Case) -> None:
    if case.role not in ground.tokens:
        pytest.skip("no token of a participant for SOAP")
    assert ground.world is not None
    params = case.params(ground.world)
    rest = RestTransport(ground.url, SecretStr(ground.tokens[case.role]))
    assert outcome(ground.transport(case.role), case, params) == outcome(rest, case, params)


@pytest.mark.parametrize("ground", ["sandbox-soap"], indirect=True)
@pytest.mark.parametrize("case", [case for case in CASES if case.name in OTHERWISE], ids=lambda case: case.name)
def test_what_differs_is_refused_by_both(ground: SoapGround, case: Case) -> None:
    assert ground.world is not None
    params = case.params(ground.world)
    rest = RestTransport(ground.url, SecretStr(ground.tokens[case.role]))
    assert outcome(rest, case, params)[0].endswith("Error")
    assert outcome(ground.transport(), case, params)[0].endswith("Error")
