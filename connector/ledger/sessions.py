"""Sessions in the ledger: what was published, where in Moodle it lives, and whom Moodle knows there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from pydantic import ValidationError

from connector.errors import DataError
from connector.language import _
from connector.ledger import actors, schema
from connector.ledger.erased import erased_people
from connector.ledger.moved_sites import moved_sites
from connector.ledger.one_writer import take_turn
from connector.ledger.partitions import open_years
from connector.ledger.pending import reopen_course, reopen_session
from connector.ledger.projection import Published, SessionRows, project
from connector.ledger.stage import note_stage
from connector.ledger.touch import touch_where
from connector.ledger.unsettled import mark
from scenarios.snapshot import Snapshot
from xapi.names import normalise_email
from xapi.upsert import insert_new, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.ledger.stage import Stage
    from connector.moodle.observation import Observation, ObservedSession

FROM_FILE = "fichier"


class Account(NamedTuple):
    """A Moodle account as the site shows it today."""

    userid: int
    username: str
    email: str


@dataclass(frozen=True)
class Absorbed:
    """The codes of the sessions seen and of those that changed; `problems` are sentences about what was left out.

    `unread` are the sessions that the problems are about.
    """

    seen: tuple[str, ...]
    changed: tuple[str, ...]
    problems: tuple[str, ...]
    unread: frozenset[str] = frozenset()

    def with_more(self, other: Absorbed) -> Absorbed:
        """Return both together."""
        return Absorbed(
            (*self.seen, *other.seen),
            (*self.changed, *other.changed),
            (*self.problems, *other.problems),
            self.unread | other.unread,
        )


def absorb_observation(connection: sa.Connection, site: str, observation: Observation, *, at_us: int) -> Absorbed:
    """Take in what a site says of its sessions: snapshots, course, modules, people.

    A session that cannot be read is left as it was and named in `problems`; the others go on. Call
    `resolve.settle` afterwards.
    """
    take_turn(connection)
    site, erased = moved_sites(connection).site(site), erased_people(connection)
    changed: list[str] = []
    problems: list[str] = []
    unread: set[str] = set()
    for observed in observation.sessions:
        snapshots = _readable(site, observed, problems)
        if len(snapshots) < len(observed.snapshots):
            unread.add(observed.code)
        new = [
            _keep(connection, erased.snapshot(snapshot), site, revision, published_us)
            for revision, published_us, snapshot in snapshots
        ]
        if any(new):
            project_again(connection, observed.code)
        modules = {activity.cmid: activity.idnumber.rpartition("/")[2] for activity in observed.activities}
        moved = link_course(connection, observed.code, site, observed.course.id, modules)
        _note_stage(connection, site, observed, at_us)
        people = (Account(person.id, person.username, person.email) for person in observed.people)
        learn_accounts(connection, site, people, at_us=at_us)
        if any(new) or moved:
            changed.append(observed.code)
    return Absorbed(
        tuple(observed.code for observed in observation.sessions), tuple(changed), tuple(problems), frozenset(unread)
    )


def absorb_snapshot(connection: sa.Connection, snapshot: Snapshot, *, at_us: int) -> bool:
    """Take in a session prepared from files; returns whether it says anything new.

    Its revisions are numbered here. What is the same as the newest publication, wherever that came from, is no
    new one. Call `resolve.settle` afterwards.
    """
    take_turn(connection)
    snapshot = erased_people(connection).snapshot(snapshot)
    history = _history(connection, snapshot.code)
    if history and history[-1].snapshot == snapshot:
        return False
    table = schema.snapshot
    last = connection.scalar(
        sa.select(sa.func.max(table.c.revision)).where(table.c.code == snapshot.code, table.c.source == FROM_FILE)
    )
    _keep(connection, snapshot, FROM_FILE, (last or 0) + 1, at_us)
    project_again(connection, snapshot.code)
    return True


def course_of(connection: sa.Connection, site: str, code: str) -> int | None:
    """Return the Moodle course of a site that holds a session, the newest of several."""
    course, home = schema.course, moved_sites(connection).site(site)
    newest = sa.select(sa.func.max(course.c.course_id)).where(course.c.site == home, course.c.code == code)
    number: int | None = connection.scalar(newest)
    return number


def link_course(connection: sa.Connection, code: str, site: str, course_id: int, modules: Mapping[int, str]) -> bool:
    """Say that a Moodle course holds a session and which activity each of its modules (cmid) is.

    Returns whether that is new; what happened in the course is then resolved again. A module that is no longer
    named stays: its statements are still about that activity.
    """
    take_turn(connection)
    site = moved_sites(connection).site(site)
    course, module = schema.course, schema.module
    rows = [
        {"site": site, "cmid": cmid, "course_id": course_id, "code": code, "activity_id": activity_id}
        for cmid, activity_id in modules.items()
    ]
    here = sa.and_(course.c.site == site, course.c.course_id == course_id)
    known_code = connection.scalar(sa.select(course.c.code).where(here))
    known = {
        (row.cmid, row.code, row.activity_id)
        for row in connection.execute(
            sa.select(module.c.cmid, module.c.code, module.c.activity_id).where(
                module.c.site == site, module.c.course_id == course_id
            )
        )
    }
    if known_code == code and all((row["cmid"], code, row["activity_id"]) in known for row in rows):
        return False
    upsert(connection, course, [{"site": site, "course_id": course_id, "code": code}], update=["code"])
    upsert(connection, module, rows, update=["course_id", "code", "activity_id"])
    reopen_course(connection, site, course_id)
    return True


def known_activities(connection: sa.Connection, code: str) -> frozenset[str]:
    """Return the ids of a session's activities; raise DataError for a session that the ledger does not know."""
    activity = schema.activity
    found = frozenset(connection.scalars(sa.select(activity.c.activity_id).where(activity.c.code == code)))
    if not found:
        raise DataError(
            _("La session « {code} » n'est pas connue et aucun fichier ne porte ce nom.", code=code),
            remedy=_("Donnez le fichier de la session, ou collectez d'abord : parcours collecter."),
        )
    return found


