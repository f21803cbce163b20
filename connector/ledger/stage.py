"""Where a session is in its life: in preparation, open, or archived (m@gistère's `local_workflow`).

What is not open is kept beside the bookmarks of the site, as all that is remembered of it, so that it follows a site
that moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import sqlalchemy as sa

from connector.ledger.moved_sites import moved_sites
from connector.ledger.schema import bookmark
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterator

Stage = Literal["preparation", "ouverte", "archivee"]

_PARTS: dict[Stage, str] = {"preparation": "#preparation:", "archivee": "#archivee:"}


class Standing(NamedTuple):
    """A session that is not open: what it is, and the instant (µs) since which it is known to be so."""

    stage: Stage
    since_us: int


def note_stage(connection: sa.Connection, site: str, code: str, stage: Stage, at_us: int) -> None:
    """Keep where a session is on a site, since an instant; what is known already keeps its own."""
    home = moved_sites(connection).site(site)
    for one, part in _PARTS.items():
        here = bookmark.c.source == f"{home}{part}{code}"
        known = connection.scalar(sa.select(sa.exists().where(here)))
        if one != stage and known:
            connection.execute(sa.delete(bookmark).where(here))
        elif one == stage and not known:
            upsert(connection, bookmark, [{"source": f"{home}{part}{code}", "body": str(at_us)}], update=["body"])


def standing(connection: sa.Connection, code: str, site: str | None = None) -> Standing | None:
    """Return where a session is, on a site or on any; None where it is open, or was never published."""
    home = None if site is None else moved_sites(connection).site(site)
    return min(_standings(connection, code, home), key=lambda one: one.since_us, default=None)


def _standings(connection: sa.Connection, code: str, home: str | None) -> Iterator[Standing]:
    for stage, part in _PARTS.items():
        name = f"{part}{code}"
        where = bookmark.c.source.endswith(name, autoescape=True) if home is None else bookmark.c.source == home + name
        for since in connection.scalars(sa.select(bookmark.c.body).where(where)):
            yield Standing(stage, int(since))


def not_open(connection: sa.Connection) -> dict[str, Stage]:
    """Return the sessions that are not open on some site, by code; archived on one, a session is archived."""
    found: dict[str, Stage] = {}
    for stage, part in _PARTS.items():
        rows = sa.select(bookmark.c.source).where(bookmark.c.source.contains(part, autoescape=True))
        found |= {source.partition(part)[2]: stage for source in connection.scalars(rows)}
    return found


def in_preparation(connection: sa.Connection) -> frozenset[str]:
    """Return the codes of the sessions that were never open yet: nobody has followed them."""
    return frozenset(code for code, stage in not_open(connection).items() if stage == "preparation")
