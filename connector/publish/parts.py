"""The keys of a publication document, one by one: what each must send. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.publish.changes import Change, FieldChange, who
from connector.publish.comparison import Part
from connector.publish.differences import activity_differences, differences
from connector.publish.drift import enrolment_key
from connector.publish.kept import attainable
from connector.publish.modules import replacing
from connector.publish.removed import cancelled, hidden
from connector.publish.stage import stage_found

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.moodle.document import (
        ActivitySettings,
        Category,
        CourseSettings,
        Enrolment,
        Event,
        Group,
        Publication,
        SectionSettings,
    )
    from connector.moodle.observation import ObservedActivity, ObservedSession
    from connector.publish.comparison import Comparison


@dataclass(frozen=True)
class Sides:
    """What is wanted, what the site holds (None: nothing yet), and how to compare them."""

    wanted: Publication
    found: ObservedSession | None
    compare: Comparison

    @property
    def code(self) -> str:
        """The session's code."""
        return self.wanted.code


def categories(sides: Sides) -> Part[Category]:
    """Compare the path of categories as a whole."""
    path, found = sides.wanted.categories or (), sides.found
    if found is None:
        return Part(path, tuple(Change("creer", "categorie", one.idnumber, one.name) for one in path))
    if found.categories == path:
        return Part()
    details = sides.compare.details("categorie", sides.code, sides.wanted, found, ("categories",))
    mine, theirs = sides.compare.divided(Change("modifier", "categorie", sides.code, _("catégorie du cours"), details))
    return Part(path if mine else (), tuple(mine), tuple(theirs))


def course(sides: Sides) -> Part[CourseSettings]:
    """Compare the course; one that was archived opens again, one in preparation opens: it was hidden by us."""
    wanted, found = sides.wanted.course, sides.found
    if wanted is None:
        return Part()
    stage = stage_found(found)
    if found is None or stage == "ouverte" or not wanted.visible:
        return sides.compare.upserts("cours", {sides.code: wanted}, {sides.code: found.course} if found else {})
    seen = found.course.model_copy(update={"visible": wanted.visible})
    part = sides.compare.upserts("cours", {sides.code: wanted}, {sides.code: seen})
    shown = FieldChange("visible", found.course.visible, wanted.visible)
    opening = Change("rouvrir" if stage == "archivee" else "ouvrir", "cours", sides.code, wanted.fullname, (shown,))
    return replace(part, send=tuple(part.settled.values()), changes=(opening, *part.changes))


def sections(sides: Sides) -> Part[SectionSettings]:
    """Compare sections; all of them are named when their order differs, and the site then puts them in ours."""
    wanted = {one.id: one for one in sides.wanted.sections or ()}
    known = {one.id: one for one in sides.found.sections} if sides.found else {}
    part = sides.compare.upserts("section", wanted, known)
    there = list(part.settled)
    found = [key for key in known if key in part.settled]
    origin = sides.compare.reference.order_origin("section", there, found)
    moved = Change("deplacer", "ordre", f"{sides.code}/sections", _("ordre des étapes"))
    send, mine, theirs = sides.compare.arranged(moved, there, found, origin)
    return replace(
        part,
        send=tuple(part.settled.values()) if send else part.send,
        changes=(*part.changes, *mine),
        drift=(*part.drift, *theirs),
    )


def activities(sides: Sides, known: Mapping[str, ObservedActivity]) -> Part[ActivitySettings]:
    """Compare activities; what would undo learners' work is not asked for, what is no longer wanted is hidden."""
    wanted = {one.idnumber: one for one in sides.wanted.activities or ()}
    new = {key: one for key, one in wanted.items() if one.replaces}
    others = {key: one for key, one in wanted.items() if key not in new}
    _refuse_other_types(others, known)
    part = sides.compare.upserts("activite", others, known, named=_attainable_differences)
    gone = hidden(sides.compare, wanted, known)
    return replace(
        part,
        send=(*part.send, *new.values(), *gone.send),
        changes=(*part.changes, *map(replacing, new.values()), *gone.changes),
        settled={**part.settled, **new},
        drift=(*part.drift, *gone.drift),
    )


def _attainable_differences(wanted: ActivitySettings, found: ObservedActivity) -> tuple[str, ...]:
    return activity_differences(attainable(wanted, found)[0], found)


def _refuse_other_types(wanted: Mapping[str, ActivitySettings], known: Mapping[str, ObservedActivity]) -> None:
    refused = [
        _(
            "L'activité « {name} » ({key}) est déjà dans Moodle avec un autre type ({modname}, et "
            "non {module}) : donnez-lui un autre « id », l'ancienne sera masquée.",
            name=one.name,
            key=key,
            modname=known[key].modname,
            module=one.module,
        )
        for key, one in wanted.items()
        if key in known and known[key].modname != one.module
    ]
    if refused:
        raise DataError("\n".join(refused))


def order(sides: Sides, missing: Collection[str]) -> Part[str]:
    """Compare the order of what is there; what takes the place of an activity is made at the end of its section."""
    wanted = [key for key in sides.wanted.order or () if key not in missing]
    new = {one.idnumber for one in sides.wanted.activities or () if one.replaces}
    found = [key for key in sides.found.order if key in wanted and key not in new] if sides.found else []
    origin = sides.compare.reference.order_origin("activite", wanted, found)
    moved = Change("deplacer", "ordre", sides.code, _("ordre des activités"))
    send, mine, theirs = sides.compare.arranged(moved, wanted, found, origin)
    return Part(tuple(wanted) if send else (), tuple(mine), tuple(theirs))


def groups(sides: Sides) -> Part[Group]:
    """Compare groups."""
    known = {one.idnumber: one for one in sides.found.groups} if sides.found else {}
    return sides.compare.upserts("groupe", {one.idnumber: one for one in sides.wanted.groups or ()}, known)


def enrolments(sides: Sides, reachable: Collection[str]) -> Part[Enrolment]:
    """Compare the enrolments of people who have an account, by person and role."""
    wanted = {who(one.email, one.role): one for one in sides.wanted.enrolments or () if one.email in reachable}
    found = sides.found.enrolments if sides.found else ()
    return sides.compare.upserts(
        "inscription",
        wanted,
        {who(one.email, one.role): one for one in found},
        named=lambda one, before: ("groups",) if one.groups != before.groups else (),
        known_as=lambda one: enrolment_key(sides.code, one),
    )


def events(sides: Sides) -> Part[Event]:
    """Compare events; what is no longer wanted is said cancelled."""
    wanted = {one.uuid: one for one in sides.wanted.events or ()}
    known = {one.uuid: one for one in sides.found.events} if sides.found else {}
    part = sides.compare.upserts("evenement", wanted, known, named=differences)
    elsewhere = {key for key, one in part.settled.items() if one.group == ""}
    gone = cancelled(sides.compare, wanted, known)
    return replace(
        part,
        send=(*(one for one in part.send if one.uuid not in elsewhere), *gone.send),
        changes=(*(one for one in part.changes if one.key not in elsewhere), *gone.changes),
        drift=(*part.drift, *gone.drift),
    )


def snapshot(sides: Sides) -> tuple[Change, ...]:
    """Say whether the snapshot is another one than the newest that the site keeps."""
    snapshots = sides.found.snapshots if sides.found else ()
    kept = max(snapshots, key=lambda one: one.revision, default=None)
    if kept is not None and kept.snapshot == sides.wanted.snapshot:
        return ()
    return (Change("modifier" if kept else "creer", "instantane", sides.code, _("instantané de la session")),)
