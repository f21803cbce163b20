"""Teachers and their figures, as far as a scope shows them: what every report on people reads.

Each query takes the scope of whoever asks, and what they want within it; a page of rows is as quick to ask for as all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.language import N_
from connector.ledger.pseudonyms import pseudonyms_of
from connector.ledger.schema import balance, line, service, teacher, touched
from connector.obligation.retelling import retold
from connector.reports.table import Column, Table, table_of
from scenarios.folding import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.ledger.scope import Scope
    from connector.reports.periods import Spread

ETATS: Mapping[str, str] = {"atteint": N_("Atteint"), "incomplet": N_("Incomplet"), "dispense": N_("Dispensé")}


@dataclass(frozen=True)
class Row:
    """One teacher: the figures of RULES.md section 5, in whole minutes; `quotite` in thousandths of a percent."""

    teacher_id: int
    identifiant: str
    nom: str
    prenom: str
    uai: str
    ecole: str
    circonscription: str
    quotite: int
    due_min: int
    presence_min: int
    distance_min: int
    formation_continue_min: int
    animation_min: int
    fc_requis_min: int
    retenu_min: int
    reste_min: int
    etat: str
    manques: tuple[str, ...]
    alertes: tuple[str, ...]

    @property
    def share(self) -> int:
        """Percent of the due that is kept, at most 100; 100 when nothing is due."""
        return min(100, self.retenu_min * 100 // self.due_min) if self.due_min else 100


IDENTITY = (
    Column("identifiant", N_("Identifiant"), width=11),
    Column("nom", N_("Nom"), width=20),
    Column("prenom", N_("Prénom"), width=16),
    Column("uai", N_("UAI"), width=10),
    Column("ecole", N_("École"), width=28),
    Column("circonscription", N_("Circonscription"), width=13),
)
COLUMNS = (
    *IDENTITY,
    Column("quotite", N_("Quotité"), "percent", 8),
    Column("due_min", N_("Dû"), "minutes", 8),
    Column("presence_min", N_("Présence"), "minutes", 9),
    Column("distance_min", N_("Distance"), "minutes", 9),
    Column("formation_continue_min", N_("Formation continue"), "minutes", 10),
    Column("animation_min", N_("Animation pédagogique"), "minutes", 12),
    Column("retenu_min", N_("Retenu"), "minutes", 8),
    Column("reste_min", N_("Reste"), "minutes", 8),
    Column("etat", N_("État"), width=10),
    Column("manques", N_("Ce qui manque"), "list", 36),
    Column("alertes", N_("À vérifier"), "list", 48),
)
"""In the order of FORMATS.md section 5."""


def people_table(
    title: str, rows: Iterable[Row], periods: int = 0, spreads: Mapping[int, Spread] | None = None
) -> Table:
    """Return teachers as a table, one row each; with `spreads`, what was credited in each of the `periods` too."""
    table = table_of(title, COLUMNS, rows := tuple(rows))
    if not periods or spreads is None:
        return table
    columns = tuple(Column(f"p{number}_min", f"P{number}", "minutes", 8) for number in range(1, periods + 1))
    nothing = (0,) * periods
    minutes = [spreads[row.teacher_id].minutes if row.teacher_id in spreads else nothing for row in rows]
    return Table(title, table.columns + columns, tuple(map(tuple.__add__, table.rows, minutes)))


@dataclass(frozen=True)
class Wanted:
    """Which teachers of the scope are asked for, in one school year; what is None does not narrow.

    `ecole` is a UAI, `ecoles` several, `session` the code of one that they have a line in, `academie` that
    of their circonscription; each word of `recherche` must be in the name or the identifiant, without case nor accents:
    `searched` turns it into `parmi` where the database knows pseudonyms only.
    """

    annee_scolaire: str
    circonscription: str | None = None
    ecole: str | None = None
    ecoles: tuple[str, ...] | None = None
    academie: str | None = None
    session: str | None = None
    etat: str | None = None
    identifiant: str | None = None
    recherche: str | None = None
    parmi: tuple[int, ...] | None = None

    def condition(self, scope: Scope) -> sa.ColumnElement[bool]:
        """Pick the rows of `balance`, joined with `teacher`, that are wanted and may be seen."""
        asked: list[sa.ColumnElement[bool]] = [balance.c.annee_scolaire == self.annee_scolaire, scope.balances()]
        exact = {
            balance.c.circonscription: self.circonscription,
            balance.c.uai: self.ecole,
            balance.c.etat: self.etat,
            teacher.c.identifiant: self.identifiant,
        }
        asked += [column == value for column, value in exact.items() if value is not None]
        if self.parmi is None:
            asked += [teacher.c.recherche.contains(word, autoescape=True) for word in self._words]
        else:
            asked.append(teacher.c.id.in_(sa.bindparam("parmi", self.parmi, expanding=True, literal_execute=True)))
        if self.ecoles is not None:
            asked.append(balance.c.uai.in_(self.ecoles))
        if self.academie is not None:
            within = sa.select(service.c.circonscription).where(service.c.academie == self.academie)
            asked.append(balance.c.circonscription.in_(within))
        if self.session is not None:
            followed = (line.c.teacher_id == balance.c.teacher_id, line.c.code == self.session)
            asked.append(sa.exists().where(*followed))
        return sa.and_(*asked)

    @property
    def _words(self) -> list[str]:
        return folded(self.recherche or "").split()

    def searched(self, connection: sa.Connection, scope: Scope) -> Wanted:
        """Return the same, of which the names are looked for here where the ledger holds pseudonyms."""
        if not self._words or pseudonyms_of(connection) is None:
            return self
        within = replace(self, recherche=None).condition(scope)
        rows = connection.execute(sa.select(teacher.c.id, teacher.c.recherche).select_from(_JOINED).where(within))
        return replace(self, parmi=tuple(row.id for row in rows if all(word in row.recherche for word in self._words)))


_FIGURES = [name for name in Row.__dataclass_fields__ if name in balance.c and name != "teacher_id"]
_JOINED = balance.join(teacher, teacher.c.id == balance.c.teacher_id)
BY_NAME = ("nom", "prenom", "identifiant")
BY_SCHOOL = ("ecole", "uai", *BY_NAME)
BY_LEFT = ("-reste_min", *BY_NAME)
"""Orders: names of columns, of whole numbers the greatest first where a dash precedes."""


def read_rows(
    connection: sa.Connection,
    scope: Scope,
    wanted: Wanted,
    *,
    order: tuple[str, ...] = BY_SCHOOL,
    first: int = 0,
    limit: int | None = None,
) -> tuple[Row, ...]:
    """Return the teachers wanted, or a page of them: `limit` rows from the rank `first`.

    A page is picked by its ids, then read: thirty thousand whole rows are not put in order for fifty. Where the ledger
    holds pseudonyms, all are read to be put in the order of their names.
    """
    known = pseudonyms_of(connection) is not None
    wished, ordering = wanted.condition(scope), [_ordering(name) for name in order]
    if limit is not None and not known:
        page = sa.select(balance.c.teacher_id).select_from(_JOINED).where(wished).order_by(*ordering)
        wished = sa.and_(
            balance.c.annee_scolaire == wanted.annee_scolaire,
            balance.c.teacher_id.in_(page.offset(first).limit(limit)),
        )
    query = (
        sa.select(*(balance.c[name] for name in _FIGURES), teacher.c.id, *teacher.c["identifiant", "nom", "prenom"])
        .select_from(_JOINED)
        .where(wished)
    )
    if not known:
        return tuple(_row(found) for found in connection.execute(query.order_by(*ordering)).mappings())
    found = sorted(connection.execute(query).mappings(), key=lambda row: [_rank(row, one) for one in order])
    return tuple(map(_row, found[first : None if limit is None else first + limit]))


def _ordering(name: str) -> sa.ColumnElement[Any]:
    columns = balance.c if name.removeprefix("-") in balance.c else teacher.c
    return columns[name[1:]].desc() if name.startswith("-") else columns[name]


def _rank(row: sa.RowMapping, name: str) -> Any:
    return -row[name[1:]] if name.startswith("-") else row[name]


def teacher_ids(scope: Scope, wanted: Wanted) -> sa.Select[tuple[int]]:
    """Select the ids of the teachers wanted, for the queries that take a select of teachers."""
    return sa.select(balance.c.teacher_id).select_from(_JOINED).where(wanted.condition(scope))


def count_states(connection: sa.Connection, scope: Scope, wanted: Wanted) -> dict[str, int]:
    """Return how many teachers are in each state, all states named."""
    query = (
        sa.select(balance.c.etat, sa.func.count().label("number"))
        .select_from(_JOINED)
        .where(wanted.condition(scope))
        .group_by(balance.c.etat)
    )
    return dict.fromkeys(ETATS, 0) | {row.etat: row.number for row in connection.execute(query)}


def count_stale(connection: sa.Connection, scope: Scope, wanted: Wanted) -> int:
    """Return how many of the teachers wanted have news that no reconciliation has judged yet."""
    theirs = sa.exists(teacher_ids(scope, wanted).where(balance.c.teacher_id == touched.c.teacher_id)).correlate(
        touched
    )
    query = sa.select(sa.func.count()).select_from(touched).where(theirs)
    return connection.execute(query).scalar_one()


def _row(found: sa.RowMapping) -> Row:
    figures = {name: found[name] for name in _FIGURES}
    figures |= {name: tuple(map(retold, figures[name])) for name in ("manques", "alertes")}
    return Row(
        teacher_id=found["id"],
        identifiant=found["identifiant"],
        nom=found["nom"],
        prenom=found["prenom"],
        **figures,
    )
