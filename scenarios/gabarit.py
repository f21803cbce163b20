"""A gabarit: a model of parcours, from which parcours under construction are made (m@gistère's `local_workflow`).

A file `parcours/1` whose `etat` is `gabarit`. Its copy keeps the activities, the origine and the collection; the rest
of the indexation is its author's to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.assistant import Draft
from scenarios.errors import Problem, ScenarioError
from scenarios.language import _
from scenarios.yaml_nodes import Leaf, read_document
from scenarios.yaml_nodes import Mapping as Keys

if TYPE_CHECKING:
    from pathlib import Path

    from scenarios.yaml_nodes import Node

_KEPT = ("format", "origine", "academie", "collection", "nature", "sequences")
_REQUIRED = ("matricule", "titre", "objectifs", "origine", "collection", "public", "auteurs", "nature", "durees")


def is_gabarit(root: Node) -> bool:
    """Tell whether the tree of a file says that it is a gabarit."""
    etat = root.get("etat") if isinstance(root, Keys) else None
    return isinstance(etat, Leaf) and etat.value == "gabarit"


def no_session(root: Node) -> Problem:
    """Return, at the place of its `etat`, why nothing is published of a gabarit."""
    etat = root.get("etat") if isinstance(root, Keys) else None
    message = _(
        "c'est un gabarit : rien ne s'en publie ; faites-en un parcours par « parcours importer », et complétez-le"
    )
    return (etat or root).place.problem(message)


def construct(path: Path) -> Draft:
    """Return the parcours under construction that a gabarit gives, and what is left to write of it.

    Raises ScenarioError for a file that is no gabarit, or that cannot be read.
    """
    root = read_document(path).root
    if not isinstance(root, Keys) or not is_gabarit(root):
        raise ScenarioError([root.place.problem(_("ce n'est pas un gabarit : il n'a pas la clé « etat: gabarit »"))])
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    starts = sorted((place.line - 1, key) for key, (place, _value) in root.entries.items())
    ends = [line for line, _key in starts[1:]] + [len(lines)]
    kept = {key: "".join(lines[line:end]) for (line, key), end in zip(starts, ends, strict=True) if key in _KEPT}
    missing = ", ".join(key for key in _REQUIRED if key not in kept)
    head, *rest = (kept[key] for key in _KEPT if key in kept)
    return Draft(f"{head}# {_('à compléter')} : {missing}\n{''.join(rest)}", ((_("le parcours"), missing),))
