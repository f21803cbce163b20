"""What must be sent so that a site holds what is desired: a pure difference, field by field.

Only what we publish is compared. What is no longer wanted is hidden (an activity) or said cancelled (an event of the
calendar), never deleted; nobody is unenrolled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from connector.errors import DataError
from connector.moodle.document import ActivitySettings, Frozen, Publication
from connector.publish.differences import activity_differences, differences
from connector.publish.kept import attainable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connector.moodle.document import Enrolment, Kept
    from connector.moodle.observation import Observation, ObservedActivity, ObservedEnrolment, ObservedSession

Action = Literal["creer", "modifier", "masquer", "annuler"]
Kind = Literal["categorie", "cours", "section", "activite", "ordre", "groupe", "inscription", "evenement", "instantane"]

CANCELLED = "Annulé : "
_NAME_MAX = 255

W = TypeVar("W", bound=Frozen)
F = TypeVar("F", bound=Frozen)


@dataclass(frozen=True)
class Change:
    """One thing to do; `key` is its idnumber, uuid or e-mail, `fields` the names of what differs."""

    action: Action
    kind: Kind
    key: str
    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """`publication` holds what differs and nothing else; it is None when there is nothing to do.

    `unchanged` are the idnumbers of the activities that stay as they are, `unknown_people` the e-mails that belong to
    no account of the site, or to several, `kept` what is wanted otherwise but would undo what learners have done.
    """

    publication: Publication | None
    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]
    unknown_people: tuple[str, ...]
    kept: tuple[Kept, ...] = ()


class _Part(NamedTuple):
    """One key of the document: what to send of it, and why."""

    send: object
    changes: tuple[Change, ...]


_NOTHING = _Part(None, ())


def make_plan(wanted: Publication, observation: Observation) -> Plan:
    """Return what separates `observation` from `wanted`, a publication with every key filled in.

    The observation must have been asked for the session's content and for the accounts of everybody in `wanted`.
    Raises `DataError` when an activity is of another type on the site.
    """
    found = observation.session(wanted.code)
    enrolments = wanted.enrolments or ()
    reachable = {email.lower() for email in observation.accounts}
    reachable |= {one.email.lower() for one in found.enrolments} if found else set()
    parts = {
        "categories": _categories(wanted, found),
        "course": _course(wanted, found),
        "sections": _sections(wanted, found),
        "activities": _activities(wanted, found),
        "order": _order(wanted, found),
        "groups": _groups(wanted, found),
        "enrolments": _enrolments([one for one in enrolments if one.email in reachable], found),
        "events": _events(wanted, found),
        "snapshot": _snapshot(wanted, found),
    }
    changes = tuple(change for part in parts.values() for change in part.changes)
    send = {key: part.send for key, part in parts.items() if part.send}
    touched = {change.key for change in changes if change.kind == "activite"}
    return Plan(
        publication=Publication.model_validate({"code": wanted.code, **send}) if send else None,
        changes=changes,
        unchanged=tuple(one.idnumber for one in wanted.activities or () if one.idnumber not in touched),
        unknown_people=tuple(dict.fromkeys(one.email for one in enrolments if one.email not in reachable)),
        kept=tuple(_kept(wanted, found)),
    )


def _upserts(
    kind: Kind,
    wanted: Mapping[str, W],
    found: Mapping[str, F],
    compare: Callable[[W, F], tuple[str, ...]] = differences,
) -> tuple[list[W], list[Change]]:
    """Return those of `wanted` that are missing from `found` or are otherwise there, both by key."""
    send: list[W] = []
    changes: list[Change] = []
    for key, one in wanted.items():
        before = found.get(key)
        fields = compare(one, before) if before is not None else ()
        if before is None or fields:
            send.append(one)
            name = str(getattr(one, "name", key))
            changes.append(Change("creer" if before is None else "modifier", kind, key, name, fields))
    return send, changes


def _categories(wanted: Publication, found: ObservedSession | None) -> _Part:
    path = wanted.categories or ()
    if found is not None and found.categories == path:
        return _NOTHING
    action: Action = "creer" if found is None else "modifier"
    return _Part(path, tuple(Change(action, "categorie", one.idnumber, one.name) for one in path))


def _course(wanted: Publication, found: ObservedSession | None) -> _Part:
    if wanted.course is None:
        return _NOTHING
    fields = differences(wanted.course, found.course) if found is not None else ()
    if found is not None and not fields:
        return _NOTHING
    action: Action = "creer" if found is None else "modifier"
    return _Part(wanted.course, (Change(action, "cours", wanted.code, wanted.course.fullname, fields),))


def _sections(wanted: Publication, found: ObservedSession | None) -> _Part:
    """Name all of them when their order differs: the site then puts them in ours."""
    sections = {one.id: one for one in wanted.sections or ()}
    known = {one.id: one for one in found.sections} if found is not None else {}
    send, changes = _upserts("section", sections, known)
    if [key for key in known if key in sections] == list(sections):
        return _Part(send, tuple(changes))
    moved = Change("modifier", "ordre", f"{wanted.code}/sections", "ordre des étapes")
    return _Part(list(sections.values()), tuple(changes) or (moved,))


def _activities(wanted: Publication, found: ObservedSession | None) -> _Part:
    activities = {one.idnumber: one for one in wanted.activities or ()}
    known = {one.idnumber: one for one in found.activities} if found is not None else {}
    _refuse_other_types(activities, known)
    send, changes = _upserts("activite", activities, known, _activity_changes)
    gone = [_hidden(one) for key, one in known.items() if key not in activities and one.visible]
    hides = (Change("masquer", "activite", one.idnumber, one.name, ("visible",)) for one in gone)
    return _Part([*send, *gone], (*changes, *hides))


def _activity_changes(wanted: ActivitySettings, found: ObservedActivity) -> tuple[str, ...]:
    return activity_differences(attainable(wanted, found)[0], found)


def _kept(wanted: Publication, found: ObservedSession | None) -> Iterator[Kept]:
    known = {one.idnumber: one for one in found.activities} if found is not None else {}
    for one in wanted.activities or ():
        if one.idnumber in known:
            yield from attainable(one, known[one.idnumber])[1]


def _refuse_other_types(wanted: Mapping[str, ActivitySettings], known: Mapping[str, ObservedActivity]) -> None:
    refused = [
        f"L'activité « {one.name} » ({key}) est déjà dans Moodle avec un autre type ({known[key].modname},"
        f" et non {one.module}) : donnez-lui un autre « id », l'ancienne sera masquée."
        for key, one in wanted.items()
        if key in known and known[key].modname != one.module
    ]
    if refused:
        raise DataError("\n".join(refused))


def _hidden(observed: ObservedActivity) -> ActivitySettings:
    """Return the activity as it is on the site, but hidden."""
    same = observed.model_dump(exclude={"cmid": True, "modname": True, "held": True, "availability": {"other"}})
    same["settings"] = {key: value for key, value in observed.settings.items() if value is not None}
    return ActivitySettings.model_validate({**same, "module": observed.modname, "visible": False})


def _order(wanted: Publication, found: ObservedSession | None) -> _Part:
    order = wanted.order or ()
    known = tuple(key for key in found.order if key in order) if found is not None else ()
    if known == order:
        return _NOTHING
    action: Action = "creer" if found is None else "modifier"
    return _Part(order, (Change(action, "ordre", wanted.code, "ordre des activités"),))


def _groups(wanted: Publication, found: ObservedSession | None) -> _Part:
    known = {one.idnumber: one for one in found.groups} if found is not None else {}
    send, changes = _upserts("groupe", {one.idnumber: one for one in wanted.groups or ()}, known)
    return _Part(send, tuple(changes))


def _enrolments(reachable: Sequence[Enrolment], found: ObservedSession | None) -> _Part:
    known = {f"{one.email.lower()} ({one.role})": one for one in found.enrolments} if found is not None else {}
    wanted = {f"{one.email} ({one.role})": one for one in reachable}
    send, changes = _upserts("inscription", wanted, known, _other_groups)
    return _Part(send, tuple(changes))


def _other_groups(wanted: Enrolment, found: ObservedEnrolment) -> tuple[str, ...]:
    return () if wanted.groups == found.groups else ("groups",)


def _events(wanted: Publication, found: ObservedSession | None) -> _Part:
    events = {one.uuid: one for one in wanted.events or ()}
    known = {one.uuid: one for one in found.events} if found is not None else {}
    send, changes = _upserts("evenement", events, known)
    gone = [
        one.model_copy(update={"name": (CANCELLED + one.name)[:_NAME_MAX]})
        for key, one in known.items()
        if key not in events and not one.name.startswith(CANCELLED)
    ]
    cancels = (Change("annuler", "evenement", one.uuid, one.name, ("name",)) for one in gone)
    return _Part([*send, *gone], (*changes, *cancels))


def _snapshot(wanted: Publication, found: ObservedSession | None) -> _Part:
    kept = max(found.snapshots, key=lambda one: one.revision, default=None) if found is not None else None
    if kept is not None and kept.snapshot == wanted.snapshot:
        return _NOTHING
    action: Action = "creer" if kept is None else "modifier"
    return _Part(wanted.snapshot, (Change(action, "instantane", wanted.code, "instantané de la session"),))
