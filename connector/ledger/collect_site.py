"""Collecting what Moodle says of its sessions and people: only what is new since the last time.

The site marks what it tells of a session; a session that still bears the mark under which the ledger knows it is told
by its code alone. Marks and what they stand for are kept in one transaction, page by page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from connector.language import _
from connector.ledger.instants import now_us
from connector.ledger.schema import bookmark, course
from connector.ledger.sessions import Absorbed, absorb_observation
from connector.moodle.functions import COMPLETIONS, OBSERVE, get_site_info, observe
from connector.moodle.observation import Changes, Known, Query
from xapi.names import normalise_homepage
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.ledger.db import Ledger
    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import Observation
    from connector.moodle.transport import Transport

_MARKS = TypeAdapter(dict[str, str])


def collect_site(ledger: Ledger, transport: Transport) -> Absorbed:
    """Learn from a Moodle site its sessions, where they live, and the names of the people in them.

    It is known by its own idea of its address, which its statements bear: ours may be one behind a proxy. A site
    without our plugin says nothing of sessions: their files do, and `lier`.
    """
    info = get_site_info(transport)
    if info.lacks(OBSERVE):
        return Absorbed((), (), () if _is_linked(ledger, info) else (_unlinked(info),))
    source = f"moodle:{normalise_homepage(info.siteurl)}"
    marks = _marks(ledger, source)
    total = Absorbed((), (), ())
    for observation in _observations(transport, info, marks):
        with ledger.write() as connection:
            absorbed = absorb_observation(connection, info.siteurl, observation, at_us=now_us())
            read = {one.code: one.mark for one in observation.sessions if one.code not in absorbed.unread}
            marks = {code: mark for code, mark in (marks | read).items() if mark and code not in absorbed.unread}
            body = _MARKS.dump_json(marks).decode()
            upsert(connection, bookmark, [{"source": source, "body": body}], update=["body"])
        total = total.with_more(absorbed)
    return total


def _observations(transport: Transport, info: SiteInfo, marks: dict[str, str]) -> Iterator[Observation]:
    """Ask page by page; a plugin that does not know how tells everything at once."""
    if info.lacks(COMPLETIONS):
        yield observe(transport, Query())
        return
    known = tuple(Known(code=code, mark=mark) for code, mark in sorted(marks.items()))
    after: str | None = None
    while True:
        observation = observe(transport, Query(changes=Changes(known=known, after=after)))
        yield observation
        if observation.next is None or observation.next == after:
            return
        after = observation.next


def _marks(ledger: Ledger, source: str) -> dict[str, str]:
    with ledger.read() as connection:
        body = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == source))
    try:
        return _MARKS.validate_json(body) if body else {}
    except ValidationError:
        return {}


def _is_linked(ledger: Ledger, info: SiteInfo) -> bool:
    here = sa.exists().where(course.c.site == normalise_homepage(info.siteurl))
    with ledger.read() as connection:
        return bool(connection.scalar(sa.select(here)))


def _unlinked(info: SiteInfo) -> str:
    return _(
        "{siteurl} n'a pas l'extension local_parcours, ou pas pour ce jeton, et aucun de ses "
        "cours n'est lié : rien n'y est lu. Liez une session à son cours : parcours lier ; ou "
        "voyez : parcours diagnostiquer.",
        siteurl=info.siteurl,
    )
