"""The steps of a night, each one a thin call of what the command of the same name does."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from connector.attendance.collect_rolls import collect_rolls
from connector.language import _, ngettext
from connector.ledger import queue
from connector.ledger.gather import gather
from connector.ledger.instants import today
from connector.obligation.policy import LocalRules
from connector.obligation.reconcile import reconcile
from connector.ops.night import mail, reminders, reports
from connector.ops.night.outcome import Done
from connector.ops.night.posted import Posted
from connector.ops.night.run import last_night
from connector.ops.own_hours import share
from connector.ops.privacy.purge import purge
from connector.readback.night import read_back
from scenarios.calendar import school_year_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import sqlalchemy as sa
    from structlog.typing import FilteringBoundLogger

    from connector.ledger.db import Ledger
    from connector.moodle.connect import Sites
    from connector.settings import Settings
    from connector.settings.sections import Courrier
    from scenarios.calendar import SchoolYear


@dataclass(frozen=True)
class Work:
    """What the steps work on; reports go to `folder`, `day` is the night's local date, `sites` are the run's.

    `fresh` are the reports that this night has written so far, each with what it says (`reports.said`).
    """

    settings: Settings
    ledger: Ledger
    folder: Path
    day: date
    author: str
    log: FilteringBoundLogger
    sites: Sites
    fresh: dict[Path, str] = field(default_factory=dict)

    @property
    def year(self) -> SchoolYear:
        """The school year of the night."""
        return school_year_of(self.day)

    def steps(self) -> dict[str, Callable[[], Done]]:
        """Return the steps of this configuration, in their order."""
        steps: dict[str, Callable[[], Done]] = {
            "collecte": self.collect,
            "rapprochement": self.reconcile,
            "mes_heures": self.share,
            "rapports": self.report,
            "rappels": self.remind,
        }
        courrier = self.settings.courrier
        if courrier is not None and courrier.rapports_aux_ien:
            steps["courrier"] = partial(self.send, courrier)
        return steps | {"conservation": self.keep}

    def collect(self) -> Done:
        """Statements and sessions into the ledger; what the queue holds that no night has told yet is left."""
        with self.ledger.read() as connection:
            before = min(queue.waiting(connection), _told(connection))
        gathered = gather(self.ledger, self.settings, declare=collect_rolls, sites=self.sites)
        back = read_back(self.ledger, self.settings, gathered, whole=False)
        new = gathered.tally.evidence
        grown = gathered.waiting - int(before)
        left = [
            ngettext(
                "{n} déclaration de plus attend : parcours file.",
                "{n} déclarations de plus attendent : parcours file.",
                grown,
            )
        ]
        return Done(
            ngettext("{n} déclaration nouvelle", "{n} déclarations nouvelles", new),
            {
                "declarations_nouvelles": new,
                "declarations_connues": gathered.tally.known,
                "declarations_relues_dans_moodle": back.added,
                "achevements_disparus": sum(lost.people for lost in back.lost),
                "declarations_autres": gathered.tally.dropped.total(),
                "sessions_modifiees": len(set(gathered.sessions)),
                "en_attente": gathered.waiting,
            },
            tuple(map(str, gathered.failures)),
            (*(left if grown > 0 else ()), *gathered.notes),
        )

    def reconcile(self) -> Done:
        """Lines and balances of those touched."""
        with self.ledger.write() as connection:
            done = reconcile(connection, LocalRules.of(self.settings), self.year)
        return Done(
            ngettext("{n} enseignant rapproché", "{n} enseignants rapprochés", done.teachers),
            {"enseignants_rapproches": done.teachers, "lignes": done.lines, "bilans": done.balances},
            left=tuple(_("Aucune règle n'est connue pour {name}.", name=name) for name in done.without_rules),
        )

    def share(self) -> Done:
        """Their own hours to teachers in Moodle, and what they contest there into the queue."""
        done = share(self.ledger, self.settings, self.sites, self.year)
        sentence = ngettext("{n} relevé apporté dans Moodle", "{n} relevés apportés dans Moodle", done.brought)
        figures = {"releves_apportes": done.brought, "releves_retires": done.forgotten, "contestations": done.contested}
        left = ngettext(
            "{n} ligne contestée dans Moodle : parcours file.",
            "{n} lignes contestées dans Moodle : parcours file.",
            done.contested,
        )
        return Done(sentence, figures, tuple(done.failures), (left,) if done.contested else ())

    def report(self) -> Done:
        """The reports of every circonscription, each in its folder, of every school year that may have changed."""
        with self.ledger.read() as connection:
            previous = last_night(connection)
        years = reports.years_of(self.day, previous[0].date() if previous else None)
        done, files = reports.write(self.settings, self.ledger, self.folder, years, self.author, self.log)
        self.fresh.update(files)
        return done

    def send(self, courrier: Courrier) -> Done:
        """Its report to each circonscription: one that could not be written tonight is not sent again as it was."""
        posted = Posted(self.ledger, self.day, self.author)
        return mail.send_reports(self.settings, courrier, self.folder, self.year, self.log, self.fresh, posted)

    def remind(self) -> Done:
        """The trainers of sessions that wait for their attestation, by e-mail or in the summary."""
        return reminders.remind(self.settings, self.ledger, self.day, self.author, self.log)

    def keep(self) -> Done:
        """What was kept long enough goes, last: what the night did not collect is not there to be judged old."""
        done = purge(self.settings, self.ledger, today(), self.author, dry=False)
        sentence = ngettext("{n} élément trop ancien supprimé", "{n} éléments trop anciens supprimés", done.total)
        return Done(sentence, {"supprimes": done.total})


def _told(connection: sa.Connection) -> float:
    """Return how many entries of the queue the last night told; a collection of the day may have added some since."""
    previous = last_night(connection)
    return previous[1].get("en_attente", math.inf) if previous else 0
