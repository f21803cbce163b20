"""The tableau de bord du numérique: what is done at a distance, by circonscription and by theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.language import N_, _
from connector.ledger.schema import balance, line, session, teacher
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.masking import THRESHOLD, hidden_cells, hidden_rows
from connector.reports.table import Column, share, table_of, worded
from scenarios.vocabularies import THEMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.ledger.scope import Scope
    from connector.reports.people import Wanted
    from connector.reports.report import About

OTHER = N_("autre thème")
"""The theme of a parcours of which neither the catalogue nor its own thresholds say one."""
_OF_THRESHOLDS = {"mathematiques": N_("mathématiques"), "francais": N_("français")}
"""What the themes of thresholds, the only ones that a line keeps, are called among those of needs."""
_MODES = ("presence", "distance_synchrone", "distance_asynchrone")

_MINUTES = (
    Column("presence_min", N_("Présence"), "minutes", 11),
    Column("distance_synchrone_min", N_("Distance, en direct"), "minutes", 11),
    Column("distance_asynchrone_min", N_("Distance, à son rythme"), "minutes", 11),
    Column("part", N_("Part à distance"), "percent", 9),
)
PLACES = (
    Column("code", N_("UAI"), width=10),
    Column("nom", N_("Circonscription"), width=28),
    Column("a_distance", N_("Ont suivi à distance"), "number", 11),
    Column("pas_encore", N_("Pas encore"), "number", 11),
    Column("enseignants", N_("Enseignants"), "number", 12),
    *_MINUTES,
)
SUBJECTS = (
    Column("nom", N_("Thème"), width=20),
    Column("a_distance", N_("Ont suivi à distance"), "number", 11),
    Column("enseignants", N_("Enseignants crédités"), "number", 12),
    *_MINUTES,
)
FIGURES = (
    Column("enseignants", N_("Enseignants"), "number"),
    Column("a_distance", N_("Ont suivi à distance"), "number"),
    Column("distance_min", N_("Heures à distance"), "minutes"),
    Column("part", N_("Part à distance"), "percent"),
)


@dataclass(frozen=True)
class Digital:
    """Teachers and credited minutes of a circonscription, of a theme, or of all; None is masked."""

    code: str
    nom: str
    a_distance: int | None
    enseignants: int | None
    presence_min: int | None
    distance_synchrone_min: int | None
    distance_asynchrone_min: int | None
    pas_encore: int | None = None

    @property
    def distance_min(self) -> int | None:
        """Minutes at a distance, in whatever way."""
        if self.distance_synchrone_min is None or self.distance_asynchrone_min is None:
            return None
        return self.distance_synchrone_min + self.distance_asynchrone_min

    @property
    def part(self) -> int | None:
        """What is credited at a distance of all that is credited, in thousandths of a percent, rounded to a percent."""
        if self.distance_min is None or self.presence_min is None:
            return None
        return share(self.distance_min, self.presence_min + self.distance_min)


def read_digital(
    connection: sa.Connection,
    scope: Scope,
    wanted: Wanted,
    about: About,
    names: Mapping[str, str],
    domains: Mapping[str, str],
    theme: str | None = None,
) -> Board | None:
    """Return what the teachers wanted were credited at a distance, circonscriptions named by `names`; None for nobody.

    Those who owe nothing are left out, as in the report of an académie. `domains` gives parcours their theme, by
    matricule without its version. With a `theme`, what is counted is its own.
    """
    who, of = _teachers(scope, wanted), _theme(domains)
    found = [dict(row) for row in connection.execute(_by_place(who, wanted, of, theme)).mappings()]
    if not found:
        return None
    query = _by_place_and_theme(who, wanted, of)
    by_theme = [dict(row) for row in connection.execute(query).mappings()] if theme else []
    places = masked_places(found, names, few_of(theme, [row["code"] for row in found], by_theme) if theme else None)
    total = places[-1]
    values = (total.enseignants, total.a_distance, total.distance_min, total.part)
    return Board(
        about,
        _("Tableau de bord du numérique") if about.code == "numerique" else about.nom,
        _(
            "Ce qui est crédité à distance, année scolaire {annee}, aux enseignants qui doivent des heures.",
            annee=about.annee_scolaire,
        ),
        tuple(Figure(column, value) for column, value in zip(worded(FIGURES), values, strict=True)),
        (
            Panel("circonscriptions", table_of(_("Circonscriptions"), PLACES, places), "nom", _masking(), total=True),
            *(() if theme else (_themes(connection, _by_theme(who, wanted, of)),)),
        ),
    )


def _themes(connection: sa.Connection, query: sa.Select[Any]) -> Panel:
    subjects = masked_subjects([dict(row) for row in connection.execute(query).mappings()])
    note = _(
        "Un enseignant compte dans chacun des siens. Le thème d'un parcours est son domaine au catalogue ; à défaut, le"
        " thème de ses seuils."
    )
    return Panel("themes", table_of(_("Thèmes"), SUBJECTS, subjects), "nom", note)


def few_of(theme: str, places: Sequence[str], found: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """Return the ranks of the places (the last for their total) whose minutes of a theme are not told.

    Those of few people, and others with them: the themes of a place, and the places of a theme, are told side by side
    with their sums.
    """
    themes = sorted({row["theme"] for row in found} | {theme})
    counts = {(row["code"], row["theme"]): int(row["a_distance"]) for row in found}
    table = [[counts.get((place, one), 0) for one in themes] for place in places]
    table = [[*row, sum(row)] for row in table]
    table.append([sum(row[column] for row in table) for column in range(len(themes) + 1)])
    column = themes.index(theme)
    return frozenset(rank for rank, at in hidden_cells(table) if at == column)


def masked_places(
    found: Sequence[Mapping[str, Any]], names: Mapping[str, str], few: frozenset[int] | None = None
) -> list[Digital]:
    """Return a row a circonscription, then their total; minutes of few people are masked, and those of another one.

    `few` are the ranks of those, where more than this table decides of it.
    """
    counted = ("a_distance", "enseignants", *(f"{mode}_min" for mode in _MODES))
    whole = {"code": "", **{name: sum(int(row[name]) for row in found) for name in counted}}
    rows = [*found, whole]
    hidden = hidden_cells(
        [[row["a_distance"], row["enseignants"] - row["a_distance"], row["enseignants"]] for row in rows]
    )
    alone = set(hidden_rows([int(row["a_distance"]) for row in found])) if few is None else set(few)
    if sum(int(row["a_distance"]) for row in found) < THRESHOLD:
        alone.add(len(found))
    made = []
    for rank, row in enumerate(rows):
        counts = (int(row["a_distance"]), int(row["enseignants"] - row["a_distance"]), int(row["enseignants"]))
        a_distance, pas_encore, enseignants = (None if (rank, c) in hidden else count for c, count in enumerate(counts))
        minutes = {f"{mode}_min": None if rank in alone else int(row[f"{mode}_min"]) for mode in _MODES}
        nom = _("Ensemble") if row is whole else names.get(row["code"], row["code"])
        made.append(Digital(row["code"], nom, a_distance, enseignants, pas_encore=pas_encore, **minutes))
    return made


def masked_subjects(found: Sequence[Mapping[str, Any]]) -> list[Digital]:
    """Return a row a theme, in the order of the vocabulary; those that few people followed are masked whole."""
    order = [*THEMES, *sorted({row["code"] for row in found} - {*THEMES, OTHER}), OTHER]
    rows = [(row["code"], row) for row in sorted(found, key=lambda row: order.index(row["code"]))]
    hidden = hidden_rows([min(int(row["a_distance"]), int(row["enseignants"])) for _code, row in rows])
    counted = ("a_distance", "enseignants", *(f"{mode}_min" for mode in _MODES))
    return [
        Digital(code, _(code), **{name: None if rank in hidden else int(row[name]) for name in counted})
        for rank, (code, row) in enumerate(rows)
    ]


def _teachers(scope: Scope, wanted: Wanted) -> sa.Subquery:
    owing = balance.join(teacher, teacher.c.id == balance.c.teacher_id)
    query = sa.select(*balance.c["teacher_id", "circonscription"]).select_from(owing)
    return query.where(wanted.condition(scope), balance.c.due_min > 0).subquery("who")


def _theme(domains: Mapping[str, str]) -> sa.ColumnElement[str]:
    """The theme of a line with its session, in the words of the vocabulary of needs."""
    of_thresholds = sa.case(_OF_THRESHOLDS, value=line.c.theme, else_=OTHER)
    return sa.case(domains, value=session.c.parcours_key, else_=of_thresholds) if domains else of_thresholds


def _sums(which: sa.ColumnElement[bool]) -> list[sa.ColumnElement[int]]:
    sums = ((mode, sa.case((which & (line.c.modalite == mode), line.c.minutes), else_=0)) for mode in _MODES)
    return [sa.func.coalesce(sa.func.sum(minutes), 0).label(f"{mode}_min") for mode, minutes in sums]


def _by_place(who: sa.Subquery, wanted: Wanted, of: sa.ColumnElement[str], theme: str | None) -> sa.Select[Any]:
    which = sa.true() if theme is None else of == theme
    lines = who.outerjoin(line, sa.and_(line.c.teacher_id == who.c.teacher_id, _credited(wanted)))
    return (
        sa.select(who.c.circonscription.label("code"), _distant(which), *_sums(which))
        .add_columns(sa.func.count(who.c.teacher_id.distinct()).label("enseignants"))
        .select_from(lines.outerjoin(session, session.c.code == line.c.code))
        .group_by(who.c.circonscription)
        .order_by(who.c.circonscription)
    )


def _by_place_and_theme(who: sa.Subquery, wanted: Wanted, of: sa.ColumnElement[str]) -> sa.Select[Any]:
    place, name = who.c.circonscription.label("code"), of.label("theme")
    return sa.select(place, name, _distant(sa.true())).select_from(_lines(who, wanted)).group_by(place, name)


def _by_theme(who: sa.Subquery, wanted: Wanted, of: sa.ColumnElement[str]) -> sa.Select[Any]:
    name, people = of.label("code"), sa.func.count(who.c.teacher_id.distinct()).label("enseignants")
    query = sa.select(name, _distant(sa.true()), *_sums(sa.true())).add_columns(people)
    return query.select_from(_lines(who, wanted)).group_by(name)


def _lines(who: sa.Subquery, wanted: Wanted) -> sa.FromClause:
    lines = who.join(line, sa.and_(line.c.teacher_id == who.c.teacher_id, _credited(wanted)))
    return lines.join(session, session.c.code == line.c.code)


def _credited(wanted: Wanted) -> sa.ColumnElement[bool]:
    return sa.and_(line.c.annee_scolaire == wanted.annee_scolaire, line.c.minutes > 0)


def _distant(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many people have at least a minute at a distance, among the lines that `which` picks."""
    far = which & (line.c.modalite != "presence")
    return sa.func.count(sa.case((far, line.c.teacher_id)).distinct()).label("a_distance")


def _masking() -> str:
    return _("« n. c. » : non communiqué, un effectif inférieur à cinq ou ce qui permettrait de le retrouver.")
