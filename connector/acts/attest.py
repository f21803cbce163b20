"""Attesting a session: who it is about is worked out first, so that a person may agree before anything is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from connector.attendance.attest import Attested, people_to_attest, without_trace
from connector.attendance.declare import declare
from connector.attendance.directory import read_directory
from connector.attendance.lrs import writable_lrs
from connector.errors import DataError
from connector.language import _
from connector.ledger.instants import day_of, midnight_us, now
from connector.ledger.stage import standing
from connector.obligation.wording import day as written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import sqlalchemy as sa

    from connector.attendance.declare import Declared
    from connector.attendance.directory import Directory
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot


@dataclass(frozen=True)
class Attesting:
    """An attestation about to be given, or withdrawn; `bare` are those of whom nothing was ever said.

    `trainer` is the address of the one who attests, None for the operator; `day` None keeps the date of an earlier one.
    """

    snapshot: Snapshot
    emails: tuple[str, ...]
    bare: tuple[str, ...]
    trainer: str | None
    day: date | None
    withdraw: bool
    people: Directory

    def early(self, today: date) -> bool:
        """Whether the session is not over, or the attestation bears a day to come."""
        return (self.snapshot.fin is not None and self.snapshot.fin > today) or (self.day or today) > today

    def give(self, settings: Settings, ledger: Ledger, who: Asker) -> Declared:
        """Say it to the LRS, and journal it with those whom it credits without any other trace."""
        code, zone = self.snapshot.code, ZoneInfo(self.snapshot.fuseau)
        at_us = midnight_us(self.day or now(zone).date(), zone)
        facts = [
            Attested(code, email, at_us, not self.withdraw, self.day is not None, self.trainer) for email in self.emails
        ]
        with writable_lrs(settings) as lrs:
            done = declare(lrs, facts)
        action = "attestation.retirer" if self.withdraw else "attestation.donner"
        figures = {"nouvelles": done.new, "corrigees": done.corrected, "personnes": len(self.emails)}
        who.note(ledger, action, code, formateur=self.trainer, **figures)
        for email in self.bare:
            known = self.people.person(email)
            subject = known.identifiant if known else email
            who.note(ledger, "attestation.sans_declaration", subject, session=code)
        return done


def _refuse_unless_open(connection: sa.Connection, snapshot: Snapshot) -> None:
    known = standing(connection, snapshot.code)
    if known is None:
        return
    if known.stage == "preparation":
        raise DataError(
            _("La session {session} est en préparation : il n'y a encore rien à y attester.", session=snapshot.code),
            remedy=_("Ouvrez-la d'abord : parcours publier {session} --ouvrir.", session=snapshot.code),
            for_operator=True,
        )
    raise DataError(
        _(
            "La session {session} est archivée depuis le {jour} : rien n'y est plus attesté ni retiré.",
            session=snapshot.code,
            jour=written(day_of(known.since_us, ZoneInfo(snapshot.fuseau))),
        ),
        remedy=_("Rouvrez-la d'abord : parcours publier {session}.", session=snapshot.code),
        for_operator=True,
    )


def prepare(
    ledger: Ledger,
    snapshot: Snapshot,
    named: Sequence[str],
    *,
    trainer: str | None,
    day: date | None = None,
    withdraw: bool = False,
) -> Attesting:
    """Work out whom an attestation is about: those named, else everybody on the list.

    Raises DataError for nobody known, a day before the session, and a session that is not open.
    """
    if day is not None and day < snapshot.debut:
        raise DataError(
            _("Le {jour} précède le début de la session ({debut}).", jour=written(day), debut=written(snapshot.debut)),
            remedy=_("Donnez la date à laquelle le formateur atteste."),
        )
    with ledger.read() as connection:
        _refuse_unless_open(connection, snapshot)
        people = read_directory(connection)
        emails = people_to_attest(snapshot, named, people)
        bare = [] if withdraw else without_trace(connection, snapshot.code, emails, people)
    return Attesting(snapshot, tuple(emails), tuple(bare), trainer, day, withdraw, people)
