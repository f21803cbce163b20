"""A session for its trainer: who has done what, who waits for an attestation, whom to write to. Reads the ledger."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from connector.ledger import schema
from connector.ledger.instants import now
from connector.ledger.mailboxes import shared_addresses
from connector.ledger.schema import MAX_US
from connector.ledger.stage import standing
from connector.ledger.states import act_states, last_states
from connector.ledger.versions import newest
from connector.obligation.explain import local_day
from connector.reports.classroom import read_applied, read_in_class
from connector.reports.participant import Activity, Cell, Participant
from connector.reports.session_model import SessionReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from connector.ledger.scope import Scope


def read_session(connection: sa.Connection, scope: Scope, code: str) -> SessionReport | None:
    """Return a session whose people the scope shows, with those whom it shows; None for another one."""
    table = schema.session
    found = connection.execute(sa.select(table).where(table.c.code == code, scope.rolls())).mappings().one_or_none()
    if found is None:
        return None
    known = standing(connection, code)
    return SessionReport.of(
        dict(found),
        made_at=now(ZoneInfo(found["fuseau"])),
        formateurs=_trainers(connection, code),
        activities=_activities(connection, code),
        people=tuple(sorted(_people(connection, scope, found), key=_by_name)),
        in_class=tuple(Activity(*one) for one in read_in_class(connection, code)),
        etape=known.stage if known else "ouverte",
    )


def _trainers(connection: sa.Connection, code: str) -> tuple[tuple[str, str], ...]:
    """Return the name, or address, and the role of each trainer."""
    trainer, teacher, mailbox = schema.trainer, schema.teacher, schema.mailbox
    query = (
        sa.select(trainer.c.email, trainer.c.role, teacher.c.prenom, teacher.c.nom)
        .outerjoin(mailbox, mailbox.c.email == trainer.c.email)
        .outerjoin(teacher, teacher.c.id == mailbox.c.teacher_id)
        .where(trainer.c.code == code)
    )
    found = sorted(connection.execute(query), key=lambda row: (row.role, row.email))
    return tuple((f"{row.prenom} {row.nom}" if row.nom else row.email, row.role) for row in found)


def _activities(connection: sa.Connection, code: str) -> tuple[Activity, ...]:
    """Return the activities of the newest publication that count, in order, and those removed that have lines."""
    table, line = schema.activity, schema.line
    has_lines = sa.exists().where(line.c.code == table.c.code, line.c.activity_id == table.c.activity_id)
    query = (
        sa.select(*table.c["activity_id", "titre", "modalite", "duree_min"])
        .where(table.c.code == code, newest(table), table.c.credite, sa.or_(table.c.gone_us == MAX_US, has_lines))
        .order_by(table.c.position, table.c.activity_id)
    )
    return tuple(Activity(*row) for row in connection.execute(query))


def _people(connection: sa.Connection, scope: Scope, found: sa.RowMapping) -> Iterator[Participant]:
    """Yield those on the list, then those who have a line without being on it; everybody once.

    Who is on the list by an address of several people stands there for it, if a line tells that they took part.
    """
    code, year = found["code"], found["annee_scolaire"]
    attested = _attested(connection, code, found["fuseau"]) if found["validation"] == "attestation" else {}
    applied = read_applied(connection, code, found["fuseau"])
    listed = connection.execute(_listed(scope, code, year)).mappings().all()
    known = {row["teacher_id"] for row in listed}
    lines = connection.execute(_others(scope, code, year)).mappings()
    others = {row["teacher_id"]: row for row in lines if row["teacher_id"] not in known}
    cells = _cells(connection, code, found["fuseau"], [one for one in (*known, *others) if one is not None])
    sharers = _sharers(connection, [row["email"] for row in listed if row["teacher_id"] is None])
    for row in listed:
        shared = sharers.get(row["email"], ()) if row["teacher_id"] is None else ()
        bearers = [others.pop(teacher_id) for teacher_id in shared if teacher_id in others]
        for said in bearers or [row]:
            on_list = {**said, "email": row["email"], "groupe": row["groupe"]}
            yield _participant(on_list, cells, attested, applied, listed=True, shared=bool(shared))
    emails = _emails(connection, list(others))
    for teacher_id, row in others.items():
        yield _participant({**row, "email": emails.get(teacher_id, "")}, cells, attested, applied, listed=False)


def _emails(connection: sa.Connection, teachers: list[int]) -> dict[int, str]:
    """Return the address by which each of these teachers is shown: the roster's main one, else the first."""
    mailbox = schema.mailbox
    borne: dict[int, list[tuple[bool, str]]] = defaultdict(list)
    for row in connection.execute(sa.select(mailbox).where(mailbox.c.teacher_id.in_(teachers))):
        borne[row.teacher_id].append((not row.main, row.email))
    return {teacher_id: min(addresses)[1] for teacher_id, addresses in borne.items()}


