"""What a statement must look like to be stored (xAPI 1.0.3, part 2): refused with the path and the reason.

The structure is checked, the vocabulary is free. xAPI 2.0 differs by its version and by two members of the context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xapi import vocabulary
from xapi.lrs import checks
from xapi.lrs.checks import fields, is_object, list_of, one_of, refuse

if TYPE_CHECKING:
    from xapi.lrs.checks import Check

_IDENTIFIERS = {
    "mbox": checks.mbox,
    "mbox_sha1sum": checks.sha1,
    "openid": checks.iri,
    "account": fields({"homePage": checks.iri, "name": checks.text}, required=("homePage", "name")),
}
_agent_fields = fields({"objectType": one_of("Agent"), "name": checks.text, **_IDENTIFIERS})


def _agent(value: object, path: str) -> None:
    _agent_fields(value, path)
    if len(_identifiers(value, path)) != 1:
        raise refuse(path, "an agent has exactly one of mbox, mbox_sha1sum, openid, account")


_group_fields = fields(
    {"objectType": one_of("Group"), "name": checks.text, "member": list_of(_agent), **_IDENTIFIERS},
    required=("objectType",),
)


def _group(value: object, path: str) -> None:
    _group_fields(value, path)
    found = _identifiers(value, path)
    if len(found) > 1:
        raise refuse(path, "a group has at most one of mbox, mbox_sha1sum, openid, account")
    if not found and not is_object(value, path).get("member"):
        raise refuse(path, "a group without an identifier has members")


def _actor(value: object, path: str) -> None:
    (_group if is_object(value, path).get("objectType") == "Group" else _agent)(value, path)


def _identifiers(value: object, path: str) -> list[str]:
    return [name for name in _IDENTIFIERS if name in is_object(value, path)]


_interaction_components = list_of(
    fields({"id": checks.text, "description": checks.language_map}, required=("id",)),
)
_INTERACTION = ("choices", "scale", "source", "target", "steps")
_definition_fields = fields(
    {
        "name": checks.language_map,
        "description": checks.language_map,
        "type": checks.iri,
        "moreInfo": checks.iri,
        "extensions": checks.extensions,
        "interactionType": one_of(
            "true-false",
            "choice",
            "fill-in",
            "long-fill-in",
            "matching",
            "performance",
            "sequencing",
            "likert",
            "numeric",
            "other",
        ),
        "correctResponsesPattern": list_of(checks.text),
        **dict.fromkeys(_INTERACTION, _interaction_components),
    }
)


def _definition(value: object, path: str) -> None:
    _definition_fields(value, path)
    data = is_object(value, path)
    for name in ("correctResponsesPattern", *_INTERACTION):
        if name in data and "interactionType" not in data:
            raise refuse(f"{path}.{name}", "needs an interactionType")


_activity = fields({"objectType": one_of("Activity"), "id": checks.iri, "definition": _definition}, required=("id",))
_reference = fields({"objectType": one_of("StatementRef"), "id": checks.uuid}, required=("objectType", "id"))


def _activities(value: object, path: str) -> None:
    """A list, or one activity alone as xAPI 1.0.0 allowed."""
    (list_of(_activity) if isinstance(value, list) else _activity)(value, path)


_score_fields = fields(dict.fromkeys(("scaled", "raw", "min", "max"), checks.number))


def _score(value: object, path: str) -> None:
    _score_fields(value, path)
    score = is_object(value, path)
    low, high = score.get("min"), score.get("max")
    if not -1 <= score.get("scaled", 0) <= 1:
        raise refuse(f"{path}.scaled", "must be between -1 and 1")
    for smaller, larger in ((low, score.get("raw")), (score.get("raw"), high), (low, high)):
        if smaller is not None and larger is not None and smaller > larger:
            raise refuse(path, "raw must be between min and max")


_result = fields(
    {
        "score": _score,
        "success": checks.boolean,
        "completion": checks.boolean,
        "response": checks.text,
        "duration": checks.duration,
        "extensions": checks.extensions,
    }
)
_CONTEXT = {
    "registration": checks.uuid,
    "instructor": _actor,
    "team": _group,
    "contextActivities": fields(dict.fromkeys(("parent", "grouping", "category", "other"), _activities)),
    "revision": checks.text,
    "platform": checks.text,
    "language": checks.language,
    "statement": _reference,
    "extensions": checks.extensions,
}
_iris = list_of(checks.iri)


def _relevant_types(value: object, path: str) -> None:
    _iris(value, path)
    if not value:
        raise refuse(path, "must not be empty")


_CONTEXT_2 = _CONTEXT | {
    f"context{kind}s": list_of(
        fields(
            {"objectType": one_of(f"context{kind}"), kind.lower(): check, "relevantTypes": _relevant_types},
            required=("objectType", kind.lower()),
        )
    )
    for kind, check in (("Agent", _agent), ("Group", _group))
}
_attachment = fields(
    {
        "usageType": checks.iri,
        "display": checks.language_map,
        "description": checks.language_map,
        "contentType": checks.media_type,
        "length": checks.length,
        "sha2": checks.sha2,
        "fileUrl": checks.iri,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
)
_REQUIRED = ("actor", "verb", "object")


def _statement(context: dict[str, Check], version: Check) -> Check:
    """Return the check of a statement of one edition, and of the sub-statement that it may hold."""
    said: dict[str, Check] = {
        "actor": _actor,
        "verb": fields({"id": checks.iri, "display": checks.language_map}, required=("id",)),
        "result": _result,
        "context": fields(context),
        "timestamp": checks.timestamp,
        "attachments": list_of(_attachment),
    }
    simple = {
        "Activity": _activity,
        "Agent": _agent,
        "Group": _group,
        "StatementRef": _reference,
    }
    sub = fields(
        {**said, "object": _by_type(simple), "objectType": one_of("SubStatement")}, required=(*_REQUIRED, "objectType")
    )

    def sub_statement(value: object, path: str) -> None:
        sub(value, path)
        _check_coherence(is_object(value, path), path)

    return fields(
        {
            **said,
            "object": _by_type({**simple, "SubStatement": sub_statement}),
            "id": checks.uuid,
            "stored": checks.timestamp,
            "authority": _authority,
            "version": version,
        },
        required=_REQUIRED,
    )


def _by_type(kinds: dict[str, Check]) -> Check:
    """An object of one of these types; without a type it is an activity."""

    def check(value: object, path: str) -> None:
        kind = is_object(value, path).get("objectType", "Activity")
        if not isinstance(kind, str) or kind not in kinds:
            raise refuse(f"{path}.objectType", f"must be {', '.join(kinds)}")
        kinds[kind](value, path)

    return check


def _authority(value: object, path: str) -> None:
    """An agent; or, where OAuth vouches for an application and its user, an anonymous group of the two."""
    _actor(value, path)
    data = is_object(value, path)
    if data.get("objectType") == "Group" and (_identifiers(data, path) or len(data["member"]) != 2):
        raise refuse(path, "a group that vouches is anonymous and has two members")


_EDITIONS = {
    "1.0.3": _statement(_CONTEXT, checks.version_1),
    "2.0.0": _statement(_CONTEXT_2, checks.version_2),
}


def check_actor(value: object, path: str) -> None:
    """Refuse what is neither an agent nor a group. Raises StatementError (`invalid`)."""
    _actor(value, path)


def validate(statement: object, edition: str = "1.0.3") -> dict[str, Any]:
    """Return the statement if an LRS of this edition may store it.

    Raises StatementError (`invalid`) with the path and the reason.
    """
    _EDITIONS[edition](statement, "")
    checked = is_object(statement, "")
    _check_coherence(checked, "")
    return checked


def _check_coherence(statement: dict[str, Any], path: str) -> None:
    """What concerns several properties at once."""
    kind = statement["object"].get("objectType", "Activity")
    if statement["verb"]["id"] == vocabulary.VOIDED and (kind != "StatementRef" or path):
        raise refuse(path, "voiding needs a StatementRef as its object, and is no sub-statement")
    if kind != "Activity" and {"revision", "platform"} & set(statement.get("context", ())):
        raise refuse(path, "context.revision and context.platform need an activity as object")
