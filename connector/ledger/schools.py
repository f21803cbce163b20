"""Schools as the balances of a year show them: their names, and the circonscription that each is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import balance

if TYPE_CHECKING:
    from collections.abc import Collection


class School(NamedTuple):
    """A school by its UAI; the circonscription is that of most of its teachers."""

    uai: str
    nom: str
    circonscription: str


def read_schools(
    connection: sa.Connection, annee_scolaire: str, among: Collection[str] | sa.Select[tuple[str]]
) -> dict[str, School]:
    """Return the schools `among` these UAI that have teachers in a year, by UAI in the order of their names.

    It is asked of the whole ledger, whoever asks: which circonscription a school is in names nobody.
    """
    query = (
        sa.select(*balance.c["uai", "circonscription"], sa.func.min(balance.c.ecole).label("nom"))
        .where(balance.c.annee_scolaire == annee_scolaire, balance.c.uai.in_(among))
        .group_by(balance.c.uai, balance.c.circonscription)
        .order_by(sa.func.count(), balance.c.circonscription.desc())
    )
    found = {row.uai: School(row.uai, row.nom, row.circonscription) for row in connection.execute(query)}
    return dict(sorted(found.items(), key=lambda one: (one[1].nom, one[0])))
