"""The sandbox over HTTP: tokens, what an administrator can break, and the control surface."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connector.errors import ConfigError, DataError
from connector.moodle.encode import encode
from connector.moodle.sandbox import Kind, Sandbox
from connector.moodle.sandbox.control import ActOrder
from connector.moodle.sandbox.faults import Faults
from connector.moodle.sandbox.params import decode_form
from connector.moodle.sandbox.remote import Remote
from tests.sandbox.worlds import CODE, NOW, TEACHER, settle

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE_INFO = "core_webservice_get_site_info"


@pytest.fixture
def served() -> Iterator[Sandbox]:
    with Sandbox(lambda: NOW) as sandbox:
        yield settle(sandbox)


def call(sandbox: Sandbox, function: str = SITE_INFO, *, token: str | None = None, **params: Any) -> requests.Response:
    form = {"wstoken": token or sandbox.token, "wsfunction": function, "moodlewsrestformat": "json", **params}
    return requests.post(f"{sandbox.url}/webservice/rest/server.php", data=form, timeout=10)


def test_moodle_takes_parameters_from_the_address_too(served: Sandbox) -> None:
    form = {"wstoken": served.token, "wsfunction": SITE_INFO, "moodlewsrestformat": "json"}
    answer = requests.get(f"{served.url}/webservice/rest/server.php", params=form, timeout=10)
    assert answer.json()["siteurl"] == served.url


def test_a_json_body_is_not_read(served: Sandbox) -> None:
    answer = requests.post(f"{served.url}/webservice/rest/server.php", json={"wstoken": served.token}, timeout=10)
    assert answer.json()["errorcode"] == "invalidtoken"


@pytest.mark.parametrize(
    ("faults", "status", "body"),
    [
        (Faults(maintenance_cli=True), 503, "under maintenance"),
        (Faults(services_off=True), 403, ""),
        (Faults(fail_at=1), 500, ""),
        (Faults(html=True), 200, "<!DOCTYPE html>"),
        (Faults(maintenance=True), 200, '"errorcode": "sitemaintenance"'),
        (Faults(withheld=frozenset({SITE_INFO})), 200, '"errorcode": "accessexception"'),
    ],
)
def test_what_an_administrator_can_break(served: Sandbox, faults: Faults, status: int, body: str) -> None:
    served.faults = faults
    answer = call(served)
    assert answer.status_code == status
    assert body in answer.text
    assert (body == "") == (answer.content == b"")


def test_a_truncated_answer_is_no_json_but_the_call_was_made(served: Sandbox) -> None:
    served.faults = Faults(truncate=True)
    manual = served.site.module_by_idnumber(f"{CODE}/manuel")
    assert manual is not None
    answer = call(served, "core_completion_override_activity_completion_status", cmid=manual.cmid, userid=5, newstate=1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)
    assert served.site.seen(5, manual.cmid).state == 1


def test_only_the_nth_call_fails(served: Sandbox) -> None:
    served.faults = Faults(fail_at=2)
    assert [call(served).status_code for _ in range(3)] == [200, 500, 200]


def test_latency_is_waited(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    served.faults = Faults(latency_ms=250)
    assert call(served).ok
    assert waited == [0.25]


def test_debugging_adds_what_moodle_adds(served: Sandbox) -> None:
    assert "debuginfo" in call(served, bogus="1").json()
    served.faults = Faults(debug=False)
    assert "debuginfo" not in call(served, bogus="1").json()


def test_a_suspended_account_is_refused(served: Sandbox) -> None:
    token = served.person_token(TEACHER)
    person = served.site.person_by_email(TEACHER)
    assert person is not None
    person.suspended = True
    assert call(served, token=token).json()["errorcode"] == "wsaccessusersuspended"


def test_a_participant_does_not_tick_what_is_locked(served: Sandbox) -> None:
    module = served.site.module_by_idnumber(f"{CODE}/presence")
    assert module is not None
    function = "core_completion_update_activity_completion_status_manually"
    answer = call(served, function, token=served.person_token(TEACHER), cmid=module.cmid, completed=1)
    assert answer.json()["errorcode"] == "nopermissions"
    assert served.drain() == []


def orders(*kinds: Kind, key: str = "page") -> list[ActOrder]:
    return [ActOrder(courriel=TEACHER, idnumber=f"{CODE}/{key}", acte=kind) for kind in kinds]


def test_another_process_can_have_people_act(served: Sandbox) -> None:
    remote = Remote(served.url, SecretStr(served.token))
    remote.act(orders(Kind.VIEW))
    outcome = remote.drain()
    assert (outcome.lrs, outcome.failed, outcome.sent) == (False, 0, 0)
    module = served.site.module_by_idnumber(f"{CODE}/page")
    assert module is not None
    person = served.site.person_by_email(TEACHER)
    assert person is not None
    assert served.site.seen(person.id, module.cmid).state == 1


def test_a_refused_act_says_why(served: Sandbox) -> None:
    with pytest.raises(DataError, match="seul un formateur"):
        Remote(served.url, SecretStr(served.token)).act(orders(Kind.TICK, key="presence"))


def test_the_control_surface_is_guarded(served: Sandbox) -> None:
    with pytest.raises(ConfigError, match="ne reconnaît pas le jeton"):
        Remote(served.url, SecretStr(served.person_token(TEACHER))).act(orders(Kind.VIEW))
    assert not served.site.progress


def test_faults_can_be_set_from_outside(served: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}
    address = f"{served.url}/bac-a-sable/pannes"
    assert requests.post(address, json={"services_off": True}, headers=headers, timeout=10).ok
    assert call(served).status_code == 403
    refused = requests.post(address, json={"incendie": True}, headers=headers, timeout=10)
    assert refused.status_code == 400
    assert "incendie" in refused.json()["erreur"]


_keys = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
_values = st.recursive(
    st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_keys, inner, min_size=1, max_size=3),
    max_leaves=8,
)


def _as_php(value: Any) -> Any:
    """PHP's arrays: lists are dictionaries with numbers for keys, and every leaf is text."""
    if isinstance(value, dict):
        return {key: _as_php(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {str(index): _as_php(inner) for index, inner in enumerate(value)}
    return str(value)


@given(st.dictionaries(_keys, _values, max_size=4))
def test_reads_back_whatever_the_client_encodes(params: dict[str, Any]) -> None:
    assert decode_form(encode(params)) == _as_php(params)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=4)), max_size=6))
def test_no_form_breaks_the_reader(fields: list[tuple[str, str]]) -> None:
    decoded = decode_form(fields)
    assert all(isinstance(key, str) for key in decoded)
