"""The journal of publications: what is about to be sent is written down before, what came of it after.

An intent without an outcome means that the program was stopped, or never heard from the site: the next run looks at
what the site holds and writes the outcome down, before it plans anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.instants import now_us
from connector.ledger.journal import record

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.moodle.document import Publication

INTENT, DONE, REFUSED, FOUND, NOT_DONE = (
    f"publication.{outcome}" for outcome in ("intention", "faite", "refusee", "retrouvee", "absente")
)


class Intent(NamedTuple):
    """A publication that was about to be sent at `at_us`, the site being at publication number `revision`."""

    at_us: int
    revision: int


@dataclass(frozen=True)
class PublicationJournal:
    """The publications to one site, in the ledger's journal; each entry is kept at once."""

    ledger: Ledger
    site: str
    author: str

    def intend(self, publication: Publication, *, revision: int) -> None:
        """Write down that this is about to be sent."""
        digest = hashlib.sha256(publication.to_json().encode()).hexdigest()
        self._record(INTENT, publication.code, revision=revision, empreinte=digest)

    def done(self, code: str, *, revision: int) -> None:
        """Write down that the site has answered: it is its publication number `revision`."""
        self._record(DONE, code, revision=revision)

    def refused(self, code: str) -> None:
        """Write down that the site has refused: nothing was published."""
        self._record(REFUSED, code)

    def settle(self, code: str, *, revision: int) -> bool | None:
        """Write down what became of a publication whose outcome was unknown: the site is at number `revision`.

        Returns whether it was done, None when nothing was in doubt.
        """
        intent = self.unfinished(code)
        if intent is None:
            return None
        done = revision > intent.revision
        self._record(FOUND if done else NOT_DONE, code, revision=revision)
        return done

    def unfinished(self, code: str) -> Intent | None:
        """Return the last publication of a session when nobody knows what came of it."""
        journal = schema.journal
        of_session = (journal.c.subject == code) & journal.c.action.like("publication.%")
        with self.ledger.read() as connection:
            rows = connection.execute(sa.select(journal).where(of_session).order_by(journal.c.id.desc()))
            last = next((row for row in rows if row.detail.get("site") == self.site), None)
        return Intent(last.at_us, last.detail["revision"]) if last is not None and last.action == INTENT else None

    def _record(self, action: str, code: str, **detail: str | int) -> None:
        with self.ledger.write() as connection:
            record(connection, now_us(), self.author, action, code, site=self.site, **detail)
