"""Closing a session: its course is hidden, and nothing is lost. Publishing it again opens it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError, UncertainError
from connector.language import _
from connector.moodle import functions
from connector.moodle.document import CourseSettings, Publication
from connector.moodle.observation import Query
from connector.publish.modes import CLOSING_FUNCTIONS, has_plugin, need
from connector.publish.sending import send
from connector.publish.stage import refuse_closing
from connector.publish.stock.closing import Archived, close_course

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.functions import SiteInfo
    from connector.moodle.observation import ObservedSession
    from connector.moodle.transport import Transport
    from connector.publish.journal import PublicationJournal


@dataclass(frozen=True)
class Closing:
    """How a session is closed: `accept` is given its course's name, `say` told of a run that was cut.

    `prepared`: the ledger knows it in preparation, where no plugin says so.
    """

    accept: Callable[[str], bool]
    say: Callable[[str], None]
    prepared: bool = False


def archive(
    transport: Transport, info: SiteInfo, code: str, journal: PublicationJournal, linked: int | None, closing: Closing
) -> Archived | None:
    """Hide the course of a session, marked archived where the plugin keeps it; None when a person refuses.

    `linked` is the course that the ledger knows for a session that the plugin has not published. Activities,
    enrolments, completions and snapshots stay as they are. Raises `DataError` when there is no such session, and for
    one that was never open.
    """
    before = _observed(transport, code) if has_plugin(info) else None
    if before is not None:
        return _with_plugin(transport, before, journal, closing.accept)
    if linked is None:
        raise DataError(
            _(
                "{address} ne connaît pas la session {code}, ni le registre un cours à elle sur ce site.",
                address=transport.address,
                code=code,
            ),
            remedy=_("Seule une session publiée, ou liée à un cours par « parcours lier », s'archive."),
        )
    if closing.prepared:
        raise refuse_closing(code)
    need(info, CLOSING_FUNCTIONS)
    return close_course(transport, code, linked, journal.steps("cours"), accept=closing.accept, say=closing.say)


def _with_plugin(
    transport: Transport, before: ObservedSession, journal: PublicationJournal, accept: Callable[[str], bool]
) -> Archived | None:
    code = before.code
    journal.settle(code, revision=before.publication.revision)
    if before.publication.archived_at:
        return _archived(before, changed=False)
    if before.publication.prepared:
        raise refuse_closing(code)
    if not accept(before.course.fullname):
        return None
    course = CourseSettings.model_validate(before.course.model_dump(exclude={"id", "url"}) | {"visible": False})
    closing = Publication(code=code, course=course, archived=True, basis=before.fingerprint)
    sent = send(transport, closing, journal, revision=before.publication.revision)
    after = _observed(transport, code)
    closed = after is not None and bool(after.publication.archived_at) and not after.course.visible
    if isinstance(sent, UncertainError):
        if after is None or not closed or not journal.settle(code, revision=after.publication.revision):
            raise sent
    elif not closed:
        raise FatalError(
            _("{address} n'a pas fermé la session {code}.", address=transport.address, code=code),
            remedy=_("Relancez la commande."),
        )
    return _archived(before, changed=True)


def _archived(session: ObservedSession, *, changed: bool) -> Archived:
    return Archived(session.code, session.course.id, session.course.url, changed)


def _observed(transport: Transport, code: str) -> ObservedSession | None:
    return functions.observe(transport, Query(code=code, content=True)).session(code)
