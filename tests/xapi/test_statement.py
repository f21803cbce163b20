from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xapi import vocabulary
from xapi.errors import StatementError
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
HOME = "https://moodle.exemple.fr"


def raw(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement).encode()


def test_reads_what_a_real_moodle_sends(batches: list[list[dict[str, Any]]]) -> None:
    statements = [decode_statement(raw(sent)) for batch in batches for sent in batch]
    assert Counter(statement.actor.kind for statement in statements) == {"account": 88, "mbox": 9}
    done = [
        statement
        for statement in statements
        if statement.event_name == vocabulary.EVENT_MODULE_COMPLETION and statement.verb == vocabulary.COMPLETED
    ]
    assert done
    assert all(statement.completion is True for statement in done)
    assert {statement.course_id for statement in done} <= {
        f"http://127.0.0.1:8080/course/view.php?id={course}" for course in (35, 36)
    }
    assert any(statement.object_idnumber == "CM-PG" for statement in done)


def test_reads_every_used_field(make: Callable[..., dict[str, Any]]) -> None:
    course = {
        "id": f"{HOME}/course/view.php?id=3",
        "definition": {
            "type": vocabulary.TYPE_COURSE,
            "extensions": {vocabulary.EXT_EXTERNAL_ID: "CM-2026"},
        },
    }
    sent = make(
        id=ID.upper(),
        actor={"account": {"homePage": "https://Moodle.exemple.fr/", "name": 39}, "name": "Léa"},
        object={
            "id": "https://MOODLE.exemple.fr/mod/quiz/view.php?id=7",
            "definition": {"type": "http://x.fr/t", "extensions": {vocabulary.EXT_EXTERNAL_ID: "CM-2026/test"}},
        },
        result={"completion": True, "success": False, "duration": "PT1H"},
        timestamp="2026-10-07T14:00:00.123456789+02:00",
        stored="2026-10-07T12:00:05Z",
        context={
            "contextActivities": {"parent": [{"id": f"{HOME}/course/section.php?id=1"}, course]},
            "extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": vocabulary.EVENT_MODULE_COMPLETION}},
        },
    )
    read = decode_statement(raw(sent))
    assert read.id == UUID(ID)
    assert read.actor == Actor("account", f"{HOME}|39")
    assert read.verb == vocabulary.COMPLETED
    assert read.object_id == f"{HOME}/mod/quiz/view.php?id=7"
    assert read.object_idnumber == "CM-2026/test"
    assert (read.completion, read.success) == (True, False)
    assert read.stored_us is not None
    assert read.stored_us - read.timestamp_us == 5_000_000 - 123_456
    assert read.parents == (f"{HOME}/course/section.php?id=1", f"{HOME}/course/view.php?id=3")
    assert (read.course_id, read.course_idnumber) == (read.parents[1], "CM-2026")
    assert read.event_name == vocabulary.EVENT_MODULE_COMPLETION
    assert read.voids is None


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ({"mbox": "mailto:Lea.MARTIN@ac-exemple.fr"}, Actor("mbox", "lea.martin@ac-exemple.fr")),
        ({"mbox_sha1sum": "AB" * 20}, Actor("mbox_sha1sum", "ab" * 20)),
        ({"openid": "https://id.fr/Lea"}, Actor("openid", "https://id.fr/Lea")),
        ({"objectType": "Group", "member": []}, Actor("anonymous", "", group=True)),
        ({"objectType": "Group", "mbox": "mailto:g@ac-exemple.fr"}, Actor("mbox", "g@ac-exemple.fr", group=True)),
    ],
)
def test_actors(make: Callable[..., dict[str, Any]], actor: dict[str, Any], expected: Actor) -> None:
    assert decode_statement(make(actor=actor)).actor == expected


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"actor": None}, "actor"),
        ({"actor": {"name": "Léa"}}, "actor"),
        ({"actor": {"mbox": "mailto:a@b.fr", "openid": "https://id.fr"}}, "actor"),
        ({"actor": {"account": {"homePage": HOME}}}, "actor"),
        ({"actor": {"account": {"homePage": HOME, "name": True}}}, "actor"),
        ({"actor": {"mbox": ["mailto:a@b.fr"]}}, "actor"),
        ({"actor": {"account": {"homePage": HOME, "name": "le\0a"}}}, "control"),
        ({"actor": {"mbox": "mailto:lea\x1f@ac-exemple.fr"}}, "control"),
        ({"verb": {"id": "urn:x:\0"}}, "control"),
        ({"object": {"id": "urn:x:\x85"}}, "control"),
        ({"object": {"id": "urn:x", "definition": {"extensions": {vocabulary.EXT_EXTERNAL_ID: "a\0"}}}}, "control"),
        ({"context": {"contextActivities": {"parent": [{"id": "urn:x:\0"}]}}}, "control"),
        ({"context": {"extensions": {vocabulary.EXT_EVENT_INFO: {"event_name": "a\0"}}}}, "control"),
        ({"verb": {"display": {}}}, "verb"),
        ({"verb": "completed"}, "verb"),
        ({"object": {"objectType": "Activity"}}, "object"),
        ({"object": []}, "object"),
        ({"result": {"completion": "true"}}, "result"),
        ({"result": {"success": 1}}, "result"),
        ({"timestamp": "2026-10-07T12:00:00"}, "timestamp"),
        ({"timestamp": 1791374400}, "timestamp"),
        ({"timestamp": None}, "timestamp"),
        ({"stored": "hier"}, "stored"),
        ({"id": "12"}, "uuid"),
        ({"verb": {"id": vocabulary.VOIDED}, "object": {"objectType": "StatementRef", "id": "x"}}, "uuid"),
    ],
)
def test_refuses_a_used_field_that_is_wrong(
    make: Callable[..., dict[str, Any]], changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(StatementError) as refused:
        decode_statement(raw(make(**changes)))
    assert refused.value.reason == reason
    assert "Léa" not in str(refused.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "json"),
        (b'{"a": "\xff"}', "json"),
        (b'{"a": "\\ud800"}', "json"),
        (b"[" * 100_000, "json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_refuses_what_is_no_statement_at_all(body: bytes, reason: str) -> None:
    with pytest.raises(StatementError) as refused:
        decode_statement(body)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"context": "x"},
        {"context": {"contextActivities": {"parent": "x"}, "extensions": []}},
        {"context": {"contextActivities": {"parent": [{"id": 3}, None]}, "extensions": {vocabulary.EXT_EVENT_INFO: 1}}},
        {"context": {"contextActivities": ["x"]}},
        {"result": "x"},
        {"object": {"id": "urn:x:y", "definition": "x"}},
        {"object": {"id": "urn:x:y", "definition": {"type": 3, "extensions": []}}},
        {"object": {"objectType": "Agent", "mbox": "mailto:a@b.fr"}},
        {"authority": {"objectType": "Group", "member": [{}, {}]}, "unknown": {"x": 2**80}},
    ],
)
def test_tolerates_everything_that_is_not_used(make: Callable[..., dict[str, Any]], changes: dict[str, Any]) -> None:
    read = decode_statement(raw(make(**changes)))
    assert (read.parents, read.course_id, read.event_name, read.object_idnumber) == ((), None, None, None)


