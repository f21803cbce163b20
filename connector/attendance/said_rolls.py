"""What a roll said when it was last read: kept beside the bookmarks, as digests, no person and no mark in clear."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import bookmark, slot
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.attendance.marks import Mark
    from connector.attendance.rollcall import Called

_DIGITS = 20


class Said(NamedTuple):
    """The digest of all that a roll said, empty until all that follows from it is done; those of its marks."""

    whole: str = ""
    marks: frozenset[str] = frozenset()

    def has(self, mark: Mark) -> bool:
        """Tell whether the roll gave this person this mark at this slot."""
        return _of_mark(mark) in self.marks


def said_by(called: Called) -> Said:
    """Return what a roll says now."""
    marks = sorted(_of_mark(mark) for mark in called.marks)
    taken = sorted([list(place), at] for place, at in called.taken.items())
    return Said(_digest([marks, taken, called.strangers, sorted(called.others.items())]), frozenset(marks))


def read_said(connection: sa.Connection, source: str) -> Said:
    """Return what the roll that a bookmark's `source` names said last; nothing where it was never read."""
    body = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == source))
    kept = json.loads(body) if body else {}
    return Said(kept.get("empreinte", ""), frozenset(kept.get("marques", ())))


def keep_said(connection: sa.Connection, source: str, said: Said) -> None:
    """Keep what a roll says, for the next reading."""
    body = json.dumps({"empreinte": said.whole, "marques": sorted(said.marks)})
    upsert(connection, bookmark, [{"source": source, "body": body}], update=["body"])


def forget_people(connection: sa.Connection, emails: Collection[str]) -> None:
    """Leave nothing of what rolls said that would tell the marks of these addresses; the rolls are read once more."""
    places = {
        (row.activity_id, row.slot_id) for row in connection.execute(sa.select(slot.c.activity_id, slot.c.slot_id))
    }
    theirs = {_of(place, email, present=said) for place in places for email in emails for said in (True, False)}
    rolls = sa.select(bookmark.c.source).where(bookmark.c.source.contains("#appel-"))
    for source in connection.scalars(rolls).all():
        said = read_said(connection, source)
        if not theirs.isdisjoint(said.marks):
            keep_said(connection, source, Said(marks=said.marks - theirs))


def _of_mark(mark: Mark) -> str:
    return _of(mark.place, mark.email, present=mark.present)


def _of(place: tuple[str, str], email: str, *, present: bool) -> str:
    return _digest([list(place), email, present])[:_DIGITS]


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()
