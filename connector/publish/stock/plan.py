"""What core services must write so that a course holds what they can of a session. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from connector.errors import DataError
from connector.language import _
from connector.publish.changes import unlisted
from connector.publish.stage import is_prepared
from connector.publish.stock.dates import another_day, dates_of, event_of
from connector.publish.stock.differences import differences
from connector.publish.stock.roles import RoleNumber, roles_of, unknown_role
from connector.publish.stock.settled import settle
from connector.publish.stock.slots import EventPlan, plan_events
from connector.publish.stock.ties import Ties, groups_of, tie
from connector.publish.versions import version_remarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.moodle.document import Publication
    from connector.publish.changes import Change
    from connector.publish.comparison import Comparison
    from connector.publish.stock.differences import Difference
    from connector.publish.stock.settled import Settled
    from connector.publish.stock.state import StockCourse


@dataclass(frozen=True)
class People:
    """Enrolments and groups to write: `enrol` are user and role ids, `join` user ids and group names.

    `leave` are group and user ids; `unknown` e-mails without an account, or with several. `given` are the roles of
    `enrol`, with where their numbers are known from.
    """

    enrol: tuple[tuple[int, int], ...]
    join: tuple[tuple[int, str], ...]
    leave: tuple[tuple[int, int], ...]
    unknown: tuple[str, ...]
    given: tuple[RoleNumber, ...] = ()


class Move(NamedTuple):
    """A date of an activity to move with its event: the setting, the event's id, its instants before and after."""

    idnumber: str
    name: str
    setting: str
    event: int
    before: int
    after: int


@dataclass(frozen=True)
class StockPlan:
    """Everything to write, in this order, and what is left to a person.

    `course` are its fields to change, `groups` names by idnumber to create. `changes` tell what is written, but for the
    calendar; they, `drift`, `overwrites`, `unlisted`, `remarks` and `prepared` are as in `changes.Plan`.
    """

    ties: Ties
    course: Mapping[str, str | int]
    groups: Mapping[str, str]
    people: People
    events: EventPlan
    moves: tuple[Move, ...]
    show: tuple[int, ...]
    hide: tuple[int, ...]
    by_hand: tuple[Difference, ...]
    unlisted: tuple[str, ...]
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    overwrites: bool
    remarks: tuple[str, ...]
    prepared: bool

    @property
    def writes(self) -> bool:
        """Whether anything is to be written."""
        people, events = self.people, self.events
        return any(
            (self.course, self.groups, people.enrol, people.join, people.leave, events.create, events.delete,
             self.moves, self.show, self.hide)
        )  # fmt: skip


def make_stock_plan(
    wanted: Publication, found: StockCourse, compare: Comparison, roles: Mapping[str, int] | None = None
) -> StockPlan:
    """Return what separates the course from the session, three ways.

    `roles` are the numbers of roles that the configuration says. Raises `DataError` when the course, or the session's
    code, is another session's, or when the number of a role to give cannot be known; and what `tie` and
    `version_remarks` raise.
    """
    _refuse_foreign(wanted, found)
    ties = tie(wanted, found.course.id, found.modules)
    settled = settle(wanted, found, ties, compare)
    here = settled.wanted
    show, hide = _visibility(settled, ties)
    known = groups_of(here, found.groups)
    return StockPlan(
        ties=ties,
        course=_course(here, found),
        groups={group.idnumber: group.name for group in here.groups or () if group.name not in known},
        people=_people(here, found, roles or {}),
        events=plan_events(wanted.code, here.events or (), found.events, settled.left_slots),
        moves=tuple(_moves(here, found, ties)),
        show=show,
        hide=hide,
        by_hand=differences(here, found, ties),
        unlisted=unlisted(wanted, ((one.email, role.shortname) for one in found.people for role in one.roles)),
        changes=settled.changes,
        drift=settled.drift,
        overwrites=compare.overwrite,
        remarks=version_remarks(wanted, compare.reference),
        prepared=is_prepared(wanted),
    )


