"""State, agent profile and activity profile documents, and what is known of agents and activities, over real HTTP."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests

from xapi.instants import format_us
from xapi.lrs.app import PREFIX, create_app
from xapi.lrs.clients import add_client
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from conftest import Clock, Http, Make

    from xapi.client import LRSClient
    from xapi.store import Store

LEA = json.dumps({"mbox": "mailto:lea.martin@ac-exemple.fr"})
TOM = json.dumps({"mbox": "mailto:tom@ac-exemple.fr"})
STATE = {"activityId": "urn:a", "agent": LEA, "stateId": "signet"}
AGENT = {"agent": LEA, "profileId": "choix"}
ACTIVITY = {"activityId": "urn:a", "profileId": "choix"}
NEW = {"If-None-Match": "*"}
REGISTRATION = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
RESOURCES = [("activities/state", STATE), ("agents/profile", AGENT), ("activities/profile", ACTIVITY)]


@pytest.mark.parametrize(("path", "place"), RESOURCES)
def test_a_document_comes_back_as_it_was_sent_until_it_is_removed(http: Http, path: str, place: dict[str, str]) -> None:
    assert http("GET", path, params=place).status_code == 404
    headers = NEW | {"Content-Type": "image/png; a=b"}
    assert http("PUT", path, params=place, data=b"\x89PNG\0", headers=headers).status_code == 204
    read = http("GET", path, params=place)
    assert (read.content, read.headers["Content-Type"]) == (b"\x89PNG\0", "image/png; a=b")
    assert read.headers["Last-Modified"] == "Mon, 21 Sep 2026 14:13:20 GMT"
    head = http("HEAD", path, params=place)
    assert (head.content, head.headers["ETag"]) == (b"", read.headers["ETag"])
    names = {key: value for key, value in place.items() if key not in ("stateId", "profileId")}
    assert http("GET", path, params=names).json() == [place.get("stateId") or place["profileId"]]
    assert http("DELETE", path, params=place).status_code == 204
    assert http("GET", path, params=place).status_code == 404
    assert http("GET", path, params=names).json() == []
    assert http("DELETE", path, params=place).status_code == 204


def test_ids_are_those_changed_since(http: Http, clock: Clock) -> None:
    for name in ("a", "b"):
        http("POST", "agents/profile", params=AGENT | {"profileId": name}, json={})
        clock.now_us += 1_000_000
    asked = {"agent": LEA, "since": format_us(clock.now_us - 2_000_000)}
    assert http("GET", "agents/profile", params=asked).json() == ["b"]
    assert http("GET", "agents/profile", params=asked | {"since": "hier"}).status_code == 400
    assert http("GET", "agents/profile", params={"agent": TOM}).json() == []


def test_states_by_registration(http: Http) -> None:
    for registration in ({}, {"registration": REGISTRATION}):
        http("PUT", "activities/state", params=STATE | registration, json=registration)
    assert http("GET", "activities/state", params=STATE).json() == {}
    mine = STATE | {"registration": REGISTRATION.upper()}
    assert http("GET", "activities/state", params=mine).json() == {"registration": REGISTRATION}
    everyone = {"activityId": "urn:a", "agent": LEA}
    assert http("DELETE", "activities/state", params=everyone | {"registration": REGISTRATION}).status_code == 204
    assert http("GET", "activities/state", params=mine).status_code == 404
    assert http("GET", "activities/state", params=STATE).status_code == 200
    assert http("DELETE", "activities/state", params=everyone).status_code == 204
    assert http("GET", "activities/state", params=everyone).json() == []
    assert http("DELETE", "activities/profile", params={"activityId": "urn:a"}).status_code == 400


def test_json_objects_are_put_together_property_by_property(http: Http) -> None:
    assert http("POST", "activities/state", params=STATE, json={"a": 1, "b": {"x": 1}}).status_code == 204
    body, headers = b'{"b": {"y":  2.50}, "c": null}', {"Content-Type": "application/json; charset=utf-8"}
    assert http("POST", "activities/state", params=STATE, data=body, headers=headers).status_code == 204
    read = http("GET", "activities/state", params=STATE)
    assert read.json() == {"a": 1, "b": {"y": 2.5}, "c": None}
    assert b'{"y":  2.50}' in read.content
    for kind, wrong in (("application/json", b"[1]"), ("application/json", b"{"), ("text/plain", b"{}")):
        answer = http("POST", "activities/state", params=STATE, data=wrong, headers={"Content-Type": kind})
        assert answer.status_code == 400
    http("PUT", "activities/state", params=STATE, data=b"x", headers={"Content-Type": "text/plain"})
    assert http("POST", "activities/state", params=STATE, json={}).status_code == 400
    assert http("GET", "activities/state", params=STATE).content == b"x"


@pytest.mark.parametrize(("path", "place"), RESOURCES[1:])
def test_a_profile_is_replaced_only_by_who_has_seen_it(http: Http, path: str, place: dict[str, str]) -> None:
    def put(value: Any, **headers: str) -> int:
        named = {name.replace("_", "-"): tag for name, tag in headers.items()}
        return http("PUT", path, params=place, json=value, headers=named).status_code

    def held() -> Any:
        return http("GET", path, params=place).json()

    assert put(1) == 400
    assert put(1, If_Match="*") == 412
    assert put(1, If_None_Match="*") == 204
    tag = http("GET", path, params=place).headers["ETag"]
    assert (put(2), put(2, If_None_Match="*"), put(2, If_None_Match=tag), put(2, If_Match='"x"')) == (
        409,
        412,
        412,
        412,
    )
    assert held() == 1
    assert (put(2, If_Match=f'"x", {tag}'), held()) == (204, 2)
    assert (put(3, If_Match="*"), put(4, If_None_Match='"x"'), held()) == (204, 204, 4)
    assert http("DELETE", path, params=place, headers={"If-Match": tag}).status_code == 412
    assert http("POST", path, params=place, json={}, headers={"If-Match": tag}).status_code == 412


def test_two_writers_who_have_seen_the_same_document_do_not_both_win(store: Store) -> None:
    """Each on its own connection, at once, on either database."""
    secret = add_client(store.database, "essai")
    with serve_in_thread(create_app(store)) as where:
        address, version = f"{where}{PREFIX}/agents/profile", {"X-Experience-API-Version": "1.0.3"}
        statuses: list[int] = []

        def put(writer: int) -> None:
            for name in range(8):
                asked = AGENT | {"profileId": str(name)}
                headers = version | NEW
                answer = requests.put(
                    address, params=asked, json=writer, headers=headers, auth=("essai", secret), timeout=30
                )
                statuses.append(answer.status_code)

        threads = [threading.Thread(target=put, args=(writer,)) for writer in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(statuses) == [204] * 8 + [412] * 16


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("activities/state", {"activityId": None}),
        ("activities/state", {"activityId": "12"}),
        ("activities/state", {"agent": None}),
        ("activities/state", {"agent": "{}"}),
        ("activities/state", {"agent": '{"objectType": "Group", "member": []}'}),
        ("activities/state", {"registration": "12"}),
        ("activities/state", {"stateId": "a\0b"}),
        ("activities/state", {"profileId": "x"}),
        ("activities/state", {"since": "2026-10-07T12:00:00Z"}),
        ("activities/state", {"stateId": None}),
    ],
)
def test_a_place_that_is_none(http: Http, path: str, changes: dict[str, str | None]) -> None:
    place = {key: value for key, value in (STATE | changes).items() if value is not None}
    assert http("PUT", path, params=place, json={}).status_code == 400


def test_what_statements_said_of_an_activity_is_put_together(http: Http, make: Make) -> None:
    one = {"id": "urn:a", "definition": {"name": {"fr": "Page", "en": "Old"}, "type": "urn:t"}}
    two = {"id": "urn:a", "definition": {"name": {"en": "Page"}, "extensions": {"urn:x": 1}}}
    http("POST", json=make(object=one))
    http("POST", json=make(context={"contextActivities": {"parent": [two]}}))
    assert http("GET", "activities", params={"activityId": "urn:a"}).json() == {
        "objectType": "Activity",
        "id": "urn:a",
        "definition": {"name": {"fr": "Page", "en": "Page"}, "type": "urn:t", "extensions": {"urn:x": 1}},
    }
    unknown = http("GET", "activities", params={"activityId": "urn:z"})
    assert unknown.json() == {"objectType": "Activity", "id": "urn:z"}
    assert http("GET", "activities").status_code == 400
    assert http("GET", "activities", params={"activityId": "z"}).status_code == 400
    shown = http("GET", params={"format": "canonical", "activity": "urn:a"}, headers={"Accept-Language": "en"}).json()
    assert shown["statements"][0]["object"]["definition"]["name"] == {"en": "Page"}


def test_a_person_has_the_names_that_came_with_them(http: Http, make: Make) -> None:
    actor = json.loads(LEA)
    http("POST", json=[make(actor=actor | {"name": name}) for name in ("Léa Martin", "Léa Durand", "Léa Martin")])
    http("POST", json=make(actor=json.loads(TOM) | {"name": "Tom"}, context={"instructor": actor | {"name": "Léa"}}))
    assert http("GET", "agents", params={"agent": LEA}).json() == {
        "objectType": "Person",
        "mbox": ["mailto:lea.martin@ac-exemple.fr"],
        "name": ["Léa", "Léa Martin", "Léa Durand"],
    }
    assert http("GET", "agents", params={"agent": '{"openid": "https://id.fr"}'}).json() == {
        "objectType": "Person",
        "openid": ["https://id.fr"],
    }
    group = '{"objectType": "Group", "mbox": "mailto:g@ac-exemple.fr"}'
    for wrong in ({}, {"agent": "x"}, {"agent": group}, {"agent": LEA, "x": "y"}):
        assert http("GET", "agents", params=wrong).status_code == 400
    assert http("PUT", "agents", params={"agent": LEA}).status_code == 405


def test_a_number_that_no_float_holds_hides_nobody(http: Http, make: Make) -> None:
    who = {"objectType": "Agent", "name": "Él", "mbox": "mailto:el@ac-exemple.fr"}
    said = json.dumps(make(actor=who, result={"extensions": {"urn:x": 0}})).replace('"urn:x": 0', '"urn:x": 1e400')
    assert http("POST", data=said.encode(), headers={"Content-Type": "application/json"}).status_code == 200
    asked = {"agent": json.dumps({"mbox": who["mbox"]})}
    assert http("GET", "agents", params=asked).json()["name"] == ["Él"]


def test_documents_need_their_scope(lrs: LRSClient, sqlite_store: Store) -> None:
    statuses = {}
    for scope in ("state", "profile", "all/read", "statements/write"):
        secret = add_client(sqlite_store.database, scope.replace("/", "-"), [scope])
        auth, headers = (scope.replace("/", "-"), secret), {"X-Experience-API-Version": "1.0.3"}
        address = lrs.endpoint + "activities/state"
        written = requests.post(address, params=STATE, json={}, auth=auth, headers=headers, timeout=10)
        read = requests.get(address, params=STATE, auth=auth, headers=headers, timeout=10)
        statuses[scope] = (written.status_code, read.status_code)
    assert statuses == {
        "state": (204, 200),
        "profile": (403, 403),
        "all/read": (403, 200),
        "statements/write": (403, 403),
    }
