"""What a filled-in sheet says: a mark for each person and slot, and what is refused with its line. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from connector.attendance.sheet import slots
from connector.language import _
from xapi.instants import to_us
from xapi.names import normalise_email

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.attendance.cells import Row
    from connector.attendance.directory import Directory
    from scenarios.snapshot import Snapshot

_PRESENT = {"O": True, "OUI": True, "N": False, "NON": False}


class Place(NamedTuple):
    """A slot to sign."""

    activity_id: str
    slot_id: str


@dataclass(frozen=True)
class Mark:
    """Present or absent, one person at one slot; `email` is the one address that stands for the person here."""

    email: str
    place: Place
    present: bool


@dataclass(frozen=True)
class Reading:
    """The good marks, once each; `refused` sentences, one a line; how many rows had no mark yet."""

    marks: tuple[Mark, ...]
    refused: tuple[str, ...]
    blank: int


def read_marks(rows: Iterable[Row], snapshot: Snapshot, people: Directory) -> Reading:
    """Judge every row: one that is wrong costs no other, but a sheet that contradicts itself says nothing there.

    Somebody must be on the session's list or in the roster; whatever their address, they are one person.
    """
    known = {Place(activity.id, slot.id) for activity, slot in slots(snapshot)}
    listed = {normalise_email(one.courriel) for one in snapshot.participants}
    refused: list[str] = []
    found: dict[tuple[str, Place], list[tuple[Row, bool]]] = defaultdict(list)
    blank = 0
    for row in rows:
        if not (row.cells["courriel"] or row.cells["present"]):
            continue  # a spare row of the workbook
        problem = _problem(row.cells, snapshot.code, known) or _nobody(row.cells["courriel"], listed, people)
        if problem:
            refused.append(_("{lieu} : {defaut}.", lieu=row.place, defaut=problem))
        elif not row.cells["present"]:
            blank += 1
        else:
            email = standing_address(row.cells["courriel"], listed, people)
            place = Place(row.cells["activite"], row.cells["creneau"])
            found[email, place].append((row, _PRESENT[row.cells["present"].upper()]))
    marks = []
    for (email, place), said in found.items():
        if len({present for _row, present in said}) == 1:
            marks.append(Mark(email, place, said[0][1]))
        else:
            refused += _contradictions(said)
    return Reading(tuple(marks), tuple(refused), blank)


def to_come(marks: Iterable[Mark], snapshot: Snapshot, now_us: int) -> int:
    """Return how many people are marked present at a slot that is not over."""
    ends = slot_ends(snapshot)
    return sum(mark.present and ends[mark.place] > now_us for mark in marks)


def slot_ends(snapshot: Snapshot) -> dict[Place, int]:
    """Return when each slot ends, in microseconds since 1970 UTC: the instant of its marks."""
    return {Place(activity.id, slot.id): to_us(slot.fin) for activity, slot in slots(snapshot)}


def _problem(cells: Mapping[str, str], code: str, known: set[Place]) -> str | None:
    if cells["session"] != code:
        return _("session : « {lue} » n'est pas la session saisie, {attendue}", lue=cells["session"], attendue=code)
    place = Place(cells["activite"], cells["creneau"])
    if place.activity_id not in {one.activity_id for one in known}:
        return _(
            "activite : « {activite} » n'est pas une activité à émarger de cette session", activite=place.activity_id
        )
    if place not in known:
        slot_ids = ", ".join(sorted(one.slot_id for one in known if one.activity_id == place.activity_id))
        return _(
            "creneau : « {creneau} » n'est pas un créneau de {activite} ({connus})",
            creneau=place.slot_id,
            activite=place.activity_id,
            connus=slot_ids,
        )
    if cells["present"] and cells["present"].upper() not in _PRESENT:
        return _("present : « {lu} » ; écrivez O (présent) ou N (absent)", lu=cells["present"])
    return None


def _nobody(courriel: str, listed: set[str], people: Directory) -> str | None:
    """Return why an address names nobody who can be marked, if so."""
    email = normalise_email(courriel)
    if not email:
        return _("courriel : la case est vide")
    if email in listed or people.person(email):
        return None
    if email in people.shared:
        names = ", ".join(people.shared[email])
        return _(
            "courriel : « {adresse} » est l'adresse de plusieurs personnes ({noms}) ; donnez une adresse de la liste",
            adresse=courriel,
            noms=names,
        )
    return _("courriel : « {adresse} » n'est ni sur la liste de la session ni dans les personnels", adresse=courriel)


def standing_address(courriel: str, listed: set[str], people: Directory) -> str:
    """Return the address that stands for a person: one of the list, else the main one of the roster."""
    addresses = people.addresses(courriel)
    known = people.person(courriel)
    main = known.addresses[0] if known else addresses[0]
    return next((email for email in addresses if email in listed), main)


def _contradictions(said: Sequence[tuple[Row, bool]]) -> Iterable[str]:
    rows = [row for row, _present in said]
    for row in rows:
        others = ", ".join(other.place.rpartition(":")[2] for other in rows if other is not row)
        yield _(
            "{lieu} : la même personne est dite présente et absente au même créneau (lignes {lignes}).",
            lieu=row.place,
            lignes=others,
        )
