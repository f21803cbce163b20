"""Somebody entered by mistake leaves the roster: only who has left no trace that anybody has to account for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger import schema
from connector.ledger.journal import record
from connector.ledger.keys import teacher_named
from connector.ledger.unsettled import mark

if TYPE_CHECKING:
    from collections.abc import Iterator


def remove_person(connection: sa.Connection, identifiant: str, *, author: str, at_us: int) -> None:
    """Remove, journalled, somebody of whom the ledger holds nothing but what the roster said.

    Call `resolve.settle` afterwards: names that they shared are somebody's again. Raises DataError for an unknown
    teacher, and for one who has declarations, decisions, lines, a mission of the pacte, an entry of the follow-up log
    or a closed year.
    """
    mark(connection)
    teacher_id = teacher_named(connection, identifiant)
    kept = list(_kept(connection, teacher_id))
    if kept:
        raise DataError(
            _(
                "{identifiant} ne se retire pas : le registre a de cette personne {kept}.",
                identifiant=identifiant,
                kept=", ".join(kept),
            ),
            remedy=(
                _(
                    "Si ce sont ceux d'un collègue, retirez l'adresse qui n'est pas la sienne, puis "
                    "recommencez : parcours personnels identites {identifiant} --oublier ADRESSE. Si elle "
                    "est partie, importez le fichier de tous avec --complet.",
                    identifiant=identifiant,
                )
            ),
        )
    connection.execute(schema.teacher.delete().where(schema.teacher.c.id == teacher_id))
    record(connection, at_us, author, "personnels.retire", identifiant)


def _kept(connection: sa.Connection, teacher_id: int) -> Iterator[str]:
    """Yield what there is of a teacher beyond what the roster says: it would go with them."""
    closed = sa.select(schema.closed_year.c.annee_scolaire)
    in_force = sa.select(schema.need.c.id).where(schema.need.c.withdrawn_us.is_(None))
    traces = (
        (_("des déclarations ou des décisions"), schema.resolution, sa.true()),
        (_("des lignes de crédit"), schema.line, sa.true()),
        (_("des missions du pacte"), schema.pacte_mission, sa.true()),
        (_("des accompagnements"), schema.accompagnement, sa.true()),
        (_("un besoin de formation qui la nomme"), schema.need_person, schema.need_person.c.need_id.in_(in_force)),
        (_("un bilan d'une année close"), schema.balance, schema.balance.c.annee_scolaire.in_(closed)),
    )
    for words, table, which in traces:
        if connection.scalar(sa.select(sa.exists().where(table.c.teacher_id == teacher_id, which))):
            yield words
