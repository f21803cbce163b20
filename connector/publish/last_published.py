"""What was published last where no plugin keeps it: the ledger does, for each site and session.

A publication made of several calls may be cut between two of them: until one is finished, what the site holds may be
what any of those that were begun wanted.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import bookmark
from xapi.names import normalise_homepage
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    Prints = Mapping[str, JsonValue]


class LastPublished(NamedTuple):
    """The prints of the last publication that came to its end, None for none, and of those begun since."""

    prints: Prints | None = None
    begun: tuple[Prints, ...] = ()


def read_last(connection: sa.Connection, site: str, code: str) -> LastPublished:
    """Return what was published last of the session `code` to a site."""
    source = _source(site, code)
    body = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == source))
    kept = json.loads(body) if body else {}
    return LastPublished(kept.get("empreintes"), tuple(kept.get("commencees", ())))


def keep_last(connection: sa.Connection, site: str, code: str, last: LastPublished) -> None:
    """Keep what was published last, for the next plan."""
    body = json.dumps({"empreintes": last.prints, "commencees": last.begun})
    upsert(connection, bookmark, [{"source": _source(site, code), "body": body}], update=["body"])


def _source(site: str, code: str) -> str:
    return f"{normalise_homepage(site)}#publication:{code}"
