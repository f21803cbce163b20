"""RULES.md sections 2 and 3 read aloud, one teacher and one line at a time: slow, plain, and only a double-check."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from connector.ledger.instants import midnight_us
from connector.ledger.schema import MAX_US
from tests.obligation.world import PARIS, Fact, World, bounds
from xapi.instants import to_us

if TYPE_CHECKING:
    from scenarios.snapshot import PlannedActivity, PlannedSlot, Snapshot

Key = tuple[str, str, str]
WAITING = {"a_attester", "non_emarge"}


class Line(NamedTuple):
    minutes: int
    minutes_prevues: int
    decision: str
    motif: str | None
    hors_liste: bool
    chevauchement: bool


@dataclass
class Draft:
    """A line while it is judged; `kept` are the signed slots, None for a tick.

    `lost` are the minutes that an attestation does not cover: of the slots absent, later of those that give way.
    """

    key: Key
    planned: PlannedActivity
    at: int
    motif: str | None
    kept: list[PlannedSlot] | None
    outside: bool
    attested: bool
    granted: bool
    lost: int
    overlaps: bool = field(default=False)

    @property
    def minutes(self) -> int:
        if self.motif:
            return 0
        if self.granted:
            return self.planned.duree
        if self.attested:
            return max(0, self.planned.duree - self.lost)
        if self.kept is None:
            return self.planned.duree
        return min(self.planned.duree, sum(minutes_of(slot) for slot in self.kept))


def lines(world: World) -> dict[Key, Line]:
    found = {}
    for who in world.people:
        drafts = [draft for code in world.published for draft in drafts_of(world, who, code)]
        absents = {draft.key: draft.lost for draft in drafts}
        refuse_overlaps(drafts)
        for draft in drafts:
            if draft.attested and not draft.granted and not draft.motif and 0 < draft.lost >= draft.planned.duree:
                draft.motif = "absent" if absents[draft.key] else "chevauchement"
        refuse_doubles(world, drafts)
        for draft in drafts:
            decision = "refuse" if draft.motif else "credite"
            found[draft.key] = Line(
                draft.minutes,
                draft.planned.duree,
                "en_attente" if draft.motif in WAITING else decision,
                draft.motif,
                draft.outside,
                draft.overlaps,
            )
    return found


def drafts_of(world: World, who: str, code: str) -> list[Draft]:
    acts = acts_of(world, who, code)
    newest = world.published[code][-1].snapshot
    place = next((p for p in newest.participants if p.courriel == world.email(who)), None)
    attested = attestation(acts) if newest.validation == "attestation" else None
    by_activity: dict[str, dict[str | None, Fact | None]] = defaultdict(dict)
    for activity_id in covered(world, code, attested.timestamp_us) if attested else ():
        by_activity[activity_id] = {}
    decided = decisions(acts)
    for activity_id in decided:
        by_activity[activity_id] = {}
    for act in acts:
        if act.activity and bears(world, act):
            by_activity[act.activity][act.slot] = None
    for activity in newest.activites if place else ():
        for slot in activity.creneaux:
            if place and (slot.groupe is None or place.groupe is None or slot.groupe == place.groupe):
                by_activity[activity.id].setdefault(slot.id, None)
    drafts = []
    for activity_id, items in by_activity.items():
        for slot in items:
            said = [act for act in acts if (act.activity, act.slot) == (activity_id, slot) and bears(world, act)]
            items[slot] = deciding(said, newest)
        drafts.append(
            draft_of(world, who, newest, activity_id, items, place, attested=attested, decided=decided.get(activity_id))
        )
    return drafts


def bears(world: World, act: Fact) -> bool:
    """An activity that has slots at that instant is signed, not ticked; a decision is neither."""
    assert act.activity
    if act.kind == "decision":
        return False
    return bool(act.slot) or not version(world, act.code, act.activity, act.timestamp_us).creneaux


def attestation(acts: list[Fact]) -> Fact | None:
    """The last word of the trainers, when it is not a withdrawal."""
    last = max((act for act in acts if act.activity is None), key=order, default=None)
    return last if last and last.state == "done" else None


def decisions(acts: list[Fact]) -> dict[str, Fact]:
    """The last word of the people who decide, on each activity, when it is not a withdrawal."""
    found: dict[str, Fact] = {}
    for act in sorted((act for act in acts if act.kind == "decision"), key=order):
        assert act.activity
        found[act.activity] = act
    return {activity: act for activity, act in found.items() if act.state != "undone"}


def covered(world: World, code: str, at: int) -> list[str]:
    """The activities credited at an instant and still there then, or planned later."""
    history = world.published[code]
    there = {}
    for published in history:
        present = {activity.id for activity in published.snapshot.activites}
        there |= {name: gone or published.published_us for name, gone in there.items() if name not in present}
        there |= dict.fromkeys(present, 0)
    return [
        name
        for name, gone in there.items()
        if (not gone or at < gone)
        and (planned := version(world, code, name, at)).credite
        and planned.modalite != "en_classe"
    ]


def acts_of(world: World, who: str, code: str) -> list[Fact]:
    """Not voided, copies of a completion collapsed to the first stored, replays left out."""
    mine = [fact for fact in world.facts if fact.teacher == who and fact.code == code and not fact.voided]
    acts: list[Fact] = []
    for fact in sorted(mine, key=lambda fact: (fact.stored_us, fact.statement_id)):
        same = [a for a in acts if a.kind == fact.kind == "completion" and a[:6] == fact[:6]]
        if not same:
            acts.append(fact)
    return [act for act in acts if not is_replay(act, acts)]


def is_replay(act: Fact, acts: list[Fact]) -> bool:
    return (
        act.kind == "completion"
        and act.state == "undone"
        and any(
            other.kind == "completion"
            and other.state != "undone"
            and (other.activity, other.slot, other.timestamp_us) == (act.activity, act.slot, act.timestamp_us)
            and act.stored_us - other.stored_us >= 30_000_000
            for other in acts
        )
    )


def order(act: Fact) -> tuple[object, ...]:
    return act.timestamp_us, act.stored_us, ("undone", "failed", "done").index(act.state), act.statement_id


def window(snapshot: Snapshot) -> tuple[int, int]:
    last = snapshot.fin or snapshot.debut.replace(year=int(snapshot.annee_scolaire[5:]), month=8, day=31)
    return midnight_us(snapshot.debut, PARIS), midnight_us(last + timedelta(days=32), PARIS)


def deciding(said: list[Fact], snapshot: Snapshot) -> Fact | None:
    start, end = window(snapshot)
    inside = [act for act in said if start <= act.timestamp_us < end]
    done = [act for act in said if act.state == "done"]
    return max(inside or done or said, key=order, default=None)


def version(world: World, code: str, activity_id: str, at: int) -> PlannedActivity:
    """The activity as published at an instant; before its first publication, as it was first published."""
    found = None
    for published in world.published[code]:
        for activity in published.snapshot.activites:
            if activity.id == activity_id and (found is None or published.published_us <= at):
                found = activity
    assert found
    return found


def slot_version(world: World, code: str, activity_id: str, slot_id: str, at: int) -> PlannedSlot:
    """The slot as published at an instant; before its first publication, as it was first published."""
    found = None
    for published in world.published[code]:
        for activity in published.snapshot.activites:
            for slot in activity.creneaux:
                known = (activity.id, slot.id) == (activity_id, slot_id)
                if known and (found is None or published.published_us <= at):
                    found = slot
    assert found
    return found


def draft_of(
    world: World,
    who: str,
    newest: Snapshot,
    activity_id: str,
    items: dict[str | None, Fact | None],
    place: object,
    *,
    attested: Fact | None,
    decided: Fact | None,
) -> Draft:
    code = newest.code
    signed = bool(items) and (any(slot and act for slot, act in items.items()) or None not in items)
    items = {slot: act for slot, act in items.items() if (slot is not None) == signed}
    verdicts = {slot: verdict(slot, act, newest) for slot, act in items.items()}
    slots = {
        slot: slot_version(world, code, activity_id, slot, act.timestamp_us if act else MAX_US)
        for slot, act in items.items()
        if slot
    }
    good = [act.timestamp_us for slot, act in items.items() if act and verdicts[slot] == "ok"]
    dated = good or [act.timestamp_us for act in items.values() if act]
    at = max(dated, default=0) or max((to_us(slots[slot].fin) for slot in items if slot), default=0)
    at = attested.timestamp_us if attested else at
    at = decided.timestamp_us if decided else at
    granted = decided is not None and decided.state == "done"
    planned = version(world, code, activity_id, at)
    trains = any(t.courriel == world.email(who) for t in newest.formateurs)
    cadre = getattr(place, "cadre", newest.cadre)
    reasons = {
        "second_degre": degree(world, who, at) == "2D",
        "paf": cadre == "paf",
        "formateur": trains,
        "decision": decided is not None and decided.state == "failed",
        "non_credite": not planned.credite or planned.modalite == "en_classe",
        "a_attester": newest.validation == "attestation" and not attested and not granted,
    }
    if not good and not attested and not granted:
        names = ("non_emarge", "absent", "annule", "echoue", "hors_periode")
        reasons |= {name: name in verdicts.values() for name in names}
    return Draft(
        key=(who, code, activity_id),
        planned=planned,
        at=at,
        motif=next((name for name, holds in reasons.items() if holds), None),
        kept=[slots[slot] for slot in items if slot and verdicts[slot] == "ok"] if signed else None,
        attested=attested is not None,
        granted=granted,
        lost=sum(minutes_of(slots[slot]) for slot in items if slot and verdicts[slot] == "absent"),
        outside=place is None and not trains and bool(newest.participants),
    )


def verdict(slot: str | None, act: Fact | None, snapshot: Snapshot) -> str:
    if act is None:
        return "non_emarge"
    if act.state == "undone":
        return "absent" if slot else "annule"
    if act.state == "failed":
        return "echoue"
    start, end = window(snapshot)
    return "ok" if start <= act.timestamp_us < end else "hors_periode"


def degree(world: World, who: str, at: int) -> str:
    def away(start: int, end: int) -> int:
        return max(start - at, at - end + 1, 0)

    return min((away(*bounds(interval)), interval.degre) for interval in world.people[who])[1]


def minutes_of(slot: PlannedSlot) -> int:
    return (slot.fin - slot.debut) // timedelta(minutes=1)


def refuse_overlaps(drafts: list[Draft]) -> None:
    signed = [
        (slot.debut, draft.key[1], slot.id, draft.key[2], slot, draft)
        for draft in drafts
        if not draft.motif
        for slot in draft.kept or []
    ]
    late = [
        one
        for one in signed
        if not one[5].granted
        and any(other[:4] < one[:4] and other[4].debut < one[4].fin and one[4].debut < other[4].fin for other in signed)
    ]
    for *_, slot, draft in late:
        assert draft.kept
        draft.kept.remove(slot)
        draft.overlaps = True
        draft.lost += minutes_of(slot)
        if not draft.kept and not draft.attested:
            draft.motif = "chevauchement"


def refuse_doubles(world: World, drafts: list[Draft]) -> None:
    seen = set()
    for draft in sorted(drafts, key=lambda draft: (draft.at, draft.key[1])):
        snapshot = world.published[draft.key[1]][-1].snapshot
        same = (snapshot.annee_scolaire, snapshot.matricule.rpartition("_")[0], draft.key[2])
        if draft.motif or draft.planned.locale:
            continue
        if same in seen:
            draft.motif = "doublon"
        seen.add(same)
