"""Sessions that are closed in Moodle: they are no longer attested until they are published again (`local_workflow`).

Kept beside the bookmarks of the site, as all that is remembered of it, so that it follows a site that moves.
"""

from __future__ import annotations

import sqlalchemy as sa

from connector.ledger.moved_sites import moved_sites
from connector.ledger.schema import bookmark
from xapi.upsert import upsert

_PART = "#archivee:"


def note_archived(connection: sa.Connection, site: str, code: str, at_us: int | None) -> None:
    """Keep that a session is closed on a site since an instant, or that it is open (None); what is known stays."""
    source = f"{moved_sites(connection).site(site)}{_PART}{code}"
    known = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == source))
    if at_us is None and known is not None:
        connection.execute(sa.delete(bookmark).where(bookmark.c.source == source))
    elif at_us is not None and known is None:
        upsert(connection, bookmark, [{"source": source, "body": str(at_us)}], update=["body"])


def archived_us(connection: sa.Connection, code: str) -> int | None:
    """Return since when a session is closed, None where it is open or was never published."""
    mine = bookmark.c.source.endswith(f"{_PART}{code}", autoescape=True)
    since = list(connection.scalars(sa.select(bookmark.c.body).where(mine)))
    return min(map(int, since)) if since else None
