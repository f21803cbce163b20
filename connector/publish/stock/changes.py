"""A plan of core services told as any plan is: change by change, field by field. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.slot_mark import read_mark
from connector.publish.changes import Change, FieldChange, Plan, who
from connector.publish.differences import SETTINGS
from connector.publish.stock.plan import roles_of
from connector.publish.stock.slots import CANCELLED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.course_functions import CalendarEvent, NewEvent
    from connector.moodle.document import Publication
    from connector.publish.stock.plan import StockPlan
    from connector.publish.stock.state import StockCourse


def told(wanted: Publication, found: StockCourse, plan: StockPlan, *, new: bool = False) -> Plan:
    """Return what `plan` does to the course `found`, a copy still to be made when `new`; there is nothing to send."""
    changes = (
        *([] if wanted.course is None else [_course(wanted.code, wanted.course.fullname, found, plan, new=new)]),
        *(Change("creer", "groupe", key, name) for key, name in plan.groups.items()),
        *_people(wanted, found, plan),
        *_events(found, plan),
        *_dates(plan),
        *_visibility(plan),
    )
    changes = tuple(change for change in changes if change.details or change.action in {"creer", "retirer"})
    touched = {change.key for change in changes if change.kind == "activite"}
    return Plan(
        publication=None,
        changes=changes,
        unchanged=tuple(key for key in plan.ties.found if key not in touched),
        unknown_people=plan.people.unknown,
        unlisted=plan.unlisted,
    )


def _course(code: str, name: str, found: StockCourse, plan: StockPlan, *, new: bool) -> Change:
    if new:
        return Change("creer", "cours", code, name)
    pairs = [(key, getattr(found.course, key), after) for key, after in plan.course.items()]
    details = (
        FieldChange(key, before, bool(after) if key == "visible" else after)
        for key, before, after in pairs
        if before != after
    )
    return Change("modifier", "cours", code, name, tuple(details))


def _people(wanted: Publication, found: StockCourse, plan: StockPlan) -> Iterator[Change]:
    """Yield the enrolments to make, and the changes of group of those who are enrolled already."""
    emails = {number: email for email, users in found.accounts.items() for number in (user.id for user in users)}
    emails |= {person.id: person.email.lower() for person in found.people}
    names = {number: role for role, number in roles_of(found).items()}
    enrolled = {who(emails[user], names[role]) for user, role in plan.people.enrol}
    yield from (Change("creer", "inscription", key, key) for key in sorted(enrolled))
    groups = {group.id: group.name for group in found.groups}
    ours = {group.name for group in wanted.groups or ()}
    moved = {user for user, _ in plan.people.join} | {user for _, user in plan.people.leave}
    held = {
        person.email.lower(): sorted({groups.get(one.id, "") for one in person.groups} & ours)
        for person in found.people
        if person.id in moved
    }
    for one in wanted.enrolments or ():
        key = who(one.email, one.role)
        if one.email in held and key not in enrolled:
            details = FieldChange("groups", list(held[one.email]), list(one.groups))
            yield Change("modifier", "inscription", key, key, (details,))


def _events(found: StockCourse, plan: StockPlan) -> Iterator[Change]:
    """Yield the slots: Moodle cannot change an event, so that one which differs is deleted and created."""
    known = {event.id: event for event in found.events}
    gone: dict[str, CalendarEvent] = {}
    for number in plan.events.delete:
        mark = read_mark(known[number].description)
        gone[mark.uuid if mark else str(number)] = known[number]
    for event in plan.events.create:
        mark = read_mark(event.description)
        key = mark.uuid if mark else event.name
        yield _event(key, event, gone.pop(key, None))
    yield from (Change("retirer", "evenement", key, event.name) for key, event in gone.items())


def _event(key: str, event: NewEvent, before: CalendarEvent | None) -> Change:
    if before is None:
        return Change("creer", "evenement", key, event.name)
    pairs = (
        ("name", before.name, event.name),
        ("start", before.timestart, event.start),
        ("minutes", before.timeduration // 60, event.seconds // 60),
        ("description", before.description or "", event.description),
    )
    details = tuple(FieldChange(name, old, new) for name, old, new in pairs if old != new)
    action = "annuler" if event.name.startswith(CANCELLED) else "modifier"
    return Change(action, "evenement", key, before.name, details)  # type: ignore[arg-type]  # one of two actions


def _dates(plan: StockPlan) -> Iterator[Change]:
    for move in plan.moves:
        details = FieldChange(f"{SETTINGS}{move.setting}", move.before, move.after)
        yield Change("modifier", "activite", move.idnumber, move.name, (details,))


def _visibility(plan: StockPlan) -> Iterator[Change]:
    tied = {module.cmid: key for key, module in plan.ties.found.items()}
    modules = {module.cmid: module for module in (*plan.ties.found.values(), *plan.ties.gone)}
    for cmid in (*plan.show, *plan.hide):
        shown = FieldChange("visible", modules[cmid].shown.visible, cmid in plan.show)
        key = tied.get(cmid, modules[cmid].idnumber)
        yield Change("modifier" if cmid in tied else "masquer", "activite", key, modules[cmid].shown.name, (shown,))
