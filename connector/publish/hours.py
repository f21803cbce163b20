"""Whose hours a plan touches: what the ledger has credited already for the activities that change. Counts only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from connector.language import _
from connector.ledger import schema
from connector.moodle.activities.note import SUFFIX as NOTE_SUFFIX
from scenarios.durations import format_hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.moodle.document import Publication
    from connector.moodle.observation import Observation
    from connector.publish.changes import Plan

    Planned = Mapping[str, Mapping[str, object]]

_PLANNED = ("duree", "credite", "creneaux", "modalite")


class Credited(NamedTuple):
    """What people have been credited for one activity."""

    people: int
    minutes: int


@dataclass(frozen=True)
class Touched:
    """An activity that changes and for which hours are credited; durations in minutes, None once it is removed."""

    activity_id: str
    title: str
    people: int
    minutes: int
    before: int | None
    after: int | None

    @property
    def credited(self) -> str:
        """The minutes credited, as hours."""
        return format_hours(self.minutes)

    @property
    def planned(self) -> str:
        """What becomes of the planned duration, as the end of a sentence."""
        if self.after is None:
            return _(" ; l'activité est retirée")
        if self.before is None or self.before == self.after:
            return ""
        return _(
            " ; durée prévue {before}, désormais {after}",
            before=format_hours(self.before),
            after=format_hours(self.after),
        )


def credited(connection: sa.Connection, code: str) -> dict[str, Credited]:
    """Return what the ledger credits for each activity of a session; empty when it does not know it."""
    line = schema.line
    query = (
        sa.select(line.c.activity_id, sa.func.count(), sa.func.sum(line.c.minutes))
        .where(line.c.code == code, line.c.decision == "credite", line.c.minutes > 0)
        .group_by(line.c.activity_id)
    )
    return {activity: Credited(people, int(minutes)) for activity, people, minutes in connection.execute(query)}


def touched(
    plan: Plan, wanted: Publication, observation: Observation, hours: Mapping[str, Credited]
) -> tuple[Touched, ...]:
    """Return the activities with credited hours that the plan changes in Moodle, plans otherwise or removes."""
    session = observation.session(wanted.code)
    newest = max(session.snapshots, key=lambda one: one.revision, default=None) if session else None
    before, after = _planned(newest.snapshot if newest else None), _planned(wanted.snapshot)
    changed = {_activity_id(change.key) for change in plan.changes if change.kind == "activite"}
    changed |= {one for one in before if _figures(before, one) != _figures(after, one)}
    return tuple(
        Touched(
            one,
            str((after.get(one) or before.get(one) or {}).get("titre", one)),
            *hours[one],
            _minutes(before.get(one)),
            _minutes(after.get(one)),
        )
        for one in _in_order(changed, before, after)
        if one in hours
    )


def _planned(snapshot: Mapping[str, object] | None) -> Planned:
    listed = (snapshot or {}).get("activites")
    return {str(one["id"]): one for one in listed} if isinstance(listed, list) else {}


def _figures(planned: Planned, activity_id: str) -> list[object]:
    return [planned.get(activity_id, {}).get(name) for name in _PLANNED]


def _minutes(planned: Mapping[str, object] | None) -> int | None:
    minutes = planned.get("duree") if planned else None
    return minutes if isinstance(minutes, int) else None


def _activity_id(idnumber: str) -> str:
    return idnumber.rpartition("/")[2].removesuffix(NOTE_SUFFIX)


def _in_order(changed: Iterable[str], before: Planned, after: Planned) -> list[str]:
    places = {one: place for place, one in enumerate((*after, *before))}
    return sorted(changed, key=lambda one: (places.get(one, len(places)), one))
