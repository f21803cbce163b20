"""Whose balances were made by other rules than today's, and derogations that nobody bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import balance, teacher
from connector.obligation.policy import fingerprint
from connector.obligation.rules import regulation

if TYPE_CHECKING:
    from collections.abc import Collection

    from connector.obligation.policy import LocalRules
    from scenarios.calendar import SchoolYear


def under_other_rules(connection: sa.Connection, local: LocalRules, closed: Collection[SchoolYear]) -> set[int]:
    """Return the teachers with a balance, of a year that is not closed, that today's rules would not make.

    Costs one look at the distinct rules of each circonscription and year, then what differs, then the derogations.
    """
    law = regulation()
    b = balance.c
    opened = b.annee_scolaire.not_in([str(year) for year in closed])
    kinds = sa.select(b.annee_scolaire, b.circonscription, b.regles).where(opened).distinct()
    found: set[int] = set()
    for year, uai, made in connection.execute(kinds).all():
        policy = local.policy(uai, year)
        if made == fingerprint(law, policy, None):
            continue
        theirs = (
            sa.select(b.teacher_id, teacher.c.identifiant)
            .join(teacher, teacher.c.id == b.teacher_id)
            .where(b.annee_scolaire == year, b.circonscription == uai, b.regles == made)
        )
        found |= {
            row.teacher_id
            for row in connection.execute(theirs)
            if made != fingerprint(law, policy, local.derogation(row.identifiant, year))
        }
    return found | _newly_derogated(connection, local, closed)


def _newly_derogated(connection: sa.Connection, local: LocalRules, closed: Collection[SchoolYear]) -> set[int]:
    b = balance.c
    found = set()
    for (identifiant, year), derogation in local.derogations.items():
        theirs = (
            sa.select(b.teacher_id, b.circonscription, b.regles)
            .join(teacher, teacher.c.id == b.teacher_id)
            .where(teacher.c.identifiant == identifiant, b.annee_scolaire == year)
        )
        row = connection.execute(theirs).one_or_none()
        if row is None or year in {str(one) for one in closed}:
            continue
        if row.regles != fingerprint(regulation(), local.policy(row.circonscription, year), derogation):
            found.add(row.teacher_id)
    return found


def unknown_derogations(connection: sa.Connection, local: LocalRules) -> tuple[str, ...]:
    """Return the identifiants of derogations that are nobody's in the roster, in order."""
    named = {identifiant for identifiant, _ in local.derogations}
    query = sa.select(teacher.c.identifiant).where(teacher.c.identifiant.in_(named))
    return tuple(sorted(named - set(connection.scalars(query))))
