"""What is wrong with `parcours.toml`, in French: each error with the path of its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from connector.language import N_, _
from scenarios.vocabularies import perhaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_TOML_PLACE = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL
)


def sentences(exc: ValidationError, document: Mapping[str, object], model: type[BaseModel]) -> list[str]:
    """Return one French sentence per error, in the order of the file's keys as pydantic met them."""
    return [
        _("{lieu} : {defaut}.", lieu=_place(error["loc"], document), defaut=_sentence(error, model))
        for error in exc.errors(include_url=False, include_input=True)
    ]


def toml_error(message: str) -> str:
    """Return where the TOML reader stopped, from its English message."""
    found = _TOML_PLACE.fullmatch(message)
    if found is None:
        return _("la syntaxe est fausse")
    if found["line"] is None:
        return _("la fin du fichier arrive trop tôt")
    return _(
        "ligne {line}, colonne {column}, la syntaxe est fausse (guillemets, crochets ?)",
        line=found["line"],
        column=found["column"],
    )


def _place(loc: tuple[int | str, ...], document: Mapping[str, object]) -> str:
    """Return `[[moodle]] n° 2, adresse` for `("moodle", 1, "adresse")`."""
    if not loc:
        return _("fichier")
    section, *rest = loc
    if isinstance(document.get(str(section)), list):
        rank = rest.pop(0) if rest else None
        head = (
            _("[[{section}]] n° {rank}", section=section, rank=int(rank) + 1) if rank is not None else f"[[{section}]]"
        )
    elif isinstance(document.get(str(section)), dict):
        head = f"[{section}]"
    else:
        head = str(section)
    inner = ".".join(str(part) for part in rest if part != "[key]")
    return f"{head}, {inner}" if inner else head


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    from scenarios.messages import sentence_of  # noqa: PLC0415 - loads all models of parcours, for a mistake only

    kind = error["type"]
    sentence = _(_TOML_SHAPES[kind]) if kind in _TOML_SHAPES else sentence_of(error)
    if kind == "extra_forbidden":
        sentence += perhaps(str(error["loc"][-1]), _known_keys(error["loc"], model))
    return sentence


def _known_keys(loc: tuple[int | str, ...], model: type[BaseModel]) -> list[str]:
    """Return the keys accepted where `loc` names one that is not."""
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if len(loc) == 1:
        return list(fields)
    annotation = fields[str(loc[0])].annotation
    inner = next(kind for kind in (annotation, *get_args(annotation)) if hasattr(kind, "model_fields"))
    return list(inner.model_fields)


_TOML_SHAPES = {
    "tuple_type": N_("une liste est attendue ici ; pour un bloc répété, écrivez son nom entre doubles crochets"),
    "model_type": N_("un groupe de clés est attendu ici ; pour un bloc unique, écrivez son nom entre crochets simples"),
}
