"""Reminders to the trainers of sessions that wait for their attestation, each given once.

By e-mail where `[courrier]` has an `expediteur`, else in the night's summary, for somebody to pass on. What the nights
that were missed should have said is said by the newest reminder, which stands for those before it. A message that
could not be sent is sent by one of the next nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.language import _, ngettext
from connector.ledger.erasure import DOMAIN
from connector.ledger.instants import PARIS, midnight_us, now_us
from connector.ledger.journal import record
from connector.ledger.schema import journal, session, trainer
from connector.ledger.scope import EVERYTHING
from connector.ledger.stage import standing
from connector.ops.night.failures import failure_of
from connector.ops.night.mail import Postman
from connector.ops.night.outcome import Done
from connector.ops.night.run import last_night
from connector.reports.reminders import reached
from connector.reports.session import read_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import FilteringBoundLogger

    from connector.ledger.db import Ledger
    from connector.reports.reminders import Reminder
    from connector.settings import Settings

GIVEN = "rappel.donner"

_LATEST = timedelta(days=7)
"""How long a reminder is still worth giving, unless no night went by since: until the next one takes its place."""

_AFTER_END = timedelta(days=21)


@dataclass(frozen=True)
class Due:
    """A reminder to give: of which session, to whom (addresses), how many people have no attestation."""

    code: str
    titre: str
    reminder: Reminder
    trainers: tuple[str, ...]
    people: int

    @property
    def sentence(self) -> str:
        """What is to be done, in a line without any name."""
        waiting = ngettext("{n} personne n'a pas d'attestation", "{n} personnes n'ont pas d'attestation", self.people)
        return _("Session {code}, {name} : {waiting}", code=self.code, name=self.reminder.name, waiting=waiting)


def remind(settings: Settings, ledger: Ledger, day: date, author: str, log: FilteringBoundLogger) -> Done:
    """Give every reminder that is due on `day`; one that cannot be sent costs no other, and is tried again.

    It is journalled once it is given: a process killed in between gives that one again.
    """
    with ledger.read() as connection:
        found = tuple(due(connection, day))
    postman = _postman(settings) if any(one.trainers for one in found) else None
    sent, left, failures = 0, [], []
    for one in found:
        try:
            if postman is not None and one.trainers:
                postman.send(one.trainers, *_message(one))
                sent += 1
            else:
                left.append(
                    _(
                        "{sentence} ; rappelez-le à ses formateurs : parcours attester {code}.",
                        sentence=one.sentence,
                        code=one.code,
                    )
                )
        except Exception as exc:  # noqa: BLE001 - whatever it is, the others are still to be sent
            failures.append(
                _(
                    "{sentence}, rappel non envoyé : {failure}",
                    sentence=one.sentence,
                    failure=failure_of(exc, log, session=one.code),
                )
            )
            continue
        with ledger.write() as connection:
            record(
                connection, now_us(), author, GIVEN, one.code,
                jour=one.reminder.day.isoformat(), personnes=one.people, courriels=len(one.trainers) if postman else 0,
            )  # fmt: skip
    figures = {"rappels_envoyes": sent, "rappels_a_transmettre": len(left)}
    return Done(ngettext("{n} rappel", "{n} rappels", sent + len(left)), figures, tuple(failures), tuple(left))


def due(connection: sa.Connection, day: date) -> Iterator[Due]:
    """Yield the reminders to give on `day`, by session code, that no earlier night has given.

    None of a session that is not open: nobody can attest it.
    """
    previous = last_night(connection)
    since = min(day - _LATEST, previous[0].astimezone(PARIS).date() if previous else day)
    given = _given(connection, since)
    table = session.c
    query = (
        sa.select(table.code, table.titre, table.debut, table.fin)
        .where(table.validation == "attestation", table.debut <= day)
        .where(sa.or_(table.fin.is_(None), table.fin >= since - _AFTER_END))
        .order_by(table.code)
    )
    for row in connection.execute(query):
        reminder = reached(row.debut, row.fin, day)
        if reminder is None or reminder.day < since or (row.code, reminder.day.isoformat()) in given:
            continue
        if standing(connection, row.code) is not None:
            continue
        report = read_session(connection, EVERYTHING, row.code)
        if report is not None and report.unattested:
            yield Due(row.code, row.titre, reminder, _trainers(connection, row.code), len(report.unattested))


def _given(connection: sa.Connection, since: date) -> set[tuple[str, str]]:
    """Return (session, day of the reminder) of those given: none is given before its day."""
    query = sa.select(journal.c.subject, journal.c.detail).where(
        journal.c.action == GIVEN, journal.c.at_us >= midnight_us(since, PARIS)
    )
    return {(row.subject, row.detail["jour"]) for row in connection.execute(query)}


def _trainers(connection: sa.Connection, code: str) -> tuple[str, ...]:
    """Return the addresses of those who may attest."""
    query = sa.select(trainer.c.email).where(trainer.c.code == code, trainer.c.role == "formateur")
    return tuple(sorted(email for email in connection.scalars(query) if not email.endswith(f"@{DOMAIN}")))


def _postman(settings: Settings) -> Postman | None:
    courrier = settings.courrier
    if courrier is None or courrier.expediteur is None or not courrier.rappels_aux_formateurs:
        return None
    return Postman.of(settings, courrier)


def _message(one: Due) -> tuple[str, str]:
    """Return the subject and the text."""
    text = _(
        "{sentence}.\n\n"
        "La session « {titre} » se valide par attestation : rien n'y est crédité avant la vôtre.\n"
        "Pour attester : la page de la session dans le tableau, ou « parcours attester "
        "{code} ».\n\n"
        "Rappel envoyé au début de la session, à sa fin, puis 7, 14 et 21 jours après ; aucun ne "
        "suit l'attestation.\n",
        sentence=one.sentence,
        titre=one.titre,
        code=one.code,
    )
    return _("Attestation attendue : {titre} ({code})", titre=one.titre, code=one.code), text
