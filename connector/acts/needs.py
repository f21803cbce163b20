"""Recording the training needs of schools and withdrawing them: an IEN of their schools, an operator of all."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.acts.leading import refuse_unless_overseer
from connector.acts.typed_needs import COLUMNS, Known, Typed, UnfitNeedsError, read_typed
from connector.attendance.cells import read_rows
from connector.errors import DataError
from connector.language import N_, _
from connector.ledger.instants import now_us
from connector.ledger.needs import find_need, put_need, withdraw_need
from connector.ledger.schema import balance, mailbox, teacher
from connector.ledger.schools import read_schools
from connector.obligation.closed_years import refuse_closed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.ledger.schools import School
    from scenarios.calendar import SchoolYear


class Choices(NamedTuple):
    """What the catalogue lets a need ask for: themes, and the codes of its bands of duration."""

    themes: tuple[str, ...]
    durees: tuple[str, ...]


class Entered(NamedTuple):
    """The numbers of the needs that were recorded, and how many were there already."""

    numbers: tuple[int, ...]
    known: int


def enter_needs(ledger: Ledger, who: Asker, typed: Sequence[Typed], choices: Choices, *, year: SchoolYear) -> Entered:
    """Record needs, all or none, each journalled; one that says what another one in force says changes nothing.

    Raises ConfigError for who may not, UnfitNeedsError with everything that is wrong, DataError for a closed year.
    """
    _check_recorder(ledger, who)
    numbers, known = [], 0
    try:
        with ledger.write() as connection:
            refuse_closed(connection, year)
            for said in read_typed(typed, _known(connection, who, choices, year)):
                numero = put_need(connection, said, who.author, now_us())
                numbers += [] if numero is None else [numero]
                known += numero is None
    except UnfitNeedsError as exc:
        for school in dict.fromkeys(exc.strangers):
            who.refuse(ledger, school, demande="besoin.saisir")
        raise
    return Entered(tuple(numbers), known)


def typed_in(data: bytes, name: str) -> list[Typed]:
    """Read a file of needs, CSV, XLSX or ODS, with the columns COLUMNS; DataError says where it cannot be read."""
    rows = read_rows(data, name, COLUMNS)
    if not rows:
        raise DataError(_("{fichier} : aucun besoin sous l'en-tête.", fichier=name))
    return [Typed(**row.cells, place=row.place) for row in rows]


def withdraw(ledger: Ledger, who: Asker, numero: int) -> None:
    """Withdraw a need, journalled; ConfigError for who may not, DataError for one not theirs or withdrawn already."""
    _check_recorder(ledger, who)
    with ledger.write() as connection:
        found = find_need(connection, who.scope, numero)
        if found is not None and found.withdrawn_us is None:
            withdraw_need(connection, numero, who.author, now_us())
            return
    if found is None:
        who.refuse(ledger, str(numero), demande="besoin.retirer")
        raise DataError(
            _("Il n'y a pas de besoin n° {numero} dans votre périmètre.", numero=numero),
            remedy=_("Voir les besoins : parcours besoins lister."),
        )
    raise DataError(_("Le besoin n° {numero} est déjà retiré.", numero=numero))


def schools_of(connection: sa.Connection, who: Asker, year: SchoolYear) -> dict[str, School]:
    """Return the schools of which somebody may record needs, by UAI: those with teachers in that year."""
    seen = sa.select(balance.c.uai).where(who.scope.balances(), balance.c.annee_scolaire == str(year))
    found = read_schools(connection, str(year), seen)
    everything, mine = who.scope.everything, who.scope.names
    return {uai: school for uai, school in found.items() if everything or school.circonscription in mine}


def _check_recorder(ledger: Ledger, who: Asker) -> None:
    refuse_unless_overseer(ledger, who, "besoins", N_("saisissent les besoins"), N_("Dites-les à votre IEN."))


def _known(connection: sa.Connection, who: Asker, choices: Choices, year: SchoolYear) -> Known:
    schools = schools_of(connection, who, year)
    if not schools:
        raise DataError(
            _("Aucune école de votre périmètre n'a d'enseignant en {annee}.", annee=year),
            remedy=_("Importez les personnels, puis « parcours rapprocher --annee {annee} ».", annee=year),
        )
    query = (
        sa.select(balance.c.uai, teacher.c.id, teacher.c.identifiant, mailbox.c.email)
        .join(teacher, teacher.c.id == balance.c.teacher_id)
        .outerjoin(mailbox, mailbox.c.teacher_id == teacher.c.id)
        .where(who.scope.balances(), balance.c.annee_scolaire == str(year))
    )
    people: dict[str, dict[str, int]] = defaultdict(dict)
    for row in connection.execute(query):
        people[row.uai] |= {row.identifiant: row.id, **({row.email: row.id} if row.email else {})}
    return Known(str(year), schools, people, choices.themes, choices.durees)
