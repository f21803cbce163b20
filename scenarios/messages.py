"""What pydantic refuses, as problems: the place in the author's file and a French sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from scenarios.achievement import KNOWN
from scenarios.fields import REFUSED
from scenarios.language import _
from scenarios.model import ActiviteInconnue
from scenarios.vocabularies import perhaps
from scenarios.yaml_nodes import Items, Leaf, plain
from scenarios.yaml_nodes import Mapping as Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from scenarios.errors import Problem
    from scenarios.yaml_nodes import Node, Place

Loc = tuple[str | int, ...]


def _one_of(value: object, listed: str) -> str:
    accepted = re.findall(r"'([^']*)'", listed)
    if not isinstance(value, str):
        return _("une de ces valeurs est attendue ici : {accepted}", accepted=", ".join(accepted))
    return _(
        "valeur « {value} » inconnue{perhaps} ; valeurs admises : {accepted}",
        value=value,
        perhaps=perhaps(value, accepted),
        accepted=", ".join(accepted),
    )


def _missing(error: Any) -> str:
    name = error["loc"][-1]
    zero = _(" (0 est une durée admise)") if name in {"presence", "distance"} else ""
    return _("la clé obligatoire « {name} » manque{zero}", name=name, zero=zero)


def _too_short(error: Any) -> str:
    least = error["ctx"]["min_length"]
    return _("cette liste est vide") if least == 1 else _("au moins {least} éléments sont attendus ici", least=least)


_SENTENCES: Mapping[str, Callable[[Any], str]] = {
    REFUSED: lambda error: str(error["ctx"]["phrase"]),
    "missing": _missing,
    "extra_forbidden": lambda error: _("la clé « {loc} » est inconnue ici", loc=error["loc"][-1]),
    "literal_error": lambda error: _one_of(error["input"], error["ctx"]["expected"]),
    "union_tag_invalid": lambda error: _one_of(error["ctx"]["tag"], error["ctx"]["expected_tags"]),
    "union_tag_not_found": lambda _error: _("la clé obligatoire « type » manque"),
    "model_type": lambda _error: _("un groupe de clés est attendu ici"),
    "model_attributes_type": lambda _error: _("un groupe de clés est attendu ici"),
    "dict_type": lambda _error: _("un groupe de clés est attendu ici"),
    "tuple_type": lambda _error: _("une liste est attendue ici, par exemple « [a, b] »"),
    "too_short": _too_short,
}
"""pydantic error type → French sentence; a test checks that the models can raise no other type."""


def sentence_of(detail: Any) -> str:
    """Return the French sentence of one of pydantic's error details."""
    return _SENTENCES[detail["type"]](detail)


def model_problems(error: ValidationError, root: Node, model: type[BaseModel]) -> Iterator[Problem]:
    """Yield one problem for each error of the validation, by `model`, of what `root` holds.

    pydantic stops at an activity's unknown or missing type: what else is wrong with the activity is yielded too.
    """
    for detail in error.errors(include_url=False):
        kind, loc = detail["type"], without_tags(detail["loc"])
        if kind in {"union_tag_invalid", "union_tag_not_found"}:
            yield from _whatever_the_type(node_at(root, loc))
        if kind == "too_short" and _long_enough(node_at(root, loc), detail["ctx"]["min_length"]):
            continue
        sentence = sentence_of(detail)
        if kind == "extra_forbidden":
            sentence += perhaps(str(loc[-1]), _known_keys(model, detail["loc"]))
        if kind == "union_tag_invalid":
            loc = (*loc, "type")
        if _nothing_written(root, loc):
            sentence = _("une valeur est attendue ici")
        yield place_of(root, loc, key=kind == "extra_forbidden").problem(sentence)


def _whatever_the_type(activity: Node | None) -> Iterator[Problem]:
    if activity is None:
        return
    try:
        ActiviteInconnue.model_validate(plain(activity))
    except ValidationError as exc:
        yield from model_problems(exc, activity, ActiviteInconnue)


def _long_enough(node: Node | None, least: int) -> bool:
    """Tell a list that is only short of what was refused in it, which is told already."""
    return isinstance(node, Items) and len(node.nodes) >= least


def without_tags(loc: Loc) -> Loc:
    """Return `loc` without the activity types that pydantic inserts to say which model was meant."""
    return tuple(
        part
        for index, part in enumerate(loc)
        if not (part in KNOWN and isinstance(loc[index - 1], int) and loc[index - 2] in {"activites"})
    )


def node_at(root: Node, loc: Loc) -> Node | None:
    """Return the node under `loc`, or None where nothing is written there."""
    node: Node | None = root
    for part in loc:
        if isinstance(node, Items) and isinstance(part, int):
            node = node.nodes[part]
        elif isinstance(node, Keys):
            node = node.get(str(part))
        else:
            return None
    return node


def place_of(root: Node, loc: Loc, *, key: bool = False) -> Place:
    """Return where the value at `loc` is written (its key, if `key`), or the nearest thing around it."""
    if key and loc:
        parent = node_at(root, loc[:-1])
        if isinstance(parent, Keys) and loc[-1] in parent.entries:
            return parent.entries[str(loc[-1])][0]
    for end in range(len(loc), 0, -1):
        node = node_at(root, loc[:end])
        if node is not None:
            return node.place
    return root.place


def _nothing_written(root: Node, loc: Loc) -> bool:
    node = node_at(root, loc)
    return isinstance(node, Leaf) and node.value is None


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys accepted where the last part of `loc` was found."""
    models = [model]
    for part in loc[:-1]:
        if len(models) > 1:
            models = [found for found in models if part in get_args(found.model_fields["type"].annotation)] or models
        elif isinstance(part, str) and part in models[0].model_fields:
            models = list(_models_in(models[0].model_fields[part].annotation))
    return list(models[0].model_fields)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
