"""Closing a session: its course is hidden, and nothing is lost. Publishing it again opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError, UncertainError
from connector.moodle import functions
from connector.moodle.document import CourseSettings, Publication
from connector.moodle.observation import Query
from connector.publish.sending import send

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.observation import ObservedSession
    from connector.moodle.transport import Transport
    from connector.publish.journal import PublicationJournal


@dataclass(frozen=True)
class Archived:
    """The session as the site now has it; `changed` tells whether it was open before."""

    session: ObservedSession
    changed: bool


def archive(
    transport: Transport, code: str, journal: PublicationJournal, accept: Callable[[ObservedSession], bool]
) -> Archived | None:
    """Hide the course of a session and mark it archived; None when `accept` refuses.

    Activities, enrolments, completions and snapshots stay as they are. Raises `DataError` when the site does not hold
    the session.
    """
    before = _observed(transport, code)
    journal.settle(code, revision=before.publication.revision)
    if before.publication.archived_at:
        return Archived(before, changed=False)
    if not accept(before):
        return None
    course = CourseSettings.model_validate(before.course.model_dump(exclude={"id", "url"}) | {"visible": False})
    closing = Publication(code=code, course=course, archived=True, basis=before.fingerprint)
    sent = send(transport, closing, journal, revision=before.publication.revision)
    after = _observed(transport, code)
    closed = bool(after.publication.archived_at) and not after.course.visible
    if isinstance(sent, UncertainError):
        if not closed or not journal.settle(code, revision=after.publication.revision):
            raise sent
    elif not closed:
        raise FatalError(f"{transport.address} n'a pas fermé la session {code}.", remedy="Relancez la commande.")
    return Archived(after, changed=True)


def _observed(transport: Transport, code: str) -> ObservedSession:
    session = functions.observe(transport, Query(code=code, content=True)).session(code)
    if session is None:
        raise DataError(
            f"{transport.address} ne connaît pas la session {code}.", remedy="Seule une session publiée s'archive."
        )
    return session
