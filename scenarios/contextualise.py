"""A session's local overlay, laid on the tree of its parcours.

It works on nodes, not on models: each keeps the file and line where it was written, so whatever the result breaks
is told at its own place, in the session's file or in the parcours'.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scenarios.language import _
from scenarios.vocabularies import perhaps
from scenarios.yaml_nodes import Items, Leaf
from scenarios.yaml_nodes import Mapping as Keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenarios.errors import Problem
    from scenarios.yaml_nodes import Node, Place

Provenance = Literal["parcours", "modifiee", "locale"]
"""Where an activity comes from: the parcours, the parcours changed by the session, the session."""


@dataclass(slots=True)
class Overlaid:
    """The tree with the overlay applied, and what it changed; `misplaced` are additions that have no place in it."""

    root: Node
    provenance: dict[str, Provenance] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    misplaced: list[Node] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def contextualise(parcours: Node, session: Node) -> Overlaid:
    """Apply `contextualisation` of the tree `session` to the tree `parcours`: changes, then additions, then removals.

    A given key replaces the parcours' key whole. Parts of the wrong form are skipped: the session's model tells them.
    Problems: an unknown activity or sequence, a changed `id` or `type`.
    """
    result = Overlaid(parcours)
    overlay = _get(session, "contextualisation")
    sequences = {sequence: list(_activities(node)) for sequence, node in _sequences(parcours)}
    _modify(sequences, _get(overlay, "modifier"), result)
    _add(sequences, _get(overlay, "ajouter"), result)
    _remove(sequences, _get(overlay, "retirer"), result)
    if overlay is not None:
        result.root = _rebuilt(parcours, sequences)
    return result


_Sequences = dict[int, list["Node"]]


def _modify(sequences: _Sequences, changes: Node | None, result: Overlaid) -> None:
    if not isinstance(changes, Keys):
        return
    for identifier, (place, change) in changes.entries.items():
        found = _find(sequences, identifier)
        if found is None:
            result.problems.append(_unknown(place, identifier, sequences))
            continue
        index, rank = found
        activity = sequences[index][rank]
        if not isinstance(change, Keys) or not isinstance(activity, Keys):
            continue
        entries = dict(change.entries)
        for key in ("id", "type"):
            if key in entries:
                message = _(
                    "une session ne change pas « {key} » d'une activité : retirez-la et ajoutez-en une autre", key=key
                )
                result.problems.append(entries.pop(key)[0].problem(message))
        sequences[index][rank] = Keys(activity.place, {**activity.entries, **entries})
        result.provenance[identifier] = "modifiee"


def _add(sequences: _Sequences, additions: Node | None, result: Overlaid) -> None:
    if not isinstance(additions, Items):
        return
    names = {name: index for index, name in _sequence_ids(result.root)}
    for addition in additions.nodes:
        activity, wanted = _get(addition, "activite"), _get(addition, "sequence")
        if not isinstance(activity, Keys):
            continue
        if not isinstance(wanted, Leaf) or wanted.value is None:
            result.misplaced.append(activity)
            continue
        after = _get(addition, "apres")
        refused = _addition_problem(activity, wanted, after, names, sequences)
        if refused is not None:
            result.problems.append(refused)
            result.misplaced.append(activity)
            continue
        target = sequences[names[wanted.value]]
        follows = after.value if isinstance(after, Leaf) else None
        rank = [_id(node) for node in target].index(follows) + 1 if follows else len(target)
        target.insert(rank, activity)
        if name := _id(activity):
            result.provenance[name] = "locale"


def _addition_problem(
    activity: Keys, wanted: Leaf, after: Node | None, names: Mapping[str, int], sequences: _Sequences
) -> Problem | None:
    sequence = wanted.value or ""
    if sequence not in names:
        message = _(
            "aucune séquence ne porte l'identifiant « {sequence} »{perhaps}",
            sequence=sequence,
            perhaps=perhaps(sequence, names),
        )
        return wanted.place.problem(message)
    identifier = _get(activity, "id")
    if isinstance(identifier, Leaf) and identifier.value and _find(sequences, identifier.value):
        message = _("l'identifiant « {value} » est déjà celui d'une activité du parcours", value=identifier.value)
        return identifier.place.problem(message)
    known = [name for node in sequences[names[sequence]] if (name := _id(node))]
    if isinstance(after, Leaf) and after.value and after.value not in known:
        message = _(
            "aucune activité de la séquence « {sequence} » ne porte l'identifiant « {value} »{perhaps}",
            sequence=sequence,
            value=after.value,
            perhaps=perhaps(after.value, known),
        )
        return after.place.problem(message)
    return None


def _remove(sequences: _Sequences, removals: Node | None, result: Overlaid) -> None:
    if not isinstance(removals, Items):
        return
    for item in removals.nodes:
        if not isinstance(item, Leaf) or item.value is None:
            continue
        found = _find(sequences, item.value)
        if found is None or item.value in result.provenance:
            result.problems.append(
                item.place.problem(_("« {value} » est à la fois retirée et modifiée ou ajoutée", value=item.value))
                if found
                else _unknown(item.place, item.value, sequences)
            )
            continue
        index, rank = found
        del sequences[index][rank]
        result.removed.add(item.value)


def _unknown(place: Place, identifier: str, sequences: _Sequences) -> Problem:
    known = [name for nodes in sequences.values() for node in nodes if (name := _id(node))]
    message = _(
        "aucune activité du parcours ne porte l'identifiant « {identifier} »{perhaps}",
        identifier=identifier,
        perhaps=perhaps(identifier, known),
    )
    return place.problem(message)


def _find(sequences: _Sequences, identifier: str) -> tuple[int, int] | None:
    for index, nodes in sequences.items():
        for rank, node in enumerate(nodes):
            if _id(node) == identifier:
                return index, rank
    return None


def _rebuilt(parcours: Node, sequences: _Sequences) -> Node:
    """Return the parcours with these activities; a sequence that the session empties disappears."""
    listed = _get(parcours, "sequences")
    if not isinstance(parcours, Keys) or not isinstance(listed, Items):
        return parcours
    kept: list[Node] = []
    for index, node in enumerate(listed.nodes):
        if isinstance(node, Keys) and "activites" in node.entries and index in sequences:
            place, activities = node.entries["activites"]
            if sequences[index]:
                new = Items(activities.place, tuple(sequences[index]))
                kept.append(Keys(node.place, {**node.entries, "activites": (place, new)}))
        else:
            kept.append(node)
    place, _ = parcours.entries["sequences"]
    return Keys(parcours.place, {**parcours.entries, "sequences": (place, Items(listed.place, tuple(kept)))})


def _sequences(parcours: Node) -> list[tuple[int, Node]]:
    listed = _get(parcours, "sequences")
    if not isinstance(listed, Items):
        return []
    return [(index, node) for index, node in enumerate(listed.nodes) if isinstance(_get(node, "activites"), Items)]


def _sequence_ids(parcours: Node) -> list[tuple[int, str]]:
    return [(index, name) for index, node in _sequences(parcours) if (name := _id(node))]


def _activities(sequence: Node) -> tuple[Node, ...]:
    listed = _get(sequence, "activites")
    return listed.nodes if isinstance(listed, Items) else ()


def _id(node: Node) -> str | None:
    found = _get(node, "id")
    return found.value if isinstance(found, Leaf) else None


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Keys) else None
