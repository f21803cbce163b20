from __future__ import annotations

from typing import Any

import pytest

from xapi.lrs.formats import canonical, only_ids, parse_accept_language

MAIL = {"mbox": "mailto:lea.martin@ac-exemple.fr"}
TEXTS = {"en-US": "completed", "fr": "a terminé", "fr-CA": "a complété"}
SAID: dict[str, Any] = {
    "actor": {"objectType": "Group", "name": "CM2", "member": [MAIL | {"name": "Léa"}]},
    "verb": {"id": "urn:v", "display": TEXTS},
    "object": {
        "objectType": "SubStatement",
        "actor": MAIL | {"name": "Léa"},
        "verb": {"id": "urn:w"},
        "object": {"objectType": "Agent", **MAIL, "name": "Léa"},
    },
    "context": {
        "instructor": MAIL | {"name": "Léa"},
        "platform": "Moodle",
        "contextActivities": {"parent": {"id": "urn:a", "definition": {"name": TEXTS, "type": "urn:t"}}},
        "contextAgents": [{"objectType": "contextAgent", "agent": MAIL | {"name": "Léa"}}],
    },
    "authority": MAIL | {"name": "LRS"},
    "timestamp": "2026-10-07T12:00:00Z",
}


def test_ids_keeps_what_identifies_and_nothing_else_of_it() -> None:
    assert only_ids(SAID) == {
        "actor": {"objectType": "Group", "member": [MAIL]},
        "verb": {"id": "urn:v"},
        "object": {
            "objectType": "SubStatement",
            "actor": MAIL,
            "verb": {"id": "urn:w"},
            "object": {"objectType": "Agent", **MAIL},
        },
        "context": {
            "instructor": MAIL,
            "platform": "Moodle",
            "contextActivities": {"parent": [{"id": "urn:a"}]},
            "contextAgents": [{"objectType": "contextAgent", "agent": MAIL}],
        },
        "authority": MAIL,
        "timestamp": "2026-10-07T12:00:00Z",
    }


def test_ids_of_an_identified_group_leaves_its_members_out() -> None:
    group = {"objectType": "Group", "mbox": "mailto:cm2@ac-exemple.fr", "member": [MAIL]}
    assert only_ids(SAID | {"actor": group})["actor"] == {"objectType": "Group", "mbox": "mailto:cm2@ac-exemple.fr"}


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("fr", "fr"),
        ("fr-CA, fr;q=0.8", "fr-CA"),
        ("fr-FR", "fr"),
        ("en", "en-US"),
        ("de, fr;q=0.5, en;q=0.9", "en-US"),
        ("fr;q=0, en", "en-US"),
        ("fr;q=beaucoup, en", "en-US"),
        ("de", "en-US"),
        ("*", "en-US"),
        ("", "en-US"),
    ],
)
def test_canonical_gives_one_language(header: str, chosen: str) -> None:
    shown = canonical(SAID, {}, header)
    assert shown["verb"]["display"] == {chosen: TEXTS[chosen]}
    assert shown["context"]["contextActivities"]["parent"][0]["definition"] == {
        "name": {chosen: TEXTS[chosen]},
        "type": "urn:t",
    }
    assert (shown["actor"], shown["object"]["actor"]) == (SAID["actor"], SAID["object"]["actor"])


def test_canonical_puts_in_what_is_known_of_an_activity() -> None:
    choices = [{"id": "a", "description": {"fr": "Oui", "en": "Yes"}}]
    known = {"urn:a": {"name": {"fr": "Page"}, "interactionType": "choice", "choices": choices}}
    (parent,) = canonical(SAID, known, "en")["context"]["contextActivities"]["parent"]
    shown = [{"id": "a", "description": {"en": "Yes"}}]
    assert parent == {"id": "urn:a", "definition": {**known["urn:a"], "choices": shown}}
    assert canonical(SAID | {"object": {"id": "urn:b"}}, known, "en")["object"] == {"id": "urn:b"}


def test_languages_are_read_by_weight_then_as_written() -> None:
    assert parse_accept_language("en;q=0.5, fr, DE ;q=0.5,, x;q=0") == ["fr", "en", "de"]
    assert parse_accept_language(f"{'a-' * 20_000}a, f*, *;q=0.1, {'toolongtag' * 9}") == ["*"]
    assert len(parse_accept_language("fr," * 20_000)) == 30
