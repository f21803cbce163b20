"""The journal of publications: what is about to be sent is written down before, what came of it after.

An intent without an outcome means that the program was stopped, or never heard from the site: the next run looks at
what the site holds and writes the outcome down, before it plans anything.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import sqlalchemy as sa

from connector.errors import ParcoursError, UncertainError
from connector.language import _
from connector.ledger import schema
from connector.ledger.instants import now_us
from connector.ledger.journal import record
from connector.ledger.moved_sites import moved_sites
from connector.ledger.schema import bookmark
from connector.publish.changes import ROLES
from connector.publish.drift import Reference, person_key
from connector.publish.last_published import LastPublished
from xapi.names import normalise_homepage
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from connector.ledger.db import Ledger
    from connector.ledger.moved_sites import MovedSites
    from connector.moodle.document import Publication
    from connector.publish.last_published import Prints

INTENT, DONE, REFUSED, FOUND, NOT_DONE, RESUMED = (
    f"publication.{outcome}" for outcome in ("intention", "faite", "refusee", "retrouvee", "absente", "reprise")
)

_REMEMBERED = "#publication-"


class Intent(NamedTuple):
    """A publication that was about to be sent at `at_us`, the site being at publication number `revision`."""

    at_us: int
    revision: int


@dataclass(frozen=True)
class _Entries:
    """Entries about one site, each kept at once; those of a `part` are a story of their own."""

    ledger: Ledger
    site: str
    author: str
    part: str = ""

    def _last(self, code: str, action: str = "publication.%") -> sa.Row[tuple[object, ...]] | None:
        journal = schema.journal
        of_session = (journal.c.subject == code) & journal.c.action.like(action)
        with self.ledger.read() as connection:
            moved = moved_sites(connection)
            rows = connection.execute(sa.select(journal).where(of_session).order_by(journal.c.id.desc()))
            return next((row for row in rows if self._ours(row.detail, moved)), None)

    def _ours(self, detail: dict[str, object], moved: MovedSites) -> bool:
        """Tell whether an entry is of this site, whatever its address was then, and of this part."""
        return moved.site(str(detail.get("site"))) == moved.site(self.site) and detail.get("partie", "") == self.part

    def _record(self, action: str, code: str, **detail: str | int) -> None:
        part = {"partie": self.part} if self.part else {}
        with self.ledger.write() as connection:
            record(connection, now_us(), self.author, action, code, site=self.site, **part, **detail)


@dataclass(frozen=True)
class PublicationJournal(_Entries):
    """The plugin's publications to one site, each one call with a number."""

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
        last = self._last(code)
        return Intent(last.at_us, last.detail["revision"]) if last is not None and last.action == INTENT else None

    def steps(self, part: Literal["cours", "appel"]) -> StepJournal:
        """Return the journal of what core services, or the roll's, write one step at a time."""
        return StepJournal(self.ledger, self.site, self.author, part)


@dataclass(frozen=True)
class StepJournal(_Entries):
    """Publications made of several calls, which the site does not number: one intent before the first of them.

    What an interrupted one wrote is found again by what the site holds, not by the journal.
    """

    @contextmanager
    def writing(self, code: str, begun: Sequence[Prints] = (), **where: int) -> Iterator[None]:
        """Keep the intent, then what came of the calls made inside: nothing where it is unknown.

        A refusal stops the calls that follow it: those before it were made. Until `published` says that all of it was
        written, what the site holds may be as one of `begun` says.
        """
        if begun:
            self.begin(code, begun)
        self._record(INTENT, code, **where)
        try:
            yield
        except UncertainError:
            raise
        except ParcoursError:
            self._record(REFUSED, code)
            raise
        self._record(DONE, code)

    def settle(self, code: str, *, done: bool) -> str | None:
        """Write down what became of a publication that was interrupted: the site is, or not, as it was to be.

        Returns a sentence that says it, None when nothing was in doubt.
        """
        last = self._last(code)
        if last is None or last.action != INTENT:
            return None
        self._record(FOUND if done else RESUMED, code)
        found = _("tout était écrit") if done else _("ce qui manque reste à écrire")
        return _(
            "La publication précédente (de {author}) s'était interrompue : {found}.", author=last.author, found=found
        )

    def reference(self, code: str) -> Reference:
        """Return what was published last, to tell who made a difference since."""
        return Reference(*LastPublished.of(self.recall(code)))

    def begin(self, code: str, begun: Sequence[Prints]) -> None:
        """Keep what the site may hold from now on, until `published`."""
        last = LastPublished.of(self.recall(code))
        new = tuple(prints for prints in begun if prints not in last.begun)
        self.remember(code, last._replace(begun=(*last.begun, *new)).body())

    def published(self, code: str, prints: Prints) -> None:
        """Keep what the site now holds, but for what was left to Moodle, as what was published last."""
        self.remember(code, LastPublished(prints).body())

    def copied(self, code: str, course_id: int) -> bool:
        """Tell whether the course, which has the session's name, is the copy that an earlier run made, or asked for."""
        intent, last = self._last(code, INTENT), self._last(code)
        if intent is None or last is None:
            return False
        asked: dict[str, object] = intent.detail
        return asked.get("cours") == course_id or ("modele" in asked and last.action != REFUSED)

    def recall(self, code: str) -> dict[str, Any]:
        """Return what was to be remembered of a session; empty for nothing."""
        with self.ledger.read() as connection:
            body = connection.scalar(sa.select(bookmark.c.body).where(bookmark.c.source == self._source(code)))
        kept: dict[str, Any] = json.loads(body) if body else {}
        return kept

    def remember(self, code: str, what: Mapping[str, Any]) -> None:
        """Keep something for the next publication of a session, in place of what was; what is known writes nothing."""
        body = json.dumps(what, sort_keys=True)
        if json.dumps(self.recall(code), sort_keys=True) != body:
            with self.ledger.write() as connection:
                upsert(connection, bookmark, [{"source": self._source(code), "body": body}], update=["body"])

    def _source(self, code: str) -> str:
        return f"{normalise_homepage(self.site)}{_REMEMBERED}{self.part}:{code}"


def forget_people(connection: sa.Connection, emails: Collection[str]) -> None:
    """Leave nothing of what is remembered of publications that would tell that these addresses were in a session."""
    for row in connection.execute(sa.select(bookmark).where(bookmark.c.source.contains(f"{_REMEMBERED}cours:"))).all():
        code = row.source.partition(_REMEMBERED)[2].partition(":")[2]
        people = {person_key(code, email, role) for email in emails for role in ROLES}
        body = json.dumps(LastPublished.of(json.loads(row.body)).without(people).body(), sort_keys=True)
        connection.execute(bookmark.update().where(bookmark.c.source == row.source).values(body=body))
