"""The relevé individuel: one teacher's figures, each line with its reason, and how the due came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connector.errors import DataError
from connector.language import N_, _
from connector.obligation.dossier import read_explanation
from connector.obligation.due import quotites
from connector.obligation.explain_views import as_document
from connector.obligation.wording import day, percentage
from connector.reports.drawing import DECISIONS, MODALITES, NATURES, typographic
from connector.reports.listing import Listing, dated, read_calendar
from connector.reports.people import Wanted, people_table, read_rows
from connector.reports.table import Column, Table, worded
from scenarios.calendar import SchoolYear

if TYPE_CHECKING:
    import sqlalchemy as sa

    from connector.ledger.scope import Scope
    from connector.obligation.explain import ExplainedLine, Explanation
    from connector.obligation.policy import LocalRules
    from connector.reports.listing import Calendar
    from connector.reports.people import Row
    from connector.reports.report import About
    from connector.reports.table import Value

_LINES = (
    Column("session", N_("Session"), width=18),
    Column("session_titre", N_("Intitulé"), width=32),
    Column("activite_titre", N_("Activité"), width=32),
    Column("modalite", N_("Modalité"), width=22),
    Column("nature", N_("Nature"), width=20),
    Column("date", N_("Date"), "day"),
    Column("minutes_prevues", N_("Prévu"), "minutes", 8),
    Column("minutes", N_("Crédité"), "minutes", 8),
    Column("decision", N_("Décision"), width=12),
    Column("raison", N_("Raison"), width=48),
    Column("details", N_("Précisions"), "list", 48),
    Column("regle", N_("Règle"), width=7),
)


@dataclass(frozen=True)
class Releve:
    """One teacher and one school year: the stored figures, and the explanation of each."""

    about: About
    row: Row
    explanation: Explanation
    calendar: Calendar

    @property
    def lines(self) -> tuple[ExplainedLine, ...]:
        """Every line, credited or not, oldest first."""
        return self.explanation.lines

    @property
    def quotite(self) -> str:
        """The quotité as a reader sees it, each one of a year in which it changes."""
        held = quotites(self.explanation.due) or ((self.about.made_at.date(), self.row.quotite),)
        later = [_("puis {quotite} à partir du {jour}", quotite=percentage(one), jour=day(at)) for at, one in held[1:]]
        return ", ".join([percentage(held[0][1]), *later])

    def tables(self) -> tuple[Table, ...]:
        """Return the balance, then the lines."""
        balance = people_table(_("Bilan"), (self.row,), len(self.calendar.periods), self.calendar.spreads)
        return (balance, Table(_("Lignes"), worded(_LINES), tuple(map(_cells, self.lines))))

    def document(self) -> list[dict[str, Any]]:
        """Return a list of the one teacher, with `lignes` and `du` as `expliquer --json` gives them."""
        said = as_document(self.explanation)
        return [self.tables()[0].objects()[0] | {"lignes": said["lignes"], "du": said["du"]}]


def _cells(line: ExplainedLine) -> tuple[Value, ...]:
    return (
        line.session, line.session_titre, line.activite_titre, _(MODALITES[line.modalite]), _(NATURES[line.nature]),
        line.jour, line.minutes_prevues, line.minutes, _(DECISIONS[line.decision]),
        typographic(line.phrase) if line.motif else "", tuple(map(typographic, line.details)), line.regle,
    )  # fmt: skip


def read_releve(
    connection: sa.Connection, scope: Scope, about: About, local: LocalRules, academie: str | None
) -> Releve:
    """Return the relevé of the teacher (by identifiant) and school year that `about` names.

    Raises UnknownTeacherError for nobody in the scope, DataError without a balance in that year.
    """
    year = SchoolYear.parse(about.annee_scolaire)
    found = read_explanation(connection, about.code, year, local, scope)
    wanted = Wanted(about.annee_scolaire, identifiant=about.code)
    rows = read_rows(connection, scope, wanted)
    if not rows:
        raise DataError(
            _("Aucun bilan de {annee} pour {qui}.", annee=about.annee_scolaire, qui=found.identifiant),
            remedy=_("Lancez « parcours rapprocher »."),
            for_operator=True,
        )
    listing = Listing(replace(about, stale=int(found.stale)), rows, read_calendar(connection, scope, wanted, academie))
    (row,) = dated(connection, listing, scope, wanted, local).rows
    return Releve(listing.about, row, found, listing.calendar)
