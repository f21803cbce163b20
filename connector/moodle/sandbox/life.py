"""A plausible session in fast time: who does what and when, from what the site holds and a seed. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.moodle.sandbox.acts import Kind
from connector.moodle.sandbox.control import ActOrder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.moodle.observation import ObservedActivity, ObservedSession

DAY = 86_400
_EVENING = 17 * 3600
_SENTENCES = (
    "Dans ma classe de CE1, un rituel de quinze minutes chaque matin.",
    "J'ai repris la fiche avec mes collègues de cycle 2.",
    "La différenciation reste difficile avec deux niveaux.",
)


@dataclass(frozen=True)
class Profile:
    """How a person behaves: the share of the activities they do, and their usual mark."""

    share: float
    mark: float
    present: float


_PROFILES = (
    (Profile(1.0, 85, 1.0), 55),
    (Profile(0.7, 70, 0.9), 25),
    (Profile(0.35, 45, 0.6), 15),
    (Profile(0.0, 0, 0.2), 5),
)


@dataclass
class _Person:
    email: str
    profile: Profile
    groups: frozenset[str]
    clock: int
    done: set[str] = field(default_factory=set)


def live(session: ObservedSession, seed: int) -> list[ActOrder]:
    """Return the acts of everybody enrolled in `session`, in order of time; equal seeds give equal lives.

    The trainer validates the attendance of those who came. People follow the course page from its first activity,
    keep to its restrictions, and some stop on the way. `session` must have been observed with its content.
    """
    chance = random.Random(seed)  # noqa: S311 - a scenario, not a secret
    trainers = [person.email for person in session.people if set(person.roles) & {"editingteacher", "teacher"}]
    groups = {enrolment.email: frozenset(enrolment.groups) for enrolment in session.enrolments}
    orders: list[ActOrder] = []
    for participant in session.people:
        if participant.roles == ("student",):
            profile = chance.choices([p for p, _ in _PROFILES], [weight for _, weight in _PROFILES])[0]
            start = session.course.startdate + _EVENING + chance.randrange(3600)
            person = _Person(participant.email, profile, groups.get(participant.email, frozenset()), start)
            orders += _life(session, person, trainers, chance)
    return sorted(orders, key=lambda order: order.instant or 0)


def _life(
    session: ObservedSession, person: _Person, trainers: Sequence[str], chance: random.Random
) -> Iterator[ActOrder]:
    span = max(session.course.enddate - session.course.startdate, 7 * DAY)
    pace = max(span // (len(session.activities) + 1), 3600)
    yield _order(person, session.code, Kind.VIEW)
    for activity in session.activities:
        person.clock += chance.randrange(pace // 2, pace)
        if not _reachable(activity, person):
            continue
        if activity.completion.locked:
            if trainers and chance.random() < person.profile.present:
                yield _order(person, activity.idnumber, Kind.VALIDATE, par=trainers[0])
                person.done.add(activity.idnumber)
        elif chance.random() < person.profile.share:
            yield from _work(activity, person, chance)


def _reachable(activity: ObservedActivity, person: _Person) -> bool:
    wanted = activity.availability
    return (
        activity.visible
        and set(wanted.completed) <= person.done
        and (not wanted.groups or bool(set(wanted.groups) & person.groups))
        and wanted.from_ <= person.clock
        and (not wanted.until or person.clock < wanted.until)
        and _number(activity, "open") <= person.clock
        and (not _number(activity, "close") or person.clock < _number(activity, "close"))
    )


def _number(activity: ObservedActivity, setting: str) -> float:
    """Return a setting that is a number, 0 where the activity has none."""
    return float(str(activity.settings.get(setting) or 0))


def _work(activity: ObservedActivity, person: _Person, chance: random.Random) -> Iterator[ActOrder]:
    key = activity.idnumber
    manual = activity.completion.tracking == "manual"
    match activity.modname:
        case "quiz" | "h5pactivity":
            yield from _attempts(activity, person, chance)
            if not manual:
                return
        case "assign" if activity.completion.submit:
            yield _order(person, key, Kind.SUBMIT)
        case "choice":
            yield _order(person, key, Kind.CHOOSE)
        case "feedback":
            yield _order(person, key, Kind.ANSWER, texte=chance.choice(_SENTENCES))
        case "forum":
            for _ in range(max(activity.completion.posts, 1)):
                yield _order(person, key, Kind.POST, texte=chance.choice(_SENTENCES))
        case "label":
            pass
        case _:
            yield _order(person, key, Kind.VIEW)
    if manual:
        yield _order(person, key, Kind.TICK)
    person.done.add(key)


def _attempts(activity: ObservedActivity, person: _Person, chance: random.Random) -> Iterator[ActOrder]:
    """One attempt, and a second one after a failure where it may be."""
    passing, allowed, close = (_number(activity, key) for key in ("grade_pass", "attempts", "close"))
    for attempt in range(2):
        mark = min(100.0, max(0.0, round(chance.gauss(person.profile.mark, 15) + 15 * attempt)))
        yield _order(person, activity.idnumber, Kind.ATTEMPT, note=mark)
        person.clock += chance.randrange(1800, 3600)
        if mark >= passing:
            person.done.add(activity.idnumber)
            return
        if allowed == 1 or (close and person.clock >= close):
            return


def _order(
    person: _Person, idnumber: str, kind: Kind, *, note: float = 100.0, texte: str = "", par: str = ""
) -> ActOrder:
    return ActOrder(
        courriel=person.email, idnumber=idnumber, acte=kind, note=note, texte=texte, par=par, instant=person.clock
    )
