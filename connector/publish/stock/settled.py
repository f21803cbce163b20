"""The session as it is to be written into a course: what somebody edited there is told apart, and left. Pure.

Compared are the very things that core services can change; the rest is a person's (`differences.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connector.moodle.document import Enrolment
from connector.publish.changes import ROLES, who
from connector.publish.comparison import Part
from connector.publish.differences import SETTINGS, value
from connector.publish.drift import each, enrolment_key, fingerprint, prints_of
from connector.publish.removed import hiding
from connector.publish.stock.dates import DATES, another_day, dates_of, event_of
from connector.publish.stock.slots import compare_slots, slots_of
from connector.publish.stock.ties import groups_of, last_part

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings, CourseSettings, Publication
    from connector.publish.changes import Change
    from connector.publish.comparison import Comparison
    from connector.publish.stock.state import StockCourse, StockModule
    from connector.publish.stock.ties import Ties

_COURSE = ("shortname", "fullname", "startdate", "enddate", "visible")
_COMPARED = ("visible", *(f"{SETTINGS}{setting}" for setting in DATES))


@dataclass(frozen=True)
class Settled:
    """`wanted` is the session without what is left to Moodle; `changes` are what that brings, but for the calendar.

    `drift` is what somebody edited; `left_slots` are the events (uuids), `left_modules` the activities (numbers) that
    no session wants so, and that stay.
    """

    wanted: Publication
    changes: tuple[Change, ...]
    drift: tuple[Change, ...]
    left_slots: frozenset[str]
    left_modules: frozenset[int]


def settle(wanted: Publication, found: StockCourse, ties: Ties, compare: Comparison) -> Settled:
    """Compare three ways, and return what to write."""
    course, activities = _course(wanted, found, compare), _activities(wanted, found, ties, compare)
    there = groups_of(wanted, found.groups)
    known = {one.idnumber: one for one in wanted.groups or () if one.name in there}
    groups = compare.upserts("groupe", {one.idnumber: one for one in wanted.groups or ()}, known)
    people = _people(wanted, found, {one.name for one in groups.settled.values()}, compare)
    slots, left_slots = compare_slots(wanted.code, wanted.events or (), found.events, compare)
    hidden, left_modules = _hidden(wanted.code, ties, compare)
    update = {
        "course": course.settled.get(wanted.code, wanted.course),
        "groups": tuple(groups.settled.values()),
        "enrolments": _enrolments(wanted, found, people),
        "events": tuple(one for one in wanted.events or () if one.uuid not in slots.missing),
        "activities": tuple(activities.settled.get(one.idnumber, one) for one in wanted.activities or ()),
    }
    parts: tuple[Part[Any], ...] = (course, groups, people, activities, hidden, slots)
    return Settled(
        wanted=wanted.model_copy(update=update),
        changes=tuple(change for part in parts if part is not slots for change in part.changes),
        drift=tuple(change for part in parts for change in part.drift),
        left_slots=left_slots,
        left_modules=left_modules,
    )


def stock_prints(wanted: Publication, found: StockCourse, ties: Ties) -> dict[str, JsonValue]:
    """Return the prints of what is published into a course: dates to the day, as Moodle moves them."""
    prints = prints_of(wanted, {one.email for one in wanted.enrolments or () if found.user(one.email) is not None})
    kept = {
        "evenement": each(slots_of(wanted.code, wanted.events or ())),
        "activite": {one.idnumber: _activity_prints(one, ties) for one in wanted.activities or ()},
    }
    objects: JsonValue = {**prints["objects"], **kept}  # type: ignore[dict-item]  # a mapping, as `prints_of` makes it
    return {"objects": objects, "parcours": prints["parcours"]}


def halfway_prints(wanted: Publication, found: StockCourse) -> dict[str, JsonValue]:
    """Return the prints of people who have left groups, and have not joined others yet."""
    names = {group.id: name for name, group in groups_of(wanted, found.groups).items()}
    held = {person.email.lower(): {names.get(group.id) for group in person.groups} for person in found.people}
    left: JsonValue = {
        enrolment_key(wanted.code, one): {
            "groups": fingerprint([name for name in one.groups if name in held[one.email]])
        }
        for one in wanted.enrolments or ()
        if one.email in held
    }
    return {"objects": {"inscription": left}}


def _activity_prints(one: ActivitySettings, ties: Ties) -> JsonValue:
    said: dict[str, JsonValue] = {"visible": fingerprint(one.visible)}
    module = ties.found.get(one.idnumber)
    for setting, target, current in dates_of(one.held_as(module.shown.modname), module) if module else ():
        said[f"{SETTINGS}{setting}"] = fingerprint(target if another_day(target, current) else current)
    return said


def _course(wanted: Publication, found: StockCourse, compare: Comparison) -> Part[CourseSettings]:
    if wanted.course is None:
        return Part()
    there = wanted.course.model_copy(update={name: getattr(found.course, name) for name in _COURSE})
    return compare.upserts("cours", {wanted.code: wanted.course}, {wanted.code: there})


def _people(wanted: Publication, found: StockCourse, groups: Collection[str], compare: Comparison) -> Part[Enrolment]:
    """Compare the enrolments of those who have an account; a group that is gone is nobody's."""
    names = {group.id: name for name, group in groups_of(wanted, found.groups).items()}
    asked = (one for one in wanted.enrolments or () if found.user(one.email) is not None)
    there = (
        Enrolment(
            email=person.email.lower(),
            role=role.shortname,
            groups=tuple(names[group.id] for group in person.groups if group.id in names),
        )
        for person in found.people
        for role in person.roles
        if person.email and role.shortname in ROLES
    )
    return compare.upserts(
        "inscription",
        {
            who(one.email, one.role): one.model_copy(update={"groups": tuple(g for g in one.groups if g in groups)})
            for one in asked
        },
        {who(one.email, one.role): one for one in there},
        named=lambda one, before: ("groups",) if one.groups != before.groups else (),
        known_as=lambda one: enrolment_key(wanted.code, one),
    )


