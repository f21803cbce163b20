"""Bringing teachers their own hours in Moodle, and what they contest there back to the ledger.

A site is told nothing but what changed: it says under which fingerprints it holds whose figures. An account is that of
the one teacher whose the ledger holds it to be, as for its statements; one of which that is not sure has none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from connector.acts.contest import contest
from connector.errors import DataError, ParcoursError
from connector.language import _
from connector.ledger.asker import Asker
from connector.ledger.mailboxes import holders
from connector.ledger.schema import teacher
from connector.ledger.scope import Scope
from connector.moodle.figures import FIGURES, PEOPLE, FiguresDocument, PersonFigures, figures
from connector.moodle.functions import get_site_info
from connector.reports.own_figures import fingerprint, read_figures
from xapi.names import normalise_homepage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.ledger.db import Ledger
    from connector.moodle.connect import Sites
    from connector.moodle.figures import Contestation
    from connector.moodle.transport import Transport
    from connector.settings import Settings
    from scenarios.calendar import SchoolYear

_T = TypeVar("_T")


@dataclass
class Shared:
    """What was brought and taken away, what was contested; a failure is that of a site, or of one contestation."""

    brought: int = 0
    forgotten: int = 0
    contested: int = 0
    failures: list[str] = field(default_factory=list)


def share(ledger: Ledger, settings: Settings, sites: Sites, year: SchoolYear) -> Shared:
    """Do it on every site whose plugin has the function for it; a site that fails stops no other one."""
    shared = Shared()
    for site in settings.moodle:
        try:
            _share(ledger, sites.transport(site), year, shared)
        except ParcoursError as exc:
            shared.failures.append(str(exc))
    return shared


def _share(ledger: Ledger, transport: Transport, year: SchoolYear, shared: Shared) -> None:
    info = get_site_info(transport)
    if info.lacks(FIGURES):
        return
    held, contestations = _held(transport)
    with ledger.read() as connection:
        owners = _owners(connection, normalise_homepage(info.siteurl))
    received = _note(ledger, contestations, owners, year, shared)
    with ledger.read() as connection:
        wanted = _wanted(connection, owners, year, held)
    changed = [one for one in wanted.values() if one is not None]
    gone = sorted(held.keys() - wanted.keys())
    for people in _parts(changed):
        shared.brought += len(people) - len(figures(transport, FiguresDocument(people=tuple(people))).unknown)
    for accounts in _parts(gone):
        figures(transport, FiguresDocument(forget=tuple(accounts)))
    shared.forgotten += len(gone)
    if received:
        figures(transport, FiguresDocument(received=received))


def _held(transport: Transport) -> tuple[dict[int, str], Sequence[Contestation]]:
    """Read under which fingerprints the site holds whose figures, and what is contested there."""
    held: dict[int, str] = {}
    after: int | None = 0
    contestations: Sequence[Contestation] = ()
    while after is not None:
        page = figures(transport, FiguresDocument(after=after))
        held |= {one.userid: one.fingerprint for one in page.held}
        after, contestations = page.next, page.contestations
    return held, contestations


def _owners(connection: sa.Connection, site: str) -> dict[int, tuple[int, str]]:
    """Return whose each account of the site is, where that is sure: id and identifiant, by the account's number."""
    whose = holders().subquery("whose").c
    sure = (
        sa.select(whose.userid, sa.func.min(whose.teacher_id).label("teacher_id"))
        .where(whose.site == site)
        .group_by(whose.userid)
        .having(sa.func.min(whose.teacher_id) == sa.func.max(whose.teacher_id))
    ).subquery("sure")
    query = sa.select(sure.c.userid, *teacher.c["id", "identifiant"]).join(teacher, teacher.c.id == sure.c.teacher_id)
    return {row.userid: (row.id, row.identifiant) for row in connection.execute(query)}


def _note(
    ledger: Ledger,
    contestations: Sequence[Contestation],
    owners: Mapping[int, tuple[int, str]],
    year: SchoolYear,
    shared: Shared,
) -> int:
    """Enter what is contested as the pages do; return the number of the last contestation, 0 for none."""
    for one in contestations:
        try:
            if one.userid in owners:
                identifiant = owners[one.userid][1]
                who = Asker(identifiant, Scope("enseignant", (identifiant,)))
                contest(ledger, who, identifiant, one.code, one.activity, one.reason, year=year)
                shared.contested += 1
        except DataError as exc:
            shared.failures.append(_("{code}/{activity} : {exc}", code=one.code, activity=one.activity, exc=exc))
    return max((one.id for one in contestations), default=0)


def _wanted(
    connection: sa.Connection, owners: Mapping[int, tuple[int, str]], year: SchoolYear, held: Mapping[int, str]
) -> dict[int, PersonFigures | None]:
    """Return what the site is to hold, by account; None for what it holds already."""
    return dict(_each(connection, owners, year, held))


def _each(
    connection: sa.Connection, owners: Mapping[int, tuple[int, str]], year: SchoolYear, held: Mapping[int, str]
) -> Iterator[tuple[int, PersonFigures | None]]:
    for accounts in _parts(sorted(owners)):
        found = read_figures(connection, [owners[userid][0] for userid in accounts], year)
        for userid in accounts:
            if (mine := found.get(owners[userid][0])) is not None:
                same = held.get(userid) == (print_ := fingerprint(mine))
                yield userid, None if same else PersonFigures(userid=userid, fingerprint=print_, figures=mine)


def _parts(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """Cut what is sent, or asked for, into what one call takes."""
    return (items[start : start + PEOPLE] for start in range(0, len(items), PEOPLE))
