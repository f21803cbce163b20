"""Contesting a line: a teacher's word on their own, which waits in the queue until a person has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import _
from connector.ledger.contested import contest_reasons, put_contestation
from connector.ledger.instants import now_us
from connector.ledger.schema import line
from connector.obligation.closed_years import refuse_closed
from connector.obligation.dossier import UnknownTeacherError, find_teacher

if TYPE_CHECKING:
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from scenarios.calendar import SchoolYear


def contest(
    ledger: Ledger, who: Asker, teacher: str, code: str, activity_id: str, motif: str, *, year: SchoolYear
) -> None:
    """Contest a line of the teacher who asks, and journal it; contesting again replaces the reason.

    Raises UnknownTeacherError for anybody else than themselves and for a line that is not theirs, DataError for a
    reason that is not of the list or a closed year.
    """
    if motif not in contest_reasons():
        raise DataError(_("Choisissez la raison de votre contestation dans la liste."))
    with ledger.write() as connection:
        refuse_closed(connection, year)
        found = find_teacher(connection, teacher, year, who.scope)
        theirs = (line.c.teacher_id == found.id, line.c.code == code, line.c.activity_id == activity_id)
        there = connection.scalar(sa.select(sa.exists().where(*theirs, line.c.annee_scolaire == str(year))))
        if who.scope.role != "enseignant" or not there:
            raise UnknownTeacherError(_("Cette ligne n'est pas la vôtre."))
        put_contestation(connection, found.id, code, activity_id, motif, now_us())
    who.note(ledger, "ligne.contester", found.identifiant, ligne=f"{code}/{activity_id}", motif=motif)
