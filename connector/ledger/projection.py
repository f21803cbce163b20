"""From the snapshots of a session to the rows of the ledger: a pure function of what was published, and when."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from connector.ledger.instants import midnight_us
from connector.ledger.schema import MAX_US, MIN_US
from scenarios.calendar import SchoolYear
from xapi.instants import to_us
from xapi.names import normalise_email
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scenarios.snapshot import PlannedActivity, Snapshot

Row = dict[str, Any]

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

    The newest snapshot says who and when. An activity has one version for each time its planned figures changed:
    the first holds since ever, the last for ever, also once the activity is removed.
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
    versions: dict[str, list[Row]] = defaultdict(list)
    gone: dict[str, int] = {}
    for published_us, _, snapshot in history:
        present = {activity.id for activity in snapshot.activites}
        gone = {name: gone.get(name, published_us) for name in versions.keys() - present}
        for position, activity in enumerate(snapshot.activites):
            said = versions[activity.id]
            figures = _figures(activity)
            if said and said[-1]["since_us"] == published_us:
                said[-1]["figures"] = figures
            elif not said or said[-1]["figures"] != figures:
                said.append({"since_us": published_us if said else MIN_US, "figures": figures})
            said[-1]["position"] = position
    code = history[-1].snapshot.code
    for activity_id, said in versions.items():
        ends = [version["since_us"] for version in said[1:]] + [MAX_US]
        for version, until_us in zip(said, ends, strict=True):
            yield (
                version.pop("figures")
                | version
                | {
                    "code": code,
                    "activity_id": activity_id,
                    "until_us": until_us,
                    "gone_us": gone.get(activity_id, MAX_US),
                }
            )


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


def _slots(history: Sequence[Published]) -> Iterator[Row]:
    newest = history[-1].snapshot
    present = {(activity.id, slot.id) for activity in newest.activites for slot in activity.creneaux}
    known = {
        (activity.id, slot.id): slot
        for _, _, snapshot in history
        for activity in snapshot.activites
        for slot in activity.creneaux
    }
    for (activity_id, slot_id), slot in known.items():
        yield {
            "code": newest.code,
            "activity_id": activity_id,
            "slot_id": slot_id,
            "iri": OwnActivity(newest.code, activity_id, slot_id).iri,
            "start_us": to_us(slot.debut),
            "end_us": to_us(slot.fin),
            "minutes": (to_us(slot.fin) - to_us(slot.debut)) // 60_000_000,
            "lieu": slot.lieu,
            "groupe": slot.groupe,
            "removed": (activity_id, slot_id) not in present,
        }
