"""What a statement can be found by: one short key for each filter of the specification that it answers. Pure.

Filters: xAPI 1.0.3, part 3, 2.1.3. A key is a hash, so that an index is as narrow for a long IRI as for a short one.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from xapi.names import parse_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
"""The inverse functional identifiers of an agent or a group."""

_PEOPLE = ("Agent", "Group")
_OTHERS = ("authority", "instructor", "team")


def key(kind: str, *values: str) -> bytes:
    """16 bytes for a filter of this kind: `verb`, `registration`, `agent`, `related_agents`, `sender`…"""
    return hashlib.blake2b("\0".join((kind, *values)).encode(), digest_size=16).digest()


def identity(agent: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Say who an agent or a group is, in the exact spelling received; None for an anonymous group.

    Upper case and lower case differ, as the specification wants: who compares loosely does so on their side.
    """
    for name in IDENTIFIERS:
        if name in agent:
            value = agent[name]
            return (name, value["homePage"], value["name"]) if name == "account" else (name, value)
    return None


def statement_keys(statement: Mapping[str, Any]) -> frozenset[bytes]:
    """All keys of a valid statement. Its `authority`, which the LRS gives, is among them as `sender`."""
    found = {key("verb", statement["verb"]["id"])}
    registration = statement.get("context", {}).get("registration")
    if registration is not None:
        found.add(registration_key(parse_uuid(registration)))
    sender = identity(statement.get("authority", {}))
    if sender is not None:
        found.add(key("sender", *sender))
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    direct = [statement["actor"], *([target] if kind in _PEOPLE else [])]
    agents = [one for agent in direct for one in (agent, *agent.get("member", ()))]
    found |= {key("agent", *who) for who in map(identity, agents) if who}
    found |= {key("related_agents", *who) for who in map(identity, people(statement)) if who}
    if kind == "Activity":
        found.add(key("activity", target["id"]))
    found |= {key("related_activities", activity["id"]) for activity in activities(statement)}
    return frozenset(found)


def people(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every agent and group of a statement, its authority and its sub-statement's included; of a group, its members."""
    for agent in _related_agents(statement):
        yield from (agent, *agent.get("member", ()))


def registration_key(registration: UUID) -> bytes:
    """The key of a registration, whatever the case in which it was written."""
    return key("registration", str(registration))


def activities(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every activity of a statement: its object, those of its context, and those of a sub-statement."""
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        yield target
    for listed in statement.get("context", {}).get("contextActivities", {}).values():
        yield from listed if isinstance(listed, list) else [listed]
    if kind == "SubStatement":
        yield from activities(target)


def _related_agents(statement: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    context = statement.get("context", {})
    yield statement["actor"]
    yield from (found[name] for found in (statement, context) for name in _OTHERS if name in found)
    yield from (entry["agent"] for entry in context.get("contextAgents", ()))
    yield from (entry["group"] for entry in context.get("contextGroups", ()))
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind in _PEOPLE:
        yield target
    elif kind == "SubStatement":
        yield from _related_agents(target)
