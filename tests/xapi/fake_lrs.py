"""An LRS in memory, on `responses`: right unless told otherwise, wrong in every way that LRS have been seen to be."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import responses

from xapi.client import LRSClient
from xapi.instants import format_us, parse_timestamp
from xapi.transport import Route

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from requests import PreparedRequest

ADDRESS = "https://lrs.exemple.fr/xAPI"
ENDPOINT = f"{ADDRESS}/"
STATEMENTS = f"{ENDPOINT}statements"
SECRET = "très-secret"
NOW = "2026-10-07T18:00:00Z"

Reply = tuple[int, dict[str, str], bytes]


def _everything(_statement: Any) -> bool:
    return True


def unspoilt(_request: PreparedRequest, reply: Reply) -> Reply:
    return reply


@dataclass
class FakeLrs:
    """Gives the statements of `held` that `visible` lets be seen; `now_us` is what its clock says.

    `filters_on` None takes no notice of `since` and `until`; `keeps_chains` False forgets every next page;
    `ends_after` leaves `more` out after so many pages; `spoil` changes a reply before it goes.
    """

    held: list[Any] = field(default_factory=list)
    now_us: int = parse_timestamp(NOW)
    filters_on: Literal["stored", "timestamp"] | None = "stored"
    obeys_order: bool = True
    page: int = 500
    consistent: bool = False
    keeps_chains: bool = True
    ends_after: int | None = None
    visible: Callable[[Any], bool] = _everything
    spoil: Callable[[PreparedRequest, Reply], Reply] = unspoilt
    asked: list[dict[str, str]] = field(default_factory=list)
    _chains: dict[str, tuple[list[Any], int, int]] = field(default_factory=dict)

    def serve(self, mock: responses.RequestsMock | None = None) -> None:
        """Answer every GET of statements, until `mock`, or `responses` itself, stops."""
        (mock or responses.mock).add_callback("GET", f"{ADDRESS}/statements", self._answer)

    def hold(self, *statements: Any) -> None:
        self.held += statements

    def readings(self) -> list[dict[str, str]]:
        """The questions that began a chain, probes left out."""
        return [one for one in self.asked if "more" not in one and one.get("ascending") != "false" and not _probes(one)]

    def _answer(self, request: PreparedRequest) -> Reply:
        query = {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}
        self.asked.append(query)
        return self.spoil(request, self._reply(query))

    def _reply(self, query: dict[str, str]) -> Reply:
        headers = {"Date": format_datetime(datetime.fromtimestamp(self.now_us / 1e6, UTC), usegmt=True)}
        headers["X-Experience-API-Version"] = "1.0.3"
        if self.consistent:
            headers["X-Experience-API-Consistent-Through"] = format_us(self.now_us)
        if "more" in query:
            found, limit, pages = self._chains.get(query["more"], ([], 0, 0))
            if not limit or not self.keeps_chains:
                return 404, headers, b"no such page"
        else:
            found, limit, pages = self._matching(query), min(int(query["limit"]), self.page), 0
        shown, rest = found[:limit], found[limit:]
        more = ""
        if rest and (self.ends_after is None or pages + 1 < self.ends_after):
            more = f"/xAPI/statements?more={len(self._chains)}"
            self._chains[str(len(self._chains))] = (rest, limit, pages + 1)
        return 200, headers, json.dumps({"statements": shown, "more": more}).encode()

    def _matching(self, query: dict[str, str]) -> list[Any]:
        found = [one for one in self.held if self.visible(one)]
        if self.filters_on is not None:
            found = [one for one in found if _within(one, self.filters_on, query)]
        if not self.obeys_order:
            return found
        return sorted(found, key=lambda one: str(_of(one, "stored")), reverse=query["ascending"] == "false")


def client(**route: Any) -> LRSClient:
    return LRSClient(ADDRESS, "parcours", "secret", route=Route(**({"attempts": 1} | route)))


def _of(statement: Any, name: str) -> str | None:
    return statement.get(name) if isinstance(statement, dict) else None


def _within(statement: Any, name: str, query: dict[str, str]) -> bool:
    said = _of(statement, name)
    at_us = parse_timestamp(said) if said is not None else 0
    after = "since" not in query or at_us > parse_timestamp(query["since"])
    return after and ("until" not in query or at_us <= parse_timestamp(query["until"]))


def _probes(query: dict[str, str]) -> bool:
    """A probe looks at an instant of two seconds at most."""
    if not {"since", "until"} <= set(query):
        return False
    return parse_timestamp(query["until"]) - parse_timestamp(query["since"]) <= 2_000_000
