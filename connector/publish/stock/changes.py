"""A plan of core services told as any plan is: change by change, field by field. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.slot_mark import read_mark
from connector.publish.changes import Change, FieldChange, Plan
from connector.publish.removed import CANCELLED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.moodle.course_functions import CalendarEvent, NewEvent
    from connector.moodle.document import Publication
    from connector.publish.changes import Origin
    from connector.publish.stock.plan import StockPlan
    from connector.publish.stock.state import StockCourse


def told(wanted: Publication, found: StockCourse, plan: StockPlan, *, new: bool = False) -> Plan:
    """Return what `plan` does to the course `found`, a copy still to be made when `new`; there is nothing to send."""
    of = {kind: [one for one in plan.changes if one.kind == kind] for kind in ("groupe", "inscription", "activite")}
    people = sorted(of["inscription"], key=lambda one: (one.action, one.key))
    changes = (*_course(wanted, found, plan, new=new), *of["groupe"], *people, *_events(found, plan), *of["activite"])
    touched = {change.key for change in changes if change.kind == "activite"}
    return Plan(
        publication=None,
        changes=changes,
        unchanged=tuple(key for key in plan.ties.found if key not in touched),
        unknown_people=plan.people.unknown,
        drift=plan.drift,
        overwrites=plan.overwrites,
        unlisted=plan.unlisted,
        remarks=plan.remarks,
        prepared=plan.prepared,
    )


def _course(wanted: Publication, found: StockCourse, plan: StockPlan, *, new: bool) -> Iterator[Change]:
    """Yield the change of the course; its idnumber is what the session is known by, and always ours."""
    name = wanted.course.fullname if wanted.course else wanted.code
    if new:
        yield Change("creer", "cours", wanted.code, name)
        return
    details = [detail for change in plan.changes if change.kind == "cours" for detail in change.details]
    if "idnumber" in plan.course:
        details.append(FieldChange("idnumber", found.course.idnumber, wanted.code))
    if details:
        yield Change("modifier", "cours", wanted.code, name, tuple(details))


def _events(found: StockCourse, plan: StockPlan) -> Iterator[Change]:
    """Yield the slots: Moodle cannot change an event, so that one which differs is deleted and created."""
    known = {event.id: event for event in found.events}
    origins = {(one.key, detail.name): detail.origin for one in plan.drift for detail in one.details}
    gone: dict[str, CalendarEvent] = {}
    for number in plan.events.delete:
        mark = read_mark(known[number].description)
        gone[mark.uuid if mark else str(number)] = known[number]
    for event in plan.events.create:
        mark = read_mark(event.description)
        key = mark.uuid if mark else event.name
        yield _event(key, event, gone.pop(key, None), origins)
    yield from (Change("retirer", "evenement", key, event.name) for key, event in gone.items())


def _event(
    key: str, event: NewEvent, before: CalendarEvent | None, origins: Mapping[tuple[str, str], Origin]
) -> Change:
    if before is None:
        return Change("creer", "evenement", key, event.name)
    pairs = (
        ("name", before.name, event.name),
        ("start", before.timestart, event.start),
        ("minutes", before.timeduration // 60, event.seconds // 60),
        ("description", before.description or "", event.description),
    )
    details = tuple(
        FieldChange(name, old, new, origins.get((key, name), "auteur")) for name, old, new in pairs if old != new
    )
    action = "annuler" if event.name.startswith(CANCELLED) else "modifier"
    return Change(action, "evenement", key, before.name, details)  # type: ignore[arg-type]  # one of two actions
