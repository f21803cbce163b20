"""What can be read of a file even where the rest of it is wrong.

Cross rules (`checks`) look at outlines, never at models, so that one reading of a file tells all its errors: a field
that its model refuses is None here, and the rules that need it are silent about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from scenarios.achievement import Achevement, Achievement
from scenarios.fields import (
    AnneeScolaire,
    Booleen,
    Collection,
    Duree,
    Echeance,
    Identifiant,
    Jour,
    NomGroupe,
    Pourcentage,
)
from scenarios.model import Durees, Modalite
from scenarios.session import Acces, Creneau, Validation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from scenarios.calendar import RelativeDay
    from scenarios.messages import Loc

T = TypeVar("T")

_ID: TypeAdapter[str] = TypeAdapter(Identifiant)
_MODALITE: TypeAdapter[str] = TypeAdapter(Modalite)
_DUREE: TypeAdapter[int] = TypeAdapter(Duree)
_BOOLEEN: TypeAdapter[bool] = TypeAdapter(Booleen)
_ACHEVEMENT: TypeAdapter[Achievement] = TypeAdapter(Achevement)
_PERCENT: TypeAdapter[int] = TypeAdapter(Pourcentage)
_DUREES: TypeAdapter[Durees] = TypeAdapter(Durees)
_COLLECTION: TypeAdapter[str] = TypeAdapter(Collection)
_JOUR: TypeAdapter[date] = TypeAdapter(Jour)
_ANNEE: TypeAdapter[str] = TypeAdapter(AnneeScolaire)
_VALIDATION: TypeAdapter[str] = TypeAdapter(Validation)
_GROUPE: TypeAdapter[str] = TypeAdapter(NomGroupe)
_CRENEAU: TypeAdapter[Creneau] = TypeAdapter(Creneau)
_ACCES: TypeAdapter[Acces] = TypeAdapter(Acces)
_ECHEANCE: TypeAdapter[date | RelativeDay] = TypeAdapter(Echeance)


@dataclass(frozen=True, slots=True)
class ActivityOutline:
    """One activity; `loc` is where it is in the file, `has_text` whether it says anything to read."""

    loc: Loc
    id: str | None
    titre: str | None
    type: str | None
    modalite: str | None
    duree: int | None
    credite: bool | None
    achevement: Achievement | None
    note_minimale: int | None
    has_text: bool
    prerequis: tuple[tuple[Loc, str], ...]


@dataclass(frozen=True, slots=True)
class ParcoursOutline:
    """One parcours; `durees` is None when absent as well as when wrong: `has_durees` tells."""

    titre: str | None
    collection: str | None
    origine: str | None
    has_academie: bool
    has_durees: bool
    durees: Durees | None
    sequences: tuple[tuple[Loc, str], ...]
    activities: tuple[ActivityOutline, ...]


@dataclass(frozen=True, slots=True)
class SessionOutline:
    """One session; `present` holds the keys written at its top level, `unreadable` the activities with a wrong slot."""

    present: frozenset[str]
    validation: str
    annee_scolaire: str | None
    debut: date | None
    fin: date | None
    formateurs: int
    groupes: tuple[tuple[Loc, str], ...]
    creneaux: Mapping[str, tuple[tuple[Loc, Creneau], ...]]
    unreadable: frozenset[str]
    echeances: Mapping[str, date | RelativeDay]
    acces: Mapping[str, Acces]


def parcours_outline(raw: object) -> ParcoursOutline:
    """Read what can be read of the plain values of a parcours file."""
    top = _mapping(raw)
    sequences: list[tuple[Loc, str]] = []
    activities: list[ActivityOutline] = []
    for index, item in enumerate(_items(top.get("sequences"))):
        sequence = _mapping(item)
        loc: Loc = ("sequences", index)
        identifier = _try(_ID, sequence.get("id"))
        if identifier is not None:
            sequences.append(((*loc, "id"), identifier))
        for rank, activity in enumerate(_items(sequence.get("activites"))):
            activities.append(_activity((*loc, "activites", rank), _mapping(activity)))
    return ParcoursOutline(
        titre=_word(top.get("titre")),
        collection=_try(_COLLECTION, top.get("collection")),
        origine=_word(top.get("origine")),
        has_academie=top.get("academie") is not None,
        has_durees=top.get("durees") is not None,
        durees=_try(_DUREES, top.get("durees")),
        sequences=tuple(sequences),
        activities=tuple(activities),
    )


def _activity(loc: Loc, raw: Mapping[str, Any]) -> ActivityOutline:
    return ActivityOutline(
        loc=loc,
        id=_try(_ID, raw.get("id")),
        titre=_word(raw.get("titre")),
        type=_word(raw.get("type")),
        modalite=_try(_MODALITE, raw.get("modalite")),
        duree=_try(_DUREE, raw.get("duree")),
        credite=_try(_BOOLEEN, raw["credite"]) if "credite" in raw else True,
        achevement=_try(_ACHEVEMENT, raw.get("achevement")),
        note_minimale=_try(_PERCENT, _mapping(raw.get("contenu")).get("note_minimale")),
        has_text=raw.get("contenu") is not None or raw.get("consigne") is not None,
        prerequis=tuple(_texts((*loc, "prerequis"), raw.get("prerequis"), _ID)),
    )


def session_outline(raw: object) -> SessionOutline:
    """Read what can be read of the plain values of a session file."""
    top = _mapping(raw)
    written = _mapping(top.get("creneaux"))
    creneaux = {activity: tuple(_slots(("creneaux", activity), slots)) for activity, slots in written.items()}
    return SessionOutline(
        present=frozenset(key for key, value in top.items() if value is not None),
        # A policy may say otherwise of a session that says nothing; files are checked without one.
        validation=_try(_VALIDATION, top.get("validation")) or "achevement",
        annee_scolaire=_try(_ANNEE, top.get("annee_scolaire")),
        debut=_try(_JOUR, top.get("debut")),
        fin=_try(_JOUR, top.get("fin")),
        formateurs=len(_items(top.get("formateurs"))),
        groupes=tuple(_texts(("groupes",), top.get("groupes"), _GROUPE)),
        creneaux=creneaux,
        unreadable=frozenset(name for name, slots in written.items() if len(creneaux[name]) != len(_items(slots))),
        echeances={
            activity: day
            for activity, value in _mapping(top.get("echeances")).items()
            if (day := _try(_ECHEANCE, value)) is not None
        },
        acces={
            activity: access
            for activity, value in _mapping(top.get("acces")).items()
            if (access := _try(_ACCES, value)) is not None
        },
    )


def _slots(loc: Loc, raw: object) -> Iterator[tuple[Loc, Creneau]]:
    for index, value in enumerate(_items(raw)):
        slot = _try(_CRENEAU, value)
        if slot is not None:
            yield (*loc, index), slot


def _texts(loc: Loc, raw: object, adapter: TypeAdapter[str]) -> Iterator[tuple[Loc, str]]:
    for index, value in enumerate(_items(raw)):
        text = _try(adapter, value)
        if text is not None:
            yield (*loc, index), text


def _try(adapter: TypeAdapter[T], value: object) -> T | None:
    """Return the value as its model reads it, or None: the model's own validation tells what is wrong with it."""
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
