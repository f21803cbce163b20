from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from xapi import vocabulary
from xapi.errors import StatementError
from xapi.lrs.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "6f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9"
MAIL = {"mbox": "mailto:lea.martin@ac-exemple.fr"}
SUB: dict[str, Any] = {
    "objectType": "SubStatement",
    "actor": MAIL,
    "verb": {"id": "urn:v"},
    "object": {"id": "urn:o"},
}
REFERENCE = {"objectType": "StatementRef", "id": ID}
ATTACHMENT = {
    "usageType": "urn:u",
    "display": {"fr": "Attestation"},
    "contentType": "application/pdf",
    "length": 12,
    "sha2": "ab" * 32,
    "fileUrl": "https://exemple.fr/a.pdf",
}


def test_takes_what_a_real_moodle_sends(batches: list[list[dict[str, Any]]]) -> None:
    for sent in (statement for batch in batches for statement in batch):
        assert validate(sent) is sent


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": {"objectType": "Agent", "name": "Léa", "account": {"homePage": "https://m.fr", "name": "39"}}},
        {"actor": {"mbox_sha1sum": "Ab" * 20}},
        {"actor": {"objectType": "Group", "member": [MAIL]}},
        {"actor": {"objectType": "Group", "openid": "https://id.fr/g"}},
        {"object": MAIL | {"objectType": "Agent"}},
        {"object": {"objectType": "Group", "member": [MAIL]}},
        {"object": REFERENCE},
        {"object": SUB},
        {"verb": {"id": vocabulary.VOIDED}, "object": REFERENCE},
        {
            "object": {
                "id": "urn:o",
                "definition": {
                    "name": {"fr-FR": "Test"},
                    "interactionType": "choice",
                    "correctResponsesPattern": ["a[,]b"],
                    "choices": [{"id": "a", "description": {"und": "A"}}],
                    "moreInfo": "https://exemple.fr",
                    "extensions": {"urn:x": None},
                },
            }
        },
        {
            "result": {
                "score": {"scaled": Decimal("-1.0"), "raw": 10, "min": 0.5, "max": 10},
                "success": False,
                "completion": True,
                "response": "",
                "duration": "PT1H30M0.5S",
                "extensions": {},
            }
        },
        {"result": {"duration": "P3W"}},
        {"result": {"duration": "P1Y2M3DT4H"}},
        {
            "context": {
                "registration": ID.upper(),
                "instructor": MAIL,
                "team": {"objectType": "Group", "mbox": "mailto:g@ac-exemple.fr"},
                "contextActivities": {"parent": {"id": "urn:p"}, "other": [{"id": "urn:q"}]},
                "revision": "1",
                "platform": "Moodle",
                "language": "fr-FR",
                "statement": REFERENCE,
                "extensions": {"https://w3id.org/x": [1, None]},
            }
        },
        {"attachments": [ATTACHMENT]},
        {"id": ID.upper(), "stored": "2026-10-07T12:00:00Z", "authority": MAIL, "version": "1.0.2"},
    ],
)
def test_takes_every_shape_of_the_specification(make: Callable[..., dict[str, Any]], changes: dict[str, Any]) -> None:
    assert validate(make(**changes))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"actor": None}, "actor: is missing"),
        ({"verb": None}, "verb: is missing"),
        ({"object": None}, "object: is missing"),
        ({"actor": "Léa"}, "actor: must be an object"),
        ({"actor": {}}, "actor: an agent has exactly one"),
        ({"actor": MAIL | {"openid": "https://id.fr"}}, "actor: an agent has exactly one"),
        ({"actor": MAIL | {"objectType": "Person"}}, "actor.objectType: must be Agent"),
        ({"actor": {"mbox": "lea@ac-exemple.fr"}}, "actor.mbox: must be a mailto: IRI"),
        ({"actor": {"mbox_sha1sum": "abc"}}, "actor.mbox_sha1sum: must be 40"),
        ({"actor": {"account": {"homePage": "moodle", "name": "3"}}}, "actor.account.homePage: must be an IRI"),
        ({"actor": {"account": {"homePage": "https://m.fr"}}}, "actor.account.name: is missing"),
        ({"actor": {"account": {"homePage": "https://m.fr", "name": 3}}}, "actor.account.name: must be a text"),
        ({"actor": {"objectType": "Group"}}, "actor: a group without an identifier"),
        ({"actor": {"objectType": "Group", "member": []}}, "actor: a group without an identifier"),
        ({"actor": {"objectType": "Group", "member": {}}}, "actor.member: must be a list"),
        ({"actor": {"objectType": "Group", "member": [{}]}}, r"actor.member\[0\]: an agent"),
        ({"actor": MAIL | {"objectType": "Group", "openid": "https://id.fr"}}, "actor: a group has at most one"),
        ({"verb": {"id": "completed"}}, "verb.id: must be an IRI"),
        ({"verb": {"id": "urn:v", "display": "fini"}}, "verb.display: must be an object"),
        ({"verb": {"id": "urn:v", "display": {"fr_FR": "fini"}}}, "verb.display.fr_FR: must be a language tag"),
        ({"verb": {"id": "urn:v", "display": {"fr": None}}}, "verb.display.fr: must be a text"),
        ({"verb": {"id": vocabulary.VOIDED}}, "statement: voiding needs a StatementRef"),
        ({"object": {}}, "object.id: is missing"),
        ({"object": {"id": "abc"}}, "object.id: must be an IRI"),
        ({"object": {"id": "urn:o", "objectType": "Thing"}}, "object.objectType: must be Activity, Agent"),
        ({"object": {"id": "urn:o", "objectType": []}}, "object.objectType: must be"),
        ({"object": {"id": "urn:o", "definition": {"extensions": {"x": 1}}}}, "extensions.x: must be an IRI"),
        ({"object": {"id": "urn:o", "definition": {"interactionType": "quiz"}}}, "interactionType: must be true-false"),
        (
            {"object": {"id": "urn:o", "definition": {"interactionType": "choice", "choices": [{}]}}},
            r"choices\[0\].id: is missing",
        ),
        ({"object": {"objectType": "StatementRef", "id": "12"}}, "object.id: must be a UUID"),
        ({"object": SUB | {"id": ID}}, "object.id: is not a property"),
        ({"object": SUB | {"object": SUB}}, "object.object.objectType: must be Activity, Agent, Group, StatementRef$"),
        (
            {"object": SUB | {"verb": {"id": vocabulary.VOIDED}, "object": REFERENCE}},
            "object: voiding needs",
        ),
        ({"result": {"score": {"scaled": 3}}}, "result.score.scaled: must be between"),
        ({"result": {"score": {"raw": "10"}}}, "result.score.raw: must be a number"),
        ({"result": {"score": {"raw": True}}}, "result.score.raw: must be a number"),
        ({"result": {"score": {"raw": 11, "max": 10}}}, "result.score: raw must be"),
        ({"result": {"score": {"raw": -1, "min": 0}}}, "result.score: raw must be"),
        ({"result": {"score": {"min": 2, "max": 1}}}, "result.score: raw must be"),
        ({"result": {"success": "true"}}, "result.success: must be true or false"),
        ({"result": {"duration": "45 min"}}, "result.duration: must be an ISO"),
        ({"result": {"duration": "P"}}, "result.duration: must be an ISO"),
        ({"result": {"duration": "PT"}}, "result.duration: must be an ISO"),
        ({"result": {"grade": 1}}, "result.grade: is not a property"),
        ({"context": {"registration": "x"}}, "context.registration: must be a UUID"),
        ({"context": {"contextActivities": {"parents": []}}}, "contextActivities.parents: is not a property"),
        ({"context": {"contextActivities": {"parent": [{"id": 1}]}}}, r"parent\[0\].id: must be an IRI"),
        ({"context": {"platform": "Moodle"}, "object": REFERENCE}, "statement: context.revision and"),
        ({"attachments": [{}]}, r"attachments\[0\].usageType: is missing"),
        ({"timestamp": "2026-10-07T12:00:00"}, "timestamp: no UTC offset"),
        ({"timestamp": "hier"}, "timestamp: not an ISO"),
        ({"timestamp": 12}, "timestamp: must be a text"),
        ({"id": "12"}, "id: must be a UUID"),
        ({"timestamp": "2026-10-07T12:00:00-00:00"}, "timestamp: the UTC offset -00:00 says nothing"),
        ({"version": "2.0.0"}, "version: must be a version 1.0.x"),
        ({"context": {"contextAgents": []}}, "context.contextAgents: is not a property"),
        ({"attachments": [ATTACHMENT | {"sha2": "abc"}]}, r"attachments\[0\].sha2: must be a SHA-2"),
        ({"attachments": [ATTACHMENT | {"length": 1.5}]}, r"attachments\[0\].length: must be a whole number"),
        ({"attachments": [ATTACHMENT | {"contentType": "a/b\r\nX: y"}]}, r"contentType: must be a media type"),
        ({"authority": {"objectType": "Group", "member": [MAIL]}}, "authority: a group that vouches"),
        ({"object": {"id": "urn:o", "definition": {"choices": [{"id": "a"}]}}}, "choices: needs an interactionType"),
        ({"ID": ID}, "ID: is not a property"),
    ],
)
def test_refuses_nonsense_and_says_where(
    make: Callable[..., dict[str, Any]], changes: dict[str, Any], where: str
) -> None:
    with pytest.raises(StatementError, match=where):
        validate(make(**changes))


def test_refuses_what_is_no_object() -> None:
    with pytest.raises(StatementError, match="statement: must be an object"):
        validate([])


def test_an_edition_2_statement_names_agents_and_groups_of_its_context(make: Callable[..., dict[str, Any]]) -> None:
    group = {"objectType": "Group", "mbox": "mailto:g@ac-exemple.fr"}
    agents = [{"objectType": "contextAgent", "agent": MAIL, "relevantTypes": ["urn:t"]}]
    said = make(context={"contextAgents": agents, "contextGroups": [{"objectType": "contextGroup", "group": group}]})
    assert validate(said | {"version": "2.0.0"}, "2.0.0")
    for wrong in ({}, {"objectType": "contextAgent"}, {"objectType": "contextGroup", "agent": MAIL}):
        with pytest.raises(StatementError, match=r"contextAgents\[0\]"):
            validate(make(context={"contextAgents": [wrong]}), "2.0.0")
