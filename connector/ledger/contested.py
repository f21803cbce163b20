"""Lines that their teacher contests, until a person answers: by a decision, or by closing the entry of the queue."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.ledger.schema import activity, contestation, session, teacher
from connector.ledger.versions import newest
from xapi.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping


class Contested(NamedTuple):
    """A line that its teacher contests since `at_us`, for one of `contest_reasons`."""

    identifiant: str
    nom: str
    prenom: str
    code: str
    activity_id: str
    activite_titre: str
    annee_scolaire: str
    at_us: int
    motif: str

    @property
    def libelle(self) -> str:
        """The reason in the teacher's words."""
        return contest_reasons()[self.motif]

    @property
    def key(self) -> str:
        """What makes it this contestation: contested again later, it is another one."""
        return f"{self.identifiant} {self.code}/{self.activity_id} {self.at_us}"


@cache
def contest_reasons() -> Mapping[str, str]:
    """Return the closed list: each code with what the teacher says."""
    text = (resources.files("connector.ledger") / "data" / "contestations.toml").read_text("utf-8")
    return {code: said["libelle"] for code, said in tomllib.loads(text).items()}


def put_contestation(
    connection: sa.Connection, teacher_id: int, code: str, activity_id: str, motif: str, at_us: int
) -> None:
    """Note that a teacher contests a line; the newest reason replaces another."""
    row = {"teacher_id": teacher_id, "code": code, "activity_id": activity_id, "motif": motif, "at_us": at_us}
    upsert(connection, contestation, [row], update=["motif", "at_us"])


def answer_contestation(connection: sa.Connection, identifiant: str, code: str, activity_id: str) -> None:
    """Remove what is contested of a line: a person has decided of it."""
    who = sa.select(teacher.c.id).where(teacher.c.identifiant == identifiant)
    same = contestation.c.teacher_id.in_(who) & (contestation.c.code == code)
    connection.execute(contestation.delete().where(same, contestation.c.activity_id == activity_id))


def read_contested(connection: sa.Connection, *among: sa.ColumnElement[bool]) -> list[Contested]:
    """Return what is contested, oldest first; `among` are conditions on `teacher` and `session`."""
    same = sa.and_(activity.c.code == contestation.c.code, activity.c.activity_id == contestation.c.activity_id)
    query = (
        sa.select(
            *teacher.c["identifiant", "nom", "prenom"],
            *contestation.c["code", "activity_id"],
            sa.func.coalesce(activity.c.titre, contestation.c.activity_id),
            session.c.annee_scolaire,
            *contestation.c["at_us", "motif"],
        )
        .select_from(contestation)
        .join(teacher, teacher.c.id == contestation.c.teacher_id)
        .join(session, session.c.code == contestation.c.code)
        .outerjoin(activity, sa.and_(same, newest(activity)))
        .where(*among)
    )
    found = (Contested._make(row) for row in connection.execute(query))
    return sorted(found, key=lambda one: (one.at_us, one.identifiant, one.code, one.activity_id))
