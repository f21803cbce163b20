"""The three forms of a statement that can be asked for (xAPI 1.0.3, part 3, 2.1.3, `format`). Pure.

`exact` is what was received and needs nothing done. `ids` keeps what identifies; `canonical` puts in what is known of
each activity, and one language of each text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from xapi.keys import IDENTIFIERS

FORMATS = ("exact", "ids", "canonical")

_COMPONENTS = ("choices", "scale", "source", "target", "steps")
_PEOPLE = ("Agent", "Group")
_RANGE = re.compile(r"\*|[a-z]{1,8}(-[a-z0-9]{1,8}){0,7}")  # RFC 4647, 2.1, of as many subtags as tags have
_MOST_RANGES = 30

Json = dict[str, Any]
Definitions = Mapping[str, Mapping[str, Any]]


def only_ids(statement: Json) -> Json:
    """Keep of agents, groups, verbs and activities what identifies them; of an anonymous group, its members."""
    return _each(statement, agent=_agent_ids, verb=_id, activity=_id)


def canonical(statement: Json, known: Definitions, accept_language: str) -> Json:
    """Put in the definitions of activities that are known, by IRI, each text in the language that is preferred."""
    ranges = parse_accept_language(accept_language)

    def verb(said: Json) -> Json:
        return _translated(said, ("display",), ranges)

    def activity(said: Json) -> Json:
        definition = known.get(said["id"]) or said.get("definition")
        return {**said, "definition": _definition(definition, ranges)} if definition else said

    return _each(statement, agent=lambda said: said, verb=verb, activity=activity)


def parse_accept_language(header: str) -> list[str]:
    """Language ranges in lower case, the 30 most wanted at most, in that order; unreadable ones and weight 0 left out.

    Each text of a page is compared with each range.
    """
    weighted = []
    for entry in header.lower().split(","):
        tag, *parameters = (piece.strip() for piece in entry.split(";"))
        weight = next((text.removeprefix("q=") for text in parameters if text.startswith("q=")), "1")
        try:
            quality = float(weight)
        except ValueError:
            continue
        if _RANGE.fullmatch(tag) and quality > 0:
            weighted.append((-quality, tag))
    return [tag for _, tag in sorted(weighted, key=lambda pair: pair[0])[:_MOST_RANGES]]


def _each(
    statement: Json,
    *,
    agent: Callable[[Json], Json],
    verb: Callable[[Json], Json],
    activity: Callable[[Json], Json],
) -> Json:
    """Rewrite every agent, verb and activity of a statement, and of its sub-statement."""
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "SubStatement":
        target = _each(target, agent=agent, verb=verb, activity=activity)
    elif kind in _PEOPLE:
        target = agent(target)
    elif kind == "Activity":
        target = activity(target)
    changed = {**statement, "actor": agent(statement["actor"]), "verb": verb(statement["verb"]), "object": target}
    if "authority" in statement:
        changed["authority"] = agent(statement["authority"])
    if "context" in statement:
        changed["context"] = _context(statement["context"], agent, activity)
    return changed


def _context(context: Json, agent: Callable[[Json], Json], activity: Callable[[Json], Json]) -> Json:
    changed = {name: agent(value) if name in ("instructor", "team") else value for name, value in context.items()}
    if "contextActivities" in context:
        changed["contextActivities"] = {
            kind: [activity(item) for item in (listed if isinstance(listed, list) else [listed])]
            for kind, listed in context["contextActivities"].items()
        }
    for name, held in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in context:
            changed[name] = [{**entry, held: agent(entry[held])} for entry in context[name]]
    return changed


def _id(said: Json) -> Json:
    return {"id": said["id"]}


def _agent_ids(said: Json) -> Json:
    kept = {name: said[name] for name in ("objectType", *IDENTIFIERS) if name in said}
    if "member" in said and not kept.keys() & set(IDENTIFIERS):
        kept["member"] = [_agent_ids(member) for member in said["member"]]
    return kept


def _definition(definition: Mapping[str, Any], ranges: list[str]) -> Json:
    changed = _translated(definition, ("name", "description"), ranges)
    for name in _COMPONENTS:
        if name in changed:
            changed[name] = [_translated(item, ("description",), ranges) for item in changed[name]]
    return changed


def _translated(said: Mapping[str, Any], names: tuple[str, ...], ranges: list[str]) -> Json:
    return {name: _one_language(value, ranges) if name in names else value for name, value in said.items()}


def _one_language(texts: Mapping[str, str], ranges: list[str]) -> dict[str, str]:
    """The text of the first range that one matches (RFC 4647, 3.4), or else the first text."""
    tags = {tag.lower(): tag for tag in texts}
    for wanted in ranges:
        if wanted == "*":
            break
        pieces = wanted.split("-")
        while pieces:
            prefix = "-".join(pieces)
            found = next((tag for tag in tags if tag == prefix or tag.startswith(f"{prefix}-")), None)
            if found:
                return {tags[found]: texts[tags[found]]}
            pieces.pop()
    return dict(list(texts.items())[:1])