def test_a_lone_parent_counts_as_a_list_of_one(make: Callable[..., dict[str, Any]]) -> None:
    parent = {"id": f"{HOME}/course/view.php?id=3", "definition": {"type": vocabulary.TYPE_COURSE}}
    read = decode_statement(make(context={"contextActivities": {"parent": parent}}))
    assert read.course_id == parent["id"]


def test_an_empty_idnumber_says_nothing_and_our_own_iri_says_it(make: Callable[..., dict[str, Any]]) -> None:
    empty = {"definition": {"extensions": {vocabulary.EXT_EXTERNAL_ID: ""}}}
    assert decode_statement(make(object={"id": HOME, **empty})).object_idnumber is None
    own = vocabulary.OwnActivity("CM-2026", "presence-1", "a1").iri
    assert decode_statement(make(object={"id": own, **empty})).object_idnumber == "CM-2026/presence-1"


def test_timestamp_falls_back_to_stored_and_voids_are_read(make: Callable[..., dict[str, Any]]) -> None:
    read = decode_statement(
        make(
            timestamp=None,
            stored="2026-10-07T12:00:05Z",
            verb={"id": vocabulary.VOIDED},
            object={"objectType": "StatementRef", "id": ID.upper()},
        )
    )
    assert read.timestamp_us == read.stored_us
    assert (read.voids, read.object_id) == (UUID(ID), None)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ID},
        {"stored": "2026-10-07T12:00:05Z", "authority": {"mbox": "mailto:lrs@x.fr"}, "version": "1.0.0"},
        {"timestamp": "2026-10-07T14:00:00.000+02:00"},
        {"result": {"score": {"raw": 10}}},
    ],
)
def test_the_same_fact_read_again_hashes_equal(make: Callable[..., dict[str, Any]], change: dict[str, Any]) -> None:
    first = make(result={"score": {"raw": 10.0}})
    again = dict(reversed(list((first | change).items())))
    assert decode_statement(json.dumps(again, indent=2).encode()).sha256 == decode_statement(raw(first)).sha256


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "2026-10-07T12:00:00.000001Z"},
        {"result": {"score": {"raw": 10.5}}},
        {"result": {"score": {"raw": 1e300}}},
        {"result": {"score": {"raw": 2.0**53}}},
        {"actor": {"mbox": "mailto:lea.martin@ac-exemple.fr", "name": "Léa"}},
    ],
)
def test_another_fact_hashes_differently(make: Callable[..., dict[str, Any]], change: dict[str, Any]) -> None:
    assert decode_statement(raw(make(**change))).sha256 != decode_statement(raw(make())).sha256


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": json_values | st.just(ID),
            "actor": json_values | st.just({"mbox": "mailto:a@b.fr"}),
            "verb": json_values | st.just({"id": "urn:v"}) | st.just({"id": vocabulary.VOIDED}),
            "object": json_values | st.just({"id": "urn:o"}) | st.fixed_dictionaries({"definition": json_values}),
            "result": json_values,
            "context": json_values | st.fixed_dictionaries({"contextActivities": json_values}),
            "timestamp": json_values | st.just("9999-12-31T23:59:59-23:00"),
            "stored": json_values,
        },
    )
)
@example({"actor": {"mbox": "\ud800"}, "verb": {"id": "v"}, "object": {"id": "o"}, "timestamp": "2026-10-07T12:00Z"})
def test_any_object_is_read_or_refused(statement: dict[str, Any]) -> None:
    try:
        decode_statement(statement)
    except StatementError as refused:
        assert refused.reason  # noqa: PT017


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(StatementError):
        decode_statement(body)
