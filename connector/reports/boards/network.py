"""A network of priority education: its schools, whatever their circonscriptions, and the IEN who answers for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.language import N_, _, listed
from connector.ledger.schema import balance
from connector.ledger.schools import read_schools
from connector.reports.academie import COLUMNS, masked, sums_by
from connector.reports.boards.model import Board, Figure, Panel
from connector.reports.people import Wanted
from connector.reports.table import Column, table_of, worded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from connector.ledger.scope import Scope
    from connector.reports.report import About
    from connector.settings.schools import Reseau

SCHOOLS = (replace(COLUMNS[0], key="uai"), replace(COLUMNS[1], title=N_("École")), *COLUMNS[2:])
PLACES = (
    Column("uai", N_("UAI"), width=10),
    Column("nom", N_("Circonscription"), width=28),
    Column("ecoles", N_("Écoles du réseau"), "number", 11),
    Column("responsable", N_("IEN responsable"), width=14),
)
FIGURES = (
    Column("ecoles", N_("Écoles"), "number"),
    Column("circonscriptions", N_("Circonscriptions"), "number"),
    Column("ien_responsable", N_("IEN responsable")),
    Column("part", N_("Part retenue"), "percent"),
)


@dataclass(frozen=True)
class Place:
    """A circonscription of the network, and how many of its schools are there."""

    uai: str
    nom: str
    ecoles: int
    responsable: str


def responsible(schools: Mapping[str, str]) -> tuple[str, ...]:
    """Return the circonscription that has the most schools of a network, given that of each school; all of a tie.

    Source: profile of the coordonnateur REP, authority of the IEN with the most schools.
    """
    counted = Counter(schools.values())
    most = max(counted.values(), default=0)
    return tuple(sorted(place for place, number in counted.items() if number == most))


def read_network(
    connection: sa.Connection, scope: Scope, about: About, network: Reseau, names: Mapping[str, str]
) -> Board | None:
    """Return the schools of a network that the scope shows, circonscriptions named by `names`; None for none of them.

    Few people are masked, as in the report of an académie. Which circonscription a school is in, and so the responsible
    IEN, is asked of the whole ledger: that names nobody.
    """
    wanted = Wanted(about.annee_scolaire, ecoles=network.ecoles)
    found = sums_by(connection, scope, wanted, balance.c.uai)
    if not found:
        return None
    known = read_schools(connection, about.annee_scolaire, network.ecoles)
    schools = {uai: school.circonscription for uai, school in known.items()}
    sums = masked(about, found, {uai: school.nom for uai, school in known.items()})
    chosen = responsible(schools)
    table = table_of(_("Écoles"), SCHOOLS, (*sums.circonscriptions, sums.total))
    values = (len(network.ecoles), len(set(schools.values())), _said(chosen, names), sums.total.part)
    unknown = sorted(set(network.ecoles) - set(schools))
    return Board(
        about,
        about.nom,
        _(
            "Le réseau, année scolaire {annee}, pour les enseignants qui doivent des heures.",
            annee=about.annee_scolaire,
        ),
        tuple(Figure(column, value) for column, value in zip(worded(FIGURES), values, strict=True)),
        (
            Panel("ecoles", table, "nom", _note(unknown), total=True),
            Panel(
                "circonscriptions",
                table_of(_("Circonscriptions"), PLACES, _places(schools, chosen, names)),
                "nom",
                _("L'IEN responsable est celui de la circonscription qui a le plus d'écoles du réseau."),
            ),
        ),
    )


def _said(chosen: Sequence[str], names: Mapping[str, str]) -> str:
    among = listed(names.get(uai, uai) for uai in chosen)
    return among if len(chosen) == 1 else _("à égalité : {lesquels}", lesquels=among)


def _places(schools: Mapping[str, str], chosen: Sequence[str], names: Mapping[str, str]) -> list[Place]:
    word = _("oui") if len(chosen) == 1 else _("à égalité")
    return [
        Place(uai, names.get(uai, uai), number, word if uai in chosen else "")
        for uai, number in sorted(Counter(schools.values()).items())
    ]


def _note(unknown: Sequence[str]) -> str:
    masking = _("« n. c. » : non communiqué, un effectif inférieur à cinq ou ce qui permettrait de le retrouver.")
    if not unknown:
        return masking
    return " ".join((masking, _("Sans enseignant au registre cette année : {ecoles}.", ecoles=", ".join(unknown))))
