"""The board of training needs: what schools need, who is enrolled in what answers it, who has finished."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from connector.language import N_, _
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.table import Column, table_of, worded
from scenarios.vocabularies import CYCLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from connector.reports.coverage import Answer, Base, Coverage, Standing, State
    from connector.reports.report import About

STATES: Mapping[State, str] = {"fini": N_("A fini"), "inscrit": N_("Inscrit"), "pas_inscrit": N_("Pas inscrit")}
BASES: Mapping[Base, str] = {
    "nommes": N_("Les enseignants nommés"),
    "effectif": N_("Le nombre donné"),
    "ecole": N_("Toute l’école"),
}

NEEDS = (
    Column("numero", N_("Besoin"), "number", 8),
    Column("ecole", N_("École"), width=28),
    Column("uai", N_("UAI"), width=10),
    Column("cycle", N_("Cycle"), width=10),
    Column("theme", N_("Thème"), width=22),
    Column("precision", N_("Précision"), width=24),
    Column("base", N_("Qui est concerné"), width=16),
    Column("concernes", N_("Concernés"), "number", 11),
    Column("inscrits", N_("Inscrits"), "number", 10),
    Column("finis", N_("Ont fini"), "number", 10),
    Column("sessions", N_("Sessions"), "number", 9),
    Column("part", N_("Part inscrite"), "percent", 9),
)
PEOPLE = (
    Column("numero", N_("Besoin"), "number", 8),
    Column("ecole", N_("École"), width=28),
    Column("identifiant", N_("Identifiant"), width=12),
    Column("nom", N_("Nom"), width=18),
    Column("prenom", N_("Prénom"), width=14),
    Column("etat", N_("Où en est-on"), width=14),
    Column("sessions", N_("Sessions"), "list", 24),
)
SESSIONS = (
    Column("code", N_("Session"), width=16),
    Column("titre", N_("Parcours"), width=34),
    Column("debut", N_("Début"), "day", 11),
    Column("fin", N_("Fin"), "day", 11),
    Column("besoins", N_("Besoins"), "list", 14),
)
FIGURES = (
    Column("besoins", N_("Besoins"), "number"),
    Column("concernes", N_("Enseignants concernés"), "number"),
    Column("inscrits", N_("Inscrits"), "number"),
    Column("finis", N_("Ont fini"), "number"),
    Column("sans_session", N_("Besoins sans session"), "number"),
)


class NeedRow(NamedTuple):
    """A need and its figures, as the main table has them."""

    numero: int
    ecole: str
    uai: str
    cycle: str
    theme: str
    precision: str
    base: str
    concernes: int
    inscrits: int
    finis: int
    sessions: int
    part: int


class _PersonRow(NamedTuple):
    numero: int
    ecole: str
    identifiant: str
    nom: str
    prenom: str
    etat: str
    sessions: tuple[str, ...]


class _SessionRow(NamedTuple):
    code: str
    titre: str
    debut: date
    fin: date | None
    besoins: tuple[str, ...]


def needs_board(about: About, found: Sequence[Coverage]) -> Board:
    """Return the board of needs whose coverage was read."""
    values = (
        len(found),
        sum(one.concernes for one in found),
        sum(one.inscrits for one in found),
        sum(one.finis for one in found),
        sum(not one.answers for one in found),
    )
    people = [_person_row(one, person) for one in found for person in told(one)]
    return Board(
        about,
        _("Besoins de formation"),
        _(
            "Ce dont les écoles ont besoin, année scolaire {annee}, et les sessions qui y répondent.",
            annee=about.annee_scolaire,
        ),
        tuple(Figure(column, value) for column, value in zip(worded(FIGURES), values, strict=True)),
        (
            Panel("besoins", table_of(_("Besoins"), NEEDS, map(need_row, found)), "ecole", _explained()),
            Panel(
                "personnes",
                table_of(_("Qui est inscrit, qui a fini"), PEOPLE, people),
                "nom",
                _("Là où un besoin ne nomme personne, seuls les inscrits de l'école sont montrés."),
            ),
            Panel(
                "sessions",
                table_of(_("Sessions qui y répondent"), SESSIONS, _session_rows(found)),
                "titre",
            ),
        ),
    )


def need_row(one: Coverage) -> NeedRow:
    """Return a need and its figures in words."""
    said = one.need.wording
    return NeedRow(
        one.need.numero, one.need.ecole, said.uai, short_cycle(said.cycle), _(said.theme), said.precision,
        _(BASES[one.base]), one.concernes, one.inscrits, one.finis,
        len(one.answers), one.part,
    )  # fmt: skip


def short_cycle(code: str) -> str:
    """Return the name of a cycle without the classes in it."""
    return _(CYCLES[code].label).partition(" (")[0]


def told(one: Coverage) -> tuple[Standing, ...]:
    """Return the people of whom a need is told: those it names, or those of the school who are enrolled."""
    if one.base == "nommes":
        return one.people
    return tuple(person for person in one.people if person.etat != "pas_inscrit")


def _person_row(one: Coverage, person: Standing) -> _PersonRow:
    return _PersonRow(
        one.need.numero, one.need.ecole, person.identifiant, person.nom, person.prenom, _(STATES[person.etat]),
        person.sessions,
    )  # fmt: skip


def _session_rows(found: Sequence[Coverage]) -> list[_SessionRow]:
    answered: dict[Answer, list[str]] = defaultdict(list)
    for one in found:
        for answer in one.answers:
            answered[answer].append(str(one.need.numero))
    return [
        _SessionRow(answer.code, answer.titre, answer.debut, answer.fin, tuple(needs))
        for answer, needs in sorted(answered.items(), key=lambda each: (each[0].debut, each[0].code))
    ]


def _explained() -> str:
    return _(
        "Une session répond à un besoin si son parcours, au catalogue, est de son thème et pour son cycle. Est inscrit"
        " qui est sur sa liste ou y a participé ; a fini qui en a fait toutes les activités créditées, même"
        " sans heures à y gagner, comme au titre du PAF. Le fichier des"
        " personnels ne dit pas qui enseigne dans quel cycle : sans noms, les inscrits sont comptés dans toute l'école."
        " Un enseignant compte dans chaque besoin qui le concerne."
    )
