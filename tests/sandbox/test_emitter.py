"""Batches, as the real plugin's scheduled task sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import responses
from pydantic import SecretStr
from requests.exceptions import ConnectionError as NetworkError

from connector.moodle.sandbox import Act, Kind
from connector.moodle.sandbox.emitter import Lrs
from connector.moodle.sandbox.statement_parts import EmissionSettings
from tests.sandbox.worlds import CODE, TEACHER

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox

ADDRESS = "https://lrs.exemple.fr/xAPI/"
STATEMENTS = f"{ADDRESS}statements"


def look(sandbox: Sandbox, times: int = 1) -> None:
    for _ in range(times):
        sandbox.act(TEACHER, f"{CODE}/page", Act(Kind.VIEW))


def registrations(statements: list[Any]) -> set[str]:
    return {statement["context"]["registration"] for statement in statements}


def test_one_run_takes_thirty_events_and_gives_them_one_registration(sandbox: Sandbox) -> None:
    look(sandbox, 40)
    first, second = sandbox.run_cron(), sandbox.run_cron()
    assert (len(first), len(second)) == (30, 12)
    assert len(registrations(first)) == len(registrations(second)) == 1
    assert registrations(first) != registrations(second)


def test_statements_have_no_id_and_whole_seconds(sandbox: Sandbox) -> None:
    look(sandbox)
    for statement in sandbox.drain():
        assert set(statement) <= {"actor", "verb", "object", "context", "timestamp", "result"}
        assert statement["timestamp"] == "2026-11-22T01:00:00.000Z"


@responses.activate
def test_posts_a_list_with_basic_authentication_and_the_version(sandbox: Sandbox) -> None:
    responses.post(STATEMENTS, json=[])
    sandbox.emitter.lrs = Lrs(ADDRESS, "moodle", SecretStr("secret"))
    look(sandbox)
    sent = sandbox.run_cron()
    request = responses.calls[0].request
    assert request.headers["X-Experience-API-Version"] == "1.0.3"
    assert request.headers["Authorization"] == "Basic bW9vZGxlOnNlY3JldA=="
    assert request.body is not None
    assert str(len(sent)) == "3"
    assert sandbox.run_cron() == []
    assert responses.calls[1].request.body == b"[]"


@responses.activate
@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 400}, {"body": NetworkError()}])
def test_what_the_lrs_does_not_take_is_lost(sandbox: Sandbox, answer: dict[str, Any]) -> None:
    responses.post(STATEMENTS, **answer)
    sandbox.emitter.lrs = Lrs(ADDRESS, "moodle", SecretStr("secret"))
    look(sandbox)
    assert sandbox.run_cron() == []
    assert len(sandbox.emitter.failed) == 3
    assert not sandbox.emitter.queue


def test_an_event_about_a_deleted_activity_cannot_be_told(sandbox: Sandbox) -> None:
    look(sandbox)
    del sandbox.site.courses[2].modules[f"{CODE}/page"]
    assert sandbox.drain() == []
    assert len(sandbox.emitter.failed) == 3


def test_names_and_addresses_are_those_of_the_sending(sandbox: Sandbox) -> None:
    sandbox.emitter.settings = EmissionSettings(actor="mbox")
    look(sandbox)
    person = sandbox.site.person_by_email(TEACHER)
    assert person is not None
    person.lastname, person.email = "Arnaud-Roy", "camille.arnaud-roy@ac-exemple.fr"
    assert {str(statement["actor"]) for statement in sandbox.drain()} == {
        "{'name': 'Camille Arnaud-Roy', 'mbox': 'mailto:camille.arnaud-roy@ac-exemple.fr'}"
    }


def test_an_invalid_address_falls_back_to_the_account(sandbox: Sandbox) -> None:
    sandbox.emitter.settings = EmissionSettings(actor="mbox")
    look(sandbox)
    person = sandbox.site.person_by_email(TEACHER)
    assert person is not None
    person.email = "sans-arobase"
    actors: list[Any] = [statement["actor"] for statement in sandbox.drain()]
    assert {actor["account"]["name"] for actor in actors} == {str(person.id)}