def _refuse_foreign(wanted: Publication, found: StockCourse) -> None:
    course = found.course
    if course.idnumber and course.idnumber != wanted.code:
        raise DataError(
            _(
                "Le cours {id} (« {fullname} ») est celui de la session {idnumber}.",
                id=course.id,
                fullname=course.fullname,
                idnumber=course.idnumber,
            ),
            remedy=_("Donnez le numéro du cours restauré pour cette session."),
        )
    for other in found.namesakes:
        raise DataError(
            _(
                "Le code {code} est déjà celui du cours {id} (« {fullname} »).",
                code=wanted.code,
                id=other.id,
                fullname=other.fullname,
            ),
            remedy=_(
                "Si c'est le bon cours, relancez avec --cours {id} ; sinon, changez le code de la session.", id=other.id
            ),
        )


def _course(wanted: Publication, found: StockCourse) -> dict[str, str | int]:
    if wanted.course is None:
        return {}
    dates = {"startdate": wanted.course.startdate, "enddate": wanted.course.enddate}
    fields: dict[str, str | int] = {
        "shortname": wanted.course.shortname,
        "fullname": wanted.course.fullname,
        "idnumber": wanted.code,
        **dates,
        "visible": int(wanted.course.visible),
    }
    changed = {key: value for key, value in fields.items() if getattr(found.course, key) != value}
    return {**changed, **dates} if changed.keys() & dates.keys() else changed


def _people(wanted: Publication, found: StockCourse, chosen: Mapping[str, int]) -> People:
    roles = roles_of(found, chosen)
    inside = {person.email.lower(): person for person in found.people if person.email}
    names = {group.id: name for name, group in groups_of(wanted, found.groups).items()}
    enrol: list[tuple[int, int]] = []
    join: list[tuple[int, str]] = []
    leave: list[tuple[int, int]] = []
    unknown: list[str] = []
    given: list[RoleNumber] = []
    for one in wanted.enrolments or ():
        person = inside.get(one.email)
        user = found.user(one.email)
        if user is None:
            unknown.append(one.email)
            continue
        if person is None or one.role not in {role.shortname for role in person.roles}:
            if one.role not in roles:
                raise unknown_role(one.role, found)
            enrol.append((user, roles[one.role].number))
            given.append(roles[one.role])
        held = {names[group.id] for group in person.groups if group.id in names} if person else set()
        join += [(user, name) for name in one.groups if name not in held]
        extra = held - set(one.groups)
        leave += [(number, user) for number, name in names.items() if name in extra]
    return People(*(tuple(dict.fromkeys(part)) for part in (enrol, join, leave, unknown, given)))  # type: ignore[arg-type]


def _moves(wanted: Publication, found: StockCourse, ties: Ties) -> Iterator[Move]:
    """Yield the activities' own events that are on another day than the session says."""
    pairs = [(one, ties.found[one.idnumber]) for one in wanted.activities or () if one.idnumber in ties.found]
    for one, module in pairs:
        for setting, target, current in dates_of(one, module):
            event = event_of(found, module, setting)
            if event is not None and another_day(target, current):
                yield Move(one.idnumber, one.name, setting, event, current, target)


def _visibility(settled: Settled, ties: Ties) -> tuple[tuple[int, ...], tuple[int, ...]]:
    activities = settled.wanted.activities or ()
    pairs = [(one, ties.found[one.idnumber]) for one in activities if one.idnumber in ties.found]
    pairs = [(one, module) for one, module in pairs if "visible" not in one.leave]
    show = [module.cmid for one, module in pairs if one.visible and not module.shown.visible]
    hide = [module.cmid for one, module in pairs if not one.visible and module.shown.visible]
    gone = [module.cmid for module in ties.gone if module.shown.visible and module.cmid not in settled.left_modules]
    return tuple(show), (*hide, *gone)
