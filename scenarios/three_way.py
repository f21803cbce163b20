"""A session's overlay between two versions of its parcours: what comes by itself, what its trainer decides. Pure.

Three ways, key by key: the parcours on which the overlay was written (before), the parcours of today (after), what the
session says (local). Values are compared as their models read them: `45min` written `45` is no change. Files that a
parcours names are compared by their names only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from scenarios.contextualise import contextualise
from scenarios.language import N_
from scenarios.model import Activite
from scenarios.yaml_nodes import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scenarios.contextualise import Overlaid
    from scenarios.errors import Problem
    from scenarios.yaml_nodes import Node

_ACTIVITE: TypeAdapter[Activite] = TypeAdapter(Activite)
_FIXED = frozenset({"id", "type"})
PLACE, ORDER = N_("étape"), N_("ordre des activités")
"""What is compared beside the keys that are written: the sequence of an activity, the order of those that stayed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of the parcours, of a sequence or of an activity, as written; None where nothing is.

    `cle` is None for the whole of it, added or removed; `titre` names it. `retiree`: the session takes it away.
    """

    quoi: Literal["parcours", "sequence", "activite"]
    id: str
    titre: str
    cle: str | None = None
    avant: object = None
    apres: object = None
    local: object = None
    retiree: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the parcours of today means for the session; whatever the session wrote is in one of the last three.

    `repris` comes by itself. `gardes` is local, and the change does not touch it or says the same. `a_decider` was
    changed on both sides: the session's word stands until its trainer changes it. `sans_objet` is what the session says
    of something that the parcours does not have, where it says it. `version` says why the new version does not follow
    the old one, None where it does.
    """

    avant: str
    apres: str
    repris: tuple[Difference, ...]
    gardes: tuple[Difference, ...]
    a_decider: tuple[Difference, ...]
    sans_objet: tuple[Problem, ...]
    version: str | None = None


def compare(before: Node, after: Node, session: Node) -> Comparison:
    """Compare the trees of two versions of a parcours under the overlay of the tree `session`."""
    old, new = _Version(before), _Version(after)
    overlaid = contextualise(after, session)
    written = _written(session, new, overlaid)
    taken, kept, torn = list(_around(old, new)), list[Difference](), list[Difference]()
    for one in _of_activities(old, new):
        if one.cle is None:
            taken.append(one)
            continue
        local = written.pop((one.id, one.cle), None) or written.get((one.id, None))
        if local is None:
            taken.append(one)
        elif local.retiree or one.cle in _differing(new.with_key(one.id, one.cle, local.local), new.raw(one.id)):
            torn.append(replace(one, local=local.local, retiree=local.retiree))
        else:
            kept.append(replace(one, local=local.local))
    decided = {one.id for one in torn if one.retiree}
    kept += [one for one in written.values() if not (one.retiree and one.id in decided)]
    return Comparison(old.matricule, new.matricule, tuple(taken), tuple(kept), tuple(torn), tuple(overlaid.problems))


class _Version:
    """What is compared of a parcours: its own keys, its sequences and its activities by id, plain."""

    def __init__(self, root: Node) -> None:
        whole = _mapping(plain(root))
        self.keys = {key: value for key, value in whole.items() if key != "sequences"}
        self.matricule = str(whole.get("matricule"))
        self.sequences: dict[str, dict[str, Any]] = {}
        self.activities: dict[str, dict[str, Any]] = {}
        self.places: dict[str, str] = {}
        for sequence in map(_mapping, _items(whole.get("sequences"))):
            name = str(sequence.get("id"))
            self.sequences[name] = {key: value for key, value in sequence.items() if key != "activites"}
            for activity in map(_mapping, _items(sequence.get("activites"))):
                self.activities[str(activity.get("id"))] = activity
                self.places[str(activity.get("id"))] = name

    def raw(self, identifier: str) -> dict[str, Any]:
        """Return an activity as it is written."""
        return self.activities[identifier]

    def with_key(self, identifier: str, key: str, value: object) -> dict[str, Any]:
        """Return it with a key of the session's."""
        return {**self.activities[identifier], key: value}

    def title(self, identifier: str) -> str:
        """Return an activity's title."""
        return str(self.activities[identifier].get("titre"))


def _written(session: Node, new: _Version, overlaid: Overlaid) -> dict[tuple[str, str | None], Difference]:
    """Return what the session writes that has its place in the new parcours, by activity and key."""
    overlay = _mapping(_mapping(plain(session)).get("contextualisation"))
    found: dict[tuple[str, str | None], Difference] = {}
    for identifier, fragment in _mapping(overlay.get("modifier")).items():
        for key, value in _mapping(fragment).items():
            if overlaid.provenance.get(identifier) == "modifiee" and key not in _FIXED:
                found[identifier, key] = _local(identifier, new.title(identifier), key, value)
    for identifier in sorted(overlaid.removed):
        found[identifier, None] = replace(_local(identifier, new.title(identifier), None, None), retiree=True)
    for addition in map(_mapping, _items(overlay.get("ajouter"))):
        activity = _mapping(addition.get("activite"))
        identifier = str(activity.get("id"))
        if overlaid.provenance.get(identifier) == "locale":
            found.setdefault((identifier, None), _local(identifier, str(activity.get("titre")), None, activity))
    return found


def _local(identifier: str, title: str, key: str | None, value: object) -> Difference:
    return Difference("activite", identifier, title, key, local=value)


def _around(old: _Version, new: _Version) -> Iterator[Difference]:
    """Yield what differs of the parcours itself and of its sequences, which no session changes."""
    for key in _ordered_keys(old.keys, new.keys):
        if old.keys.get(key) != new.keys.get(key):
            yield Difference("parcours", "", new.matricule, key, old.keys.get(key), new.keys.get(key))
    for name in _ordered_keys(old.sequences, new.sequences):
        before, after = old.sequences.get(name), new.sequences.get(name)
        title = str((after or before or {}).get("titre"))
        if before is None or after is None:
            yield Difference("sequence", name, title, None, before, after)
            continue
        for key in _ordered_keys(before, after):
            if before.get(key) != after.get(key):
                yield Difference("sequence", name, title, key, before.get(key), after.get(key))
    were = [one for one in old.activities if one in new.activities]
    are = [one for one in new.activities if one in old.activities]
    if were != are:
        yield Difference("parcours", "", new.matricule, ORDER, were, are)


def _of_activities(old: _Version, new: _Version) -> Iterator[Difference]:
    for name in _ordered_keys(old.activities, new.activities):
        before, after = old.activities.get(name), new.activities.get(name)
        if before is None or after is None:
            yield Difference("activite", name, str((after or before or {}).get("titre")), None, before, after)
            continue
        differing = _differing(before, after)
        for key in _ordered_keys(before, after):
            if key in differing:
                yield Difference("activite", name, new.title(name), key, before.get(key), after.get(key))
        if old.places[name] != new.places[name]:
            yield Difference("activite", name, new.title(name), PLACE, old.places[name], new.places[name])


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of two activities that differ, as their models read them; as written where one is refused."""
    try:
        first, second = (dict(_ACTIVITE.validate_python(raw)) for raw in (one, other))
    except ValidationError:
        first, second = dict(one), dict(other)
    return frozenset(key for key in first.keys() | second.keys() if first.get(key) != second.get(key))


def _ordered_keys(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*new, *old)))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
