"""What the LRS knows of an agent and of an activity (xAPI 1.0.3, part 3, 2.4 and 2.5), and of itself (2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xapi.canonical import decode_object
from xapi.keys import identity, key, people
from xapi.lrs.exchange import VERSIONS, Call, RefusedError, Reply, json_reply
from xapi.lrs.query import parse_iri, read_agent

if TYPE_CHECKING:
    from xapi.store import Store

_LATEST = 100  # statements: where the names of a person are looked for
_MAY = ("all/read", "statements/read", "profile", "state")


def about(versions: tuple[str, ...] = VERSIONS) -> Reply:
    """Answer which versions are spoken; nobody needs credentials to ask."""
    return json_reply(200, {"version": versions})


class AgentsResource:
    """Answers with a Person: the identifier asked for, and the names that came with it lately."""

    methods = ("GET",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, call: Call) -> Reply:
        """Answer one call. Raises DataError or RefusedError."""
        _check(call, "agent")
        asked = read_agent(call.parameters["agent"])
        who = identity(asked)
        if who is None or asked.get("objectType") == "Group":
            raise RefusedError(400, "agent: must be an agent")
        rows = self._store.page(ascending=False, limit=_LATEST, keys=[key("related_agents", *who)])
        seen = [agent for row in rows for agent in people(decode_object(row.body))]
        names = [agent["name"] for agent in (asked, *seen) if "name" in agent and identity(agent) == who]
        person: dict[str, Any] = {"objectType": "Person", who[0]: [asked[who[0]]]}
        return json_reply(200, person | ({"name": list(dict.fromkeys(names))} if names else {}))


class ActivitiesResource:
    """Answers with an activity and all that statements said of it."""

    methods = ("GET",)

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, call: Call) -> Reply:
        """Answer one call. Raises DataError or RefusedError."""
        _check(call, "activityId")
        iri = parse_iri(call.parameters["activityId"], "activityId")
        known = self._store.definitions([iri])
        activity: dict[str, Any] = {"objectType": "Activity", "id": iri}
        return json_reply(200, activity | ({"definition": known[iri]} if iri in known else {}))


def _check(call: Call, parameter: str) -> None:
    call.check_parameters((parameter,), required=(parameter,))
    if not call.client.may(*_MAY):
        raise RefusedError(403, "this client may not read")
