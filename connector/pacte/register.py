"""The pacte's register in the ledger: missions given, hours entered, bilans handed in. Its own tables, and no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from connector.errors import DataError
from connector.language import N_, _
from connector.ledger.journal import record
from connector.ledger.schema import pacte_hours, pacte_mission, service, teacher
from connector.pacte.missions import nomenclature
from connector.pacte.standing import Engagement, last_day
from scenarios.calendar import SchoolYear
from xapi.upsert import upsert

if TYPE_CHECKING:
    from datetime import date

    from connector.pacte.missions import Mission


class Key(NamedTuple):
    """A mission of a teacher in a school year."""

    teacher_id: int
    annee_scolaire: str
    mission: str


class Act(NamedTuple):
    """Who writes in the register and when (microseconds since 1970 UTC), about whom: for the journal."""

    author: str
    at_us: int
    identifiant: str


def engagements(connection: sa.Connection, year: SchoolYear, seen: sa.ColumnElement[bool]) -> list[Engagement]:
    """Return the missions of a year of the teachers that `seen`, a condition on `teacher`, lets be seen."""
    done = (
        sa.select(sa.func.coalesce(sa.func.sum(pacte_hours.c.minutes), 0))
        .where(*(pacte_hours.c[name] == pacte_mission.c[name] for name in Key._fields))
        .scalar_subquery()
    )
    query = (
        sa.select(pacte_mission, *(teacher.c[name] for name in _NAMED), done.label("done"), *_home())
        .join(teacher, teacher.c.id == pacte_mission.c.teacher_id)
        .where(pacte_mission.c.annee_scolaire == str(year), seen)
    )
    return [
        Engagement(
            identifiant=row.identifiant,
            nom=row.nom,
            prenom=row.prenom,
            degre=row.degre or "1D",
            circonscription=row.circonscription or "",
            year=year,
            mission=nomenclature().mission(row.mission),
            demi_part=row.demi_part,
            done_min=row.done,
            bilan_le=row.bilan_le,
        )
        for row in sorted(connection.execute(query), key=_by_name)
    ]


def _by_name(row: sa.Row[Any]) -> tuple[str, ...]:
    return (row.nom, row.prenom, row.identifiant, row.mission)


def give(connection: sa.Connection, key: Key, act: Act, *, half: bool) -> bool:
    """Give a mission, whole or half; False where it was given so already. DataError where it is not for them."""
    mission = nomenclature().mission(key.mission)
    degree = connection.scalar(sa.select(*_home(key.teacher_id)[:1])) or "1D"
    if degree not in mission.degres:
        raise DataError(
            _("La mission « {code} » n'est pas ouverte au {degrees}.", code=mission.code, degrees=_(_DEGREES[degree])),
            remedy=_("Voir à qui chacune est ouverte : parcours pacte missions."),
        )
    if half and mission.demi_part_min is None:
        raise DataError(
            _("La mission « {code} » est un forfait annuel : elle n'a pas de demi-part.", code=mission.code)
        )
    known = _known(connection, key)
    if known is not None and known.demi_part == half:
        return False
    upsert(connection, pacte_mission, [key._asdict() | {"demi_part": half, "bilan_le": None}], update=["demi_part"])
    _note(connection, act, "pacte.confier", key, demi_part=int(half))
    return True


def take_back(connection: sa.Connection, key: Key, act: Act) -> None:
    """Take a mission off the register; DataError for one that was not given, or for which hours are entered."""
    _given(connection, key)
    if connection.scalar(sa.select(sa.exists().where(*_is(pacte_hours, key)))):
        raise DataError(
            _(
                "Des heures sont saisies pour la mission « {mission} » : elle ne peut pas être retirée.",
                mission=key.mission,
            ),
            remedy=_("Remettez-les d'abord à zéro : parcours pacte saisir … --heures 0 --date JOUR."),
        )
    connection.execute(pacte_mission.delete().where(*_is(pacte_mission, key)))
    _note(connection, act, "pacte.retirer", key)


def enter(connection: sa.Connection, key: Key, act: Act, *, jour: date, minutes: int) -> int:
    """Say how many minutes were done on a day, instead of what was said of it before (0 takes it away).

    Returns the minutes done in all. DataError for a lump, for a mission that was not given, or out of its time.
    """
    mission = nomenclature().mission(key.mission)
    row = _given(connection, key)
    if mission.minutes is None:
        raise DataError(
            _("La mission « {code} » est un forfait annuel : ses heures ne se comptent pas.", code=mission.code)
        )
    others = sa.select(sa.func.coalesce(sa.func.sum(pacte_hours.c.minutes), 0)).where(
        *_is(pacte_hours, key), pacte_hours.c.jour != jour
    )
    before = connection.scalar(others) or 0
    _in_time(key, mission, jour, half=row.demi_part, done=before)
    connection.execute(pacte_hours.delete().where(*_is(pacte_hours, key), pacte_hours.c.jour == jour))
    if minutes:
        connection.execute(pacte_hours.insert().values(**key._asdict(), jour=jour, minutes=minutes))
    _note(connection, act, "pacte.saisir", key, jour=jour.isoformat(), minutes=minutes)
    return before + minutes


def hand_in(connection: sa.Connection, key: Key, act: Act, *, jour: date | None) -> None:
    """Say when the bilan was handed in, or with None that it was not; DataError where the mission has none."""
    mission = nomenclature().mission(key.mission)
    _given(connection, key)
    if mission.bilan_quand is None:
        raise DataError(_("La nomenclature ne demande pas de bilan pour la mission « {code} ».", code=mission.code))
    connection.execute(pacte_mission.update().where(*_is(pacte_mission, key)).values(bilan_le=jour))
    _note(connection, act, "pacte.bilan", key, jour=jour.isoformat() if jour else None)


_NAMED = ("identifiant", "nom", "prenom")
_DEGREES = {"1D": N_("premier degré"), "2D": N_("second degré")}


def _home(teacher_id: int | None = None) -> list[sa.Label[str]]:
    """The degree and circonscription of a teacher's last service; of the outer query's mission by default."""
    who = pacte_mission.c.teacher_id if teacher_id is None else sa.literal(teacher_id)
    return [
        sa.select(service.c[name])
        .where(service.c.teacher_id == who)
        .order_by(service.c.end_us.desc(), service.c.id)
        .limit(1)
        .scalar_subquery()
        .label(name)
        for name in ("degre", "circonscription")
    ]


def _is(table: sa.Table, key: Key) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in key._asdict().items()]


def _known(connection: sa.Connection, key: Key) -> sa.Row[tuple[bool]] | None:
    return connection.execute(sa.select(pacte_mission.c.demi_part).where(*_is(pacte_mission, key))).one_or_none()


def _given(connection: sa.Connection, key: Key) -> sa.Row[tuple[bool]]:
    nomenclature().mission(key.mission)
    row = _known(connection, key)
    if row is None:
        raise DataError(
            _(
                "La mission « {mission} » ne lui est pas confiée en {annee_scolaire}.",
                mission=key.mission,
                annee_scolaire=key.annee_scolaire,
            ),
            remedy=_("Confiez-la d'abord : parcours pacte confier ENSEIGNANT MISSION."),
        )
    return row


def _in_time(key: Key, mission: Mission, jour: date, *, half: bool, done: int) -> None:
    year = SchoolYear.parse(key.annee_scolaire)
    last = last_day(year, mission.owed(half=half) or 0, done)
    if not year.start <= jour <= last:
        raise DataError(
            _(
                "Le {jour:%d/%m/%Y} n'est pas du temps de cette mission ({start:%d/%m/%Y} au {last:%d/%m/%Y}).",
                jour=jour,
                start=year.start,
                last=last,
            ),
            remedy=_("Le report au 31 octobre demande que la moitié des heures soit faite."),
        )


def _note(connection: sa.Connection, act: Act, action: str, key: Key, **detail: str | int | None) -> None:
    record(
        connection, act.at_us, act.author, action, act.identifiant, mission=key.mission, annee=key.annee_scolaire,
        **detail,
    )  # fmt: skip