def _sharers(connection: sa.Connection, addresses: list[str]) -> dict[str, list[int]]:
    """Return the teachers of each of these addresses that is several people's."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in connection.execute(shared_addresses(addresses)):
        found[row.email].append(row.teacher_id)
    return found


def _listed(scope: Scope, code: str, year: str) -> sa.Select[Any]:
    participant, mailbox, teacher, place = schema.participant, schema.mailbox, schema.teacher, _place(year)
    return (
        sa.select(
            participant.c.email,
            participant.c.groupe,
            teacher.c.id.label("teacher_id"),
            *teacher.c["identifiant", "nom", "prenom"],
            *place.c["uai", "ecole", "circonscription"],
        )
        .select_from(participant)
        .outerjoin(mailbox, mailbox.c.email == participant.c.email)
        .outerjoin(teacher, teacher.c.id == mailbox.c.teacher_id)
        .outerjoin(place, place.c.teacher_id == teacher.c.id)
        .where(participant.c.code == code, scope.people_of(teacher.c.id, year))
    )


def _others(scope: Scope, code: str, year: str) -> sa.Select[Any]:
    """Select those who have a line: evidence is what gives one to who is not listed, and is found by session."""
    line, teacher, place, said = schema.line, schema.teacher, _place(year), schema.resolution
    credited = (line.c.teacher_id == teacher.c.id, line.c.code == code, line.c.motif.is_distinct_from("formateur"))
    return (
        sa.select(
            sa.null().label("groupe"),
            teacher.c.id.label("teacher_id"),
            *teacher.c["identifiant", "nom", "prenom"],
            *place.c["uai", "ecole", "circonscription"],
        )
        .select_from(teacher)
        .outerjoin(place, place.c.teacher_id == teacher.c.id)
        .where(
            teacher.c.id.in_(sa.select(said.c.teacher_id).where(said.c.code == code, said.c.teacher_id.is_not(None))),
            sa.exists().where(*credited),
            scope.people_of(teacher.c.id, year),
        )
    )


def _place(year: str) -> sa.Subquery:
    """Where each teacher serves, as the balance of the year says."""
    balance = schema.balance
    return (
        sa.select(*balance.c["teacher_id", "uai", "ecole", "circonscription"])
        .where(balance.c.annee_scolaire == year)
        .subquery("place")
    )


def _participant(
    row: Mapping[str, Any],
    cells: dict[int, dict[str, Cell]],
    attested: dict[int, date],
    applied: dict[int, dict[str, date | None]],
    *,
    listed: bool,
    shared: bool = False,
) -> Participant:
    return Participant(
        identifiant=row["identifiant"] or "",
        nom=row["nom"] or row["email"],
        prenom=row["prenom"] or "",
        uai=row["uai"] or "",
        ecole=row["ecole"] or "",
        circonscription=row["circonscription"] or "",
        courriel=row["email"],
        groupe=row["groupe"],
        inscrit=listed,
        partage=shared,
        atteste_le=attested.get(row["teacher_id"]),
        cells=cells.get(row["teacher_id"], {}),
        applied=applied.get(row["teacher_id"], {}),
    )


def _cells(connection: sa.Connection, code: str, fuseau: str, teachers: list[int]) -> dict[int, dict[str, Cell]]:
    """Return what came of each activity for these teachers: lines are found by teacher."""
    line = schema.line
    found: dict[int, dict[str, Cell]] = {}
    for row in connection.execute(sa.select(line).where(line.c.code == code, line.c.teacher_id.in_(teachers))):
        cell = Cell(
            row.decision, row.motif, row.minutes, row.minutes_prevues, row.modalite, local_day(row.instant_us, fuseau)
        )
        found.setdefault(row.teacher_id, {})[row.activity_id] = cell
    return found


def _attested(connection: sa.Connection, code: str, fuseau: str) -> dict[int, date]:
    """Return the day of the attestation in force of each teacher who has one."""
    said = sa.select(schema.resolution.c.teacher_id).where(
        schema.resolution.c.code == code, schema.resolution.c.teacher_id.is_not(None)
    )
    last = last_states(act_states(said)).subquery("last")
    query = sa.select(last.c.teacher_id, last.c.timestamp_us).where(
        last.c.code == code, last.c.kind == "attestation", last.c.state == "done"
    )
    days = {row.teacher_id: local_day(row.timestamp_us, fuseau) for row in connection.execute(query)}
    return {teacher_id: day for teacher_id, day in days.items() if day is not None}


def _by_name(person: Participant) -> tuple[bool, str, str, str]:
    return not person.inscrit, person.nom.casefold(), person.prenom.casefold(), person.courriel
