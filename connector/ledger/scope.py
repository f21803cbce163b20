"""Who may see what, as conditions that every query about people takes: no page can show more than its query reads.

A teacher belongs to the circonscription of their last service interval of the school year (RULES.md section 4): a
remplaçant is seen by the circonscription of attachment, wherever they work or follow a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import balance, line, mailbox, need, participant, session, teacher, trainer
from connector.settings.sections import ACCOMPANYING
from xapi.names import normalise_email

if TYPE_CHECKING:
    from connector.settings.sections import Acces, Role


@dataclass(frozen=True)
class Scope:
    """What one person may see: `names` are UAI for an IEN, else the addresses or identifiants that name them.

    `entrusted` are the UAI of circonscriptions and schools whose teachers a trainer or a tutor accompanies.
    """

    role: Role
    names: tuple[str, ...] = ()
    entrusted: tuple[str, ...] = ()

    @classmethod
    def of(cls, access: Acces) -> Scope:
        """Return the scope that `[[acces]]` gives."""
        if access.role == "ien":
            return cls("ien", tuple(sorted({uai.upper() for uai in access.perimetre})))
        return cls(access.role, access.perimetre or (access.identifiant,), access.accompagne)

    @property
    def everything(self) -> bool:
        """An operator's: nothing is kept from them."""
        return self.role == "operateur"

    @property
    def oversees(self) -> bool:
        """An operator or an IEN: follows the teachers of circonscriptions, decides of their lines, says their needs."""
        return self.role in {"operateur", "ien"}

    def balances(self) -> sa.ColumnElement[bool]:
        """Pick the rows of `balance` that may be read: whole balances, so none for a trainer."""
        if self.everything:
            return sa.true()
        if self.role == "ien":
            return balance.c.circonscription.in_(self.names)
        if self.role == "enseignant":
            return balance.c.teacher_id.in_(self._named())
        return sa.false()

    def teachers(self, annee_scolaire: str) -> sa.ColumnElement[bool]:
        """Pick the rows of `teacher` whose hours of a school year may be read."""
        if self.everything:
            return sa.true()
        if self.role == "enseignant":
            return teacher.c.id.in_(self._named())
        return teacher.c.id.in_(self._balanced(annee_scolaire))

    def sessions(self) -> sa.ColumnElement[bool]:
        """Pick the rows of `session` that may be opened, if only for their sums (`rolls` says whose people are seen).

        Trainers, tutors and designers open those that name them; an IEN those of the circonscription and those that
        its teachers follow elsewhere.
        """
        if self.everything:
            return sa.true()
        if self.role == "ien":
            followed = sa.exists().where(
                line.c.code == session.c.code, line.c.teacher_id.in_(self._balanced(session.c.annee_scolaire))
            )
            return sa.or_(session.c.circonscription.in_(self.names), followed)
        if self.role == "enseignant":
            return sa.false()
        return session.c.code.in_(sa.select(trainer.c.code).where(self._trainers()))

    def rolls(self) -> sa.ColumnElement[bool]:
        """Pick, among the sessions that may be opened, those whose people may be seen: a designer sees nobody."""
        if self.oversees:
            return self.sessions()
        return session.c.code.in_(sa.select(trainer.c.code).where(self._running()))

    def accompanied(self, annee_scolaire: str) -> sa.ColumnElement[bool]:
        """Pick the rows of `teacher` whose meetings with a trainer may be seen, in a school year: not what was noted.

        A trainer or a tutor accompanies those of the sessions of the year that they run and those who serve where they
        were entrusted, never themselves; an IEN follows the teachers of the circonscription. Nobody else, operators
        included, has a part in it.
        """
        if self.role == "ien":
            return teacher.c.id.in_(self._balanced(annee_scolaire))
        if self.role not in ACCOMPANYING:
            return sa.false()
        of_year = sa.select(session.c.code).where(session.c.annee_scolaire == annee_scolaire)
        codes = sa.select(trainer.c.code).where(self._running(), trainer.c.code.in_(of_year))
        listed = (
            sa.select(mailbox.c.teacher_id)
            .join(participant, participant.c.email == mailbox.c.email)
            .where(participant.c.code.in_(codes))
        )
        place = sa.or_(balance.c.circonscription.in_(self.entrusted), balance.c.uai.in_(self.entrusted))
        serving = sa.select(balance.c.teacher_id).where(balance.c.annee_scolaire == annee_scolaire, place)
        theirs = sa.or_(teacher.c.id.in_(listed), teacher.c.id.in_(serving))
        return sa.and_(theirs, teacher.c.id.not_in(self._named()))

    def needs(self) -> sa.ColumnElement[bool]:
        """Pick the rows of `need` that may be read: an IEN's are those of their schools, a trainer has none."""
        if self.everything:
            return sa.true()
        return need.c.circonscription.in_(self.names) if self.role == "ien" else sa.false()

    def leading(self) -> sa.ColumnElement[bool]:
        """Pick the rows of `trainer` by which they lead a session; a trainer alone signs people in and attests."""
        if self.role != "formateur":
            return sa.false()
        return sa.and_(trainer.c.role == "formateur", self._trainers())

    def as_trainer(self) -> sa.ColumnElement[bool]:
        """Pick the rows of `trainer` that say what somebody does as one: their own, but for an operator or an IEN."""
        return sa.true() if self.oversees else self._trainers()

    def people_of(
        self, teacher_id: sa.ColumnElement[int], annee_scolaire: str | sa.ColumnElement[str]
    ) -> sa.ColumnElement[bool]:
        """Pick, among the people of a session that may be opened, those who may be seen there.

        A trainer sees everybody in their session; an IEN only the teachers of the circonscription.
        """
        if self.role == "ien":
            return teacher_id.in_(self._balanced(annee_scolaire))
        return sa.true()

    def _balanced(self, annee_scolaire: str | sa.ColumnElement[str]) -> sa.Select[tuple[int]]:
        return sa.select(balance.c.teacher_id).where(balance.c.annee_scolaire == annee_scolaire, self.balances())

    def _running(self) -> sa.ColumnElement[bool]:
        """The rows of `trainer` by which they have to do with people: not those of who only designed."""
        if self.role not in ACCOMPANYING:
            return sa.false()
        return sa.and_(trainer.c.role.in_(ACCOMPANYING), self._trainers())

    def _trainers(self) -> sa.ColumnElement[bool]:
        """The rows of `trainer` that name them, by any of their addresses."""
        addresses = sa.select(mailbox.c.email).where(mailbox.c.teacher_id.in_(self._named()))
        written = [normalise_email(name) for name in self.names]
        return sa.or_(trainer.c.email.in_(written), trainer.c.email.in_(addresses))

    def _named(self) -> sa.Select[tuple[int]]:
        """The teachers whom the names are: an identifiant of the roster, or an address of one person."""
        written = [normalise_email(name) for name in self.names]
        mailed = sa.select(mailbox.c.teacher_id).where(mailbox.c.email.in_(written))
        return sa.select(teacher.c.id).where(sa.or_(teacher.c.identifiant.in_(self.names), teacher.c.id.in_(mailed)))


EVERYTHING = Scope("operateur")
"""The operator's scope."""
