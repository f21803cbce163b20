"""A session's sign-in sheets: one for each slot and group, with the people who are expected there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.attendance.directory import Directory
    from scenarios.snapshot import PlannedActivity, PlannedParticipant, PlannedSlot, Snapshot


@dataclass(frozen=True)
class Person:
    """Somebody expected; without the roster, only the address is known."""

    courriel: str
    nom: str = ""
    prenom: str = ""
    ecole: str = ""


@dataclass(frozen=True)
class Sheet:
    """One page to sign: a slot, for one group where the session has groups. `debut` and `fin` are local times."""

    activite: str
    activite_titre: str
    creneau: str
    debut: datetime
    fin: datetime
    lieu: str | None
    groupe: str | None
    people: tuple[Person, ...]


@dataclass(frozen=True)
class SignIn:
    """All the sheets of a session, in order of time; trainers by name where the roster knows them."""

    code: str
    titre: str
    formateurs: tuple[str, ...]
    sheets: tuple[Sheet, ...]


def sign_in(snapshot: Snapshot, people: Directory) -> SignIn:
    """Return the sheets of a session; none where it has no slot."""
    zone = ZoneInfo(snapshot.fuseau)
    sheets = [
        Sheet(
            activite=activity.id,
            activite_titre=activity.titre,
            creneau=slot.id,
            debut=slot.debut.astimezone(zone),
            fin=slot.fin.astimezone(zone),
            lieu=slot.lieu,
            groupe=group,
            people=_people(snapshot, slot, group, people),
        )
        for activity, slot in slots(snapshot)
        for group in _groups(snapshot, slot)
    ]
    trainers = tuple(_trainer(trainer.courriel, people) for trainer in snapshot.formateurs)
    ordered = sorted(sheets, key=lambda sheet: (sheet.debut, sheet.activite, sheet.creneau, sheet.groupe or ""))
    return SignIn(snapshot.code, snapshot.titre, trainers, tuple(ordered))


def slots(snapshot: Snapshot) -> Iterator[tuple[PlannedActivity, PlannedSlot]]:
    """Yield every slot to sign with its activity."""
    for activity in snapshot.activites:
        for slot in activity.creneaux:
            yield activity, slot


def expected(slot: PlannedSlot, one: PlannedParticipant) -> bool:
    """Tell whether a participant is to sign a slot: that of their group, or of no group."""
    return slot.groupe is None or one.groupe is None or slot.groupe == one.groupe


def _groups(snapshot: Snapshot, slot: PlannedSlot) -> tuple[str | None, ...]:
    if slot.groupe is not None:
        return (slot.groupe,)
    without = (None,) if any(one.groupe is None for one in snapshot.participants) else ()
    return (*snapshot.groupes, *without) or (None,)


def _people(snapshot: Snapshot, slot: PlannedSlot, group: str | None, people: Directory) -> tuple[Person, ...]:
    """Return who signs this sheet: everybody is on one, and only one, of a slot's sheets."""
    here = (one for one in snapshot.participants if (expected(slot, one) if slot.groupe else one.groupe == group))
    return tuple(sorted((_person(one.courriel, people) for one in here), key=_by_name))


def _person(courriel: str, people: Directory) -> Person:
    known = people.person(courriel)
    if known is None:
        return Person(normalise_email(courriel))
    return Person(normalise_email(courriel), known.nom, known.prenom, known.ecole)


def _by_name(person: Person) -> tuple[str, str, str]:
    return (person.nom or person.courriel).casefold(), person.prenom.casefold(), person.courriel


def _trainer(courriel: str, people: Directory) -> str:
    known = people.person(courriel)
    return f"{known.prenom} {known.nom}" if known else normalise_email(courriel)
