"""From the snapshots of a session to the rows of the ledger: a pure function of what was published, and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from connector.ledger.instants import midnight_us
from connector.ledger.schema import MAX_US, MIN_US
from scenarios.calendar import SchoolYear
from xapi.instants import to_us
from xapi.names import normalise_email
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scenarios.snapshot import PlannedActivity, PlannedSlot, Snapshot

Row = dict[str, Any]
Name = TypeVar("Name", str, tuple[str, str])

GRACE = timedelta(days=31)
"""How long after `fin` evidence still decides (RULES.md section 3, rule 4)."""


class Published(NamedTuple):
    """A snapshot and the instant from which it holds."""

    published_us: int
    revision: int
    snapshot: Snapshot


@dataclass(frozen=True)
class SessionRows:
    """A session as the ledger keeps it: rows for the tables of the same names."""

    session: Row
    activity: tuple[Row, ...]
    slot: tuple[Row, ...]
    participant: tuple[Row, ...]
    trainer: tuple[Row, ...]


def project(history: Sequence[Published]) -> SessionRows:
    """Return the rows that a session's whole history gives; `history` is in the order of publication, not empty.

    The newest snapshot says who and when. An activity, or a slot, has one version for each time its planned figures
    changed: the first holds since ever, the last for ever, also once it is removed.
    """
    newest = history[-1]
    snapshot = newest.snapshot
    return SessionRows(
        session=_session(snapshot, newest.revision),
        activity=tuple(_activities(history)),
        slot=tuple(_slots(history)),
        participant=tuple(
            {"code": snapshot.code, "email": normalise_email(listed.courriel)}
            | listed.model_dump(include={"groupe", "origine", "cadre"})
            for listed in snapshot.participants
        ),
        trainer=tuple(
            {"code": snapshot.code, "email": email, "role": role}
            for email, role in sorted({(normalise_email(t.courriel), t.role) for t in snapshot.formateurs})
        ),
    )


def _session(snapshot: Snapshot, revision: int) -> Row:
    zone = ZoneInfo(snapshot.fuseau)
    last_day = snapshot.fin or SchoolYear.parse(snapshot.annee_scolaire).end
    as_is = snapshot.model_dump(
        include={
            "code", "matricule", "titre", "nature", "theme", "collection", "circonscription", "annee_scolaire", "cadre",
            "validation", "debut", "fin", "fuseau",
        }
    )  # fmt: skip
    return as_is | {
        "parcours_key": snapshot.matricule.rpartition("_")[0] or snapshot.matricule,
        "window_start_us": midnight_us(snapshot.debut, zone),
        "window_end_us": midnight_us(last_day + GRACE + timedelta(days=1), zone),
        "revision": revision,
    }


def _activities(history: Sequence[Published]) -> Iterator[Row]:
    planned = [
        {activity.id: _figures(activity) | {"position": position} for position, activity in enumerate(said.activites)}
        for _, _, said in history
    ]
    for activity_id, version in _versions(history, planned, beside=("position",)):
        yield {"code": history[-1].snapshot.code, "activity_id": activity_id} | version


def _slots(history: Sequence[Published]) -> Iterator[Row]:
    planned = [
        {(activity.id, slot.id): _hours(slot) for activity in said.activites for slot in activity.creneaux}
        for _, _, said in history
    ]
    code = history[-1].snapshot.code
    for (activity_id, slot_id), version in _versions(history, planned):
        iri = OwnActivity(code, activity_id, slot_id).iri
        yield {"code": code, "activity_id": activity_id, "slot_id": slot_id, "iri": iri} | version


def _versions(
    history: Sequence[Published], planned: Sequence[Mapping[Name, Row]], *, beside: tuple[str, ...] = ()
) -> Iterator[tuple[Name, Row]]:
    """Yield each version of each thing that `planned` names, publication by publication.

    A column of `beside` follows the newest publication and makes no version.
    """
    versions: dict[Name, list[Row]] = defaultdict(list)
    gone: dict[Name, int] = {}
    for (published_us, _, _), present in zip(history, planned, strict=True):
        gone = {name: gone.get(name, published_us) for name in versions.keys() - present.keys()}
        for name, figures in present.items():
            said = versions[name]
            same = said and all(said[-1][key] == value for key, value in figures.items() if key not in beside)
            if said and (same or said[-1]["since_us"] == published_us):
                said[-1] |= figures
            else:
                said.append(figures | {"since_us": published_us if said else MIN_US})
    for name, said in versions.items():
        ends = [version["since_us"] for version in said[1:]] + [MAX_US]
        for version, until_us in zip(said, ends, strict=True):
            yield name, version | {"until_us": until_us, "gone_us": gone.get(name, MAX_US)}


def _figures(activity: PlannedActivity) -> Row:
    return {
        "type": activity.type,
        "titre": activity.titre,
        "modalite": activity.modalite,
        "credite": activity.credite,
        "duree_min": activity.duree,
        "locale": activity.locale,
        "has_slots": bool(activity.creneaux),
    }


def _hours(slot: PlannedSlot) -> Row:
    start_us, end_us = to_us(slot.debut), to_us(slot.fin)
    return {
        "start_us": start_us,
        "end_us": end_us,
        "minutes": (end_us - start_us) // 60_000_000,
        "lieu": slot.lieu,
        "groupe": slot.groupe,
    }