def _enrolments(wanted: Publication, found: StockCourse, people: Part[Enrolment]) -> tuple[Enrolment, ...]:
    """Return whom to enrol, those without an account included: they are told."""
    every = ((who(one.email, one.role), one) for one in wanted.enrolments or ())
    return tuple(
        people.settled.get(key, one) for key, one in every if key in people.settled or found.user(one.email) is None
    )


def _activities(wanted: Publication, found: StockCourse, ties: Ties, compare: Comparison) -> Part[ActivitySettings]:
    """Compare what can be changed of the activities that are there."""
    here = {
        one.idnumber: one.held_as(ties.found[one.idnumber].shown.modname)
        for one in wanted.activities or ()
        if one.idnumber in ties.found
    }
    return compare.upserts(
        "activite",
        here,
        {key: _as_there(one, ties.found[key], found) for key, one in here.items()},
        named=lambda one, before: tuple(name for name in _COMPARED if value(one, name) != value(before, name)),
    )


def _as_there(one: ActivitySettings, module: StockModule, found: StockCourse) -> ActivitySettings:
    """Return an activity with what the course has of it, where that can be changed."""
    moved = {
        setting: current
        for setting, target, current in dates_of(one, module)
        if another_day(target, current) and event_of(found, module, setting) is not None
    }
    return one.model_copy(update={"visible": module.shown.visible, "settings": {**one.settings, **moved}})


def _hidden(code: str, ties: Ties, compare: Comparison) -> tuple[Part[ActivitySettings], frozenset[int]]:
    """Hide the activities that the session no longer has, but for those that somebody has shown again."""
    shown = [module for module in ties.gone if module.shown.visible]
    made = [
        (
            module.cmid,
            *compare.divided(hiding(compare.reference, f"{code}/{last_part(module.idnumber)}", module.shown.name)),
        )
        for module in shown
    ]
    changes = tuple(change for _, mine, _ in made for change in mine)
    drift = tuple(change for _, _, theirs in made for change in theirs)
    return Part(changes=changes, drift=drift), frozenset(cmid for cmid, mine, _ in made if not mine)