def newest_snapshot(connection: sa.Connection, code: str) -> Snapshot | None:
    """Return the newest publication of a session, wherever it came from; None for a session that is not known."""
    history = _history(connection, code)
    return history[-1].snapshot if history else None


def learn_accounts(connection: sa.Connection, site: str, accounts: Iterable[Account], *, at_us: int) -> None:
    """Remember the names and e-mails that these accounts bear today, beside those that they bore before.

    The account of somebody who was erased is not one of them. Call `resolve.settle` afterwards.
    """
    take_turn(connection)
    site, erased = moved_sites(connection).site(site), erased_people(connection)
    rows = {
        (account.userid, account.username, normalise_email(account.email)): {
            "site": site,
            "userid": account.userid,
            "username": account.username,
            "email": normalise_email(account.email),
            "first_seen_us": at_us,
            "last_seen_us": at_us,
        }
        for account in accounts
        if not erased.bears(site, *account)
    }
    table = schema.moodle_account
    theirs = sa.and_(table.c.site == site, table.c.userid.in_({userid for userid, *_ in rows}))
    held = sa.select(table.c.userid, table.c.username, table.c.email).where(theirs)
    known = {tuple(row) for row in connection.execute(held)}
    upsert(connection, table, list(rows.values()), update=["last_seen_us"])
    new = {userid for userid, *_ in rows.keys() - known}
    if new:
        mark(connection)
        actors.reopen_named(connection, site, new)


def _note_stage(connection: sa.Connection, site: str, observed: ObservedSession, at_us: int) -> None:
    """Keep where the session is in its life; a plugin that does not say it changes nothing of what is known."""
    said = observed.publication
    if not said.published_at:
        return
    stage: Stage = "archivee" if said.archived_at else "preparation" if said.prepared else "ouverte"
    note_stage(connection, site, observed.code, stage, said.archived_at * 1_000_000 or at_us)


def _readable(site: str, observed: ObservedSession, problems: list[str]) -> list[tuple[int, int, Snapshot]]:
    read = []
    for published in observed.snapshots:
        try:
            snapshot = Snapshot.model_validate_json(json.dumps(published.snapshot))
        except ValidationError:
            snapshot = None
        if snapshot is None or snapshot.code != observed.code:
            problems.append(
                _(
                    "L'instantané {revision} de la session {code} sur {site} ne se lit pas : il a été laissé "
                    "de côté. Publiez la session de nouveau avec cette version du programme.",
                    revision=published.revision,
                    code=observed.code,
                    site=site,
                )
            )
        else:
            read.append((published.revision, published.published_at * 1_000_000, snapshot))
    return read


def _keep(connection: sa.Connection, snapshot: Snapshot, source: str, revision: int, published_us: int) -> bool:
    """Add a snapshot; returns whether it was not there yet.

    A revision alone says little: a site that forgot a session, its course deleted, numbers it from 1 again.
    """
    table = schema.snapshot
    key = {
        "code": snapshot.code,
        "source": source,
        "revision": revision,
        "published_us": published_us,
        "sha256": snapshot.fingerprint(),
    }
    known = sa.exists().where(*(table.c[name] == value for name, value in key.items()))
    if connection.scalar(sa.select(known)):
        return False
    insert_new(connection, table, [key | {"body": snapshot.model_dump_json()}])
    return True


def _history(connection: sa.Connection, code: str) -> list[Published]:
    table = schema.snapshot
    return [
        Published(row.published_us, row.revision, Snapshot.model_validate_json(row.body))
        for row in connection.execute(
            sa.select(table)
            .where(table.c.code == code)
            .order_by(table.c.published_us, table.c.source, table.c.revision)
        )
    ]


def project_again(connection: sa.Connection, code: str) -> None:
    """Write what the whole history of a session now says, and have all that rests on it worked out again."""
    rows = project(_history(connection, code))
    _touch_listed(connection, code)
    columns = [column.name for column in schema.session.c if not column.primary_key]
    open_years(connection, [rows.session["annee_scolaire"]])
    upsert(connection, schema.session, [rows.session], update=columns)
    _replace(connection, code, rows)
    _touch_listed(connection, code)
    reopen_session(connection, code)
    course = schema.course
    for row in connection.execute(sa.select(course.c.site, course.c.course_id).where(course.c.code == code)).all():
        reopen_course(connection, row.site, row.course_id)


def _replace(connection: sa.Connection, code: str, rows: SessionRows) -> None:
    for table, said in (
        (schema.activity, rows.activity),
        (schema.slot, rows.slot),
        (schema.participant, rows.participant),
        (schema.trainer, rows.trainer),
    ):
        connection.execute(table.delete().where(table.c.code == code))
        insert_new(connection, table, said)


def _touch_listed(connection: sa.Connection, code: str) -> None:
    """Touch the participants: a slot without a mark is a line too."""
    mailbox, participant = schema.mailbox, schema.participant
    listed = sa.select(mailbox.c.teacher_id).join(participant, participant.c.email == mailbox.c.email)
    touch_where(connection, listed.where(participant.c.code == code))
