"""What must be sent so that a site holds what is desired: a pure difference, field by field.

Only what we publish is compared. What is no longer wanted is hidden (an activity) or said cancelled (an event of the
calendar), never deleted; nobody is unenrolled, and whoever is no longer named is told. What somebody edited in Moodle
since the last publication is told apart and left as it is, unless it is to be overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.errors import DataError
from connector.language import _
from connector.moodle.document import Publication, Unlock
from connector.publish import parts
from connector.publish.changes import Plan, unlisted
from connector.publish.comparison import Comparison
from connector.publish.drift import Reference, prints_of
from connector.publish.kept import attainable
from connector.publish.links import Missing, refuse_broken, with_group_names
from connector.publish.modules import settle
from connector.publish.stage import is_prepared, stage_found, staged
from connector.publish.versions import version_remarks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic import JsonValue

    from connector.moodle.document import Group
    from connector.moodle.observation import Observation, ObservedActivity, ObservedSession
    from connector.publish.changes import Change
    from connector.publish.comparison import Part
    from connector.publish.stage import Asked

    _Parts = Mapping[str, Part[Any]]


@dataclass(frozen=True)
class Wishes:
    """What a person asks for beside the files.

    `overwrite` what was edited in Moodle; `unlock` the idnumbers of activities whose completions may be wiped, so that
    their rules can change. `roles` are the numbers that the configuration says of roles, where core services are used.
    `stage` is the one that the session is to be brought to, None for the one that follows; `missing` is what it lacks
    to be open, in sentences.
    """

    overwrite: bool = False
    unlock: frozenset[str] = frozenset()
    roles: Mapping[str, int] = field(default_factory=dict)
    stage: Asked | None = None
    missing: tuple[str, ...] = ()


NO_WISHES = Wishes()


def make_plan(wanted: Publication, observation: Observation, wishes: Wishes = NO_WISHES) -> Plan:
    """Return what separates `observation` from `wanted`, a publication with every key filled in.

    The observation must have been asked for the session's content and for the accounts of everybody in `wanted`.
    Raises `DataError` when an activity is of another type on the site, when what is sent needs what somebody removed
    there, when there is nothing to unlock, and what `staged` and `version_remarks` raise.
    """
    found = observation.session(wanted.code)
    wanted = staged(wanted, stage_found(found), wishes.stage, wishes.missing)
    reachable = {email.lower() for email in observation.accounts}
    reachable |= {one.email.lower() for one in found.enrolments} if found else set()
    compare = Comparison(Reference(found.publication.prints if found else None), wishes.overwrite)
    said = version_remarks(wanted, compare.reference)
    settled = settle(wanted, observation, compare)
    wanted = settled.wanted
    groups = parts.groups(parts.Sides(wanted, found, compare))
    sides = parts.Sides(with_group_names(wanted, _names_there(groups, wanted)), found, compare)
    known = {one.idnumber: _unlocked(one, wishes) for one in found.activities} if found else {}
    every = _compared(sides, known, reachable, groups)
    changes = tuple(change for part in every.values() for change in part.changes) + parts.snapshot(sides)
    unlock = _unlock(wishes, changes, known)
    publication = None
    if changes:
        publication = _publication(wanted, every, changes, unlock, found, prints_of(wanted, reachable))
        refuse_broken(publication, _missing(wanted, every))
    touched = {change.key for change in changes if change.kind == "activite"} | every["activities"].missing
    return Plan(
        publication=publication,
        changes=changes,
        unchanged=tuple(one.idnumber for one in wanted.activities or () if one.idnumber not in touched),
        unknown_people=tuple(dict.fromkeys(one.email for one in wanted.enrolments or () if one.email not in reachable)),
        kept=tuple(
            kept
            for one in sides.wanted.activities or ()
            if one.idnumber in known
            for kept in attainable(one, known[one.idnumber])[1]
        ),
        drift=tuple(change for part in every.values() for change in part.drift),
        overwrites=wishes.overwrite,
        remarks=(*settled.remarks, *said),
        prepared=is_prepared(wanted),
        unlisted=unlisted(wanted, ((one.email, one.role) for one in found.enrolments) if found else ()),
    )


def _compared(
    sides: parts.Sides, known: Mapping[str, ObservedActivity], reachable: Collection[str], groups: Part[Group]
) -> _Parts:
    activities = parts.activities(sides, known)
    return {
        "categories": parts.categories(sides),
        "course": parts.course(sides),
        "groups": groups,
        "sections": parts.sections(sides),
        "activities": activities,
        "order": parts.order(sides, activities.missing),
        "enrolments": parts.enrolments(sides, reachable),
        "events": parts.events(sides),
    }


def _publication(
    wanted: Publication,
    every: _Parts,
    changes: Sequence[Change],
    unlock: tuple[Unlock, ...],
    found: ObservedSession | None,
    prints: Mapping[str, JsonValue],
) -> Publication:
    """Return the document that makes the changes, and is refused where the course is no longer as it was found."""
    content: dict[str, object] = {key: part.send for key, part in every.items() if part.send}
    if "course" in content:
        content["course"] = every["course"].send[0]
    if unlock:
        content["unlock"] = unlock
    if any(change.kind == "instantane" for change in changes):
        content["snapshot"] = wanted.snapshot
    if found is not None and found.publication.archived_at:
        content["archived"] = False
    if is_prepared(wanted) is not (found is not None and found.publication.prepared):
        content["prepared"] = is_prepared(wanted)
    basis = found.fingerprint if found is not None else ""
    content |= {"basis": basis, "prints": prints, "parcours": wanted.parcours}
    return Publication.model_validate({"code": wanted.code, **content})


def _missing(wanted: Publication, every: _Parts) -> Missing:
    gone = every["groups"].missing
    names = {one.name for one in wanted.groups or () if one.idnumber in gone}
    return Missing(every["sections"].missing, every["activities"].missing, names)


def _names_there(groups: Part[Group], wanted: Publication) -> dict[str, str]:
    """Return how groups that somebody renamed, and that keep that name, are called in Moodle."""
    ours = {one.idnumber: one.name for one in wanted.groups or ()}
    return {ours[key]: one.name for key, one in groups.settled.items() if one.name != ours[key]}


def _unlocked(activity: ObservedActivity, wishes: Wishes) -> ObservedActivity:
    """Return the activity without what holds its completion, when a person has agreed to wipe it."""
    if activity.idnumber not in wishes.unlock:
        return activity
    held = {what: why for what, why in activity.held.items() if what != "completion"}
    return activity.model_copy(update={"held": held})


def _unlock(wishes: Wishes, changes: Sequence[Change], known: Mapping[str, ObservedActivity]) -> tuple[Unlock, ...]:
    changing = {one.key for one in changes if one.kind == "activite" and "completion" in one.fields}
    useless = sorted(wishes.unlock - changing)
    if useless:
        raise DataError(
            _(
                "Il n'y a rien à déverrouiller dans {useless} : ses conditions d'achèvement ne changent pas.",
                useless=", ".join(useless),
            ),
            remedy=_("Retirez --deverrouiller."),
        )
    return tuple(Unlock(idnumber=key, completions=known[key].completions) for key in sorted(wishes.unlock))
