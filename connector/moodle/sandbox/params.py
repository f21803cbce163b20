"""Request parameters as PHP and Moodle's `validate_parameters` read them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from connector.moodle.sandbox.exceptions import MoodleError, invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Form: TypeAlias = "dict[str, Form] | str"
Checked: TypeAlias = "dict[str, Checked] | list[Checked] | str | int | bool | None"

_NAME = re.compile(r"([^\[]+)((?:\[[^\]]*\])*)$")
_KEY = re.compile(r"\[([^\]]*)\]")
_REQUIRED = object()


@dataclass(frozen=True)
class Value:
    """A scalar; `default` is what stands for an absent one, which is an error when there is none."""

    type: Literal["int", "bool", "raw"]
    default: object = _REQUIRED


@dataclass(frozen=True)
class Struct:
    """A structure with known keys."""

    keys: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True)
class Many:
    """A list; `optional` ones may be absent and are then empty."""

    content: Spec
    optional: bool = False


Spec: TypeAlias = "Value | Struct | Many"


def decode_form(fields: Iterable[tuple[str, str]]) -> dict[str, Form]:
    """Return nested parameters as PHP builds them from `a[b][0]=…` and `a[]=…`; lists are dictionaries too."""
    root: dict[str, Form] = {}
    for name, value in fields:
        match = _NAME.match(name)
        if match is None:
            continue
        path = [match[1], *_KEY.findall(match[2])]
        node = root
        for key in path[:-1]:
            child = node.setdefault(key or str(len(node)), {})
            if isinstance(child, str):  # PHP: the later, deeper spelling replaces the scalar
                child = node[key] = {}
            node = child
        node[path[-1] or str(len(node))] = value
    return root


def validate(spec: Struct, given: dict[str, Form]) -> dict[str, Checked]:
    """Return the typed parameters, or raise Moodle's `invalidparameter` with the path of what is wrong."""
    return _structure(spec, dict(given))


def _check(spec: Spec, value: Form) -> Checked:
    match spec:
        case Value():
            return _scalar(spec, value)
        case Many():
            return [_check(spec.content, item) for item in _array(value).values()]
        case Struct():
            return dict(_structure(spec, dict(_array(value))))


def _array(value: Form) -> dict[str, Form]:
    if isinstance(value, str):
        raise invalid_parameter(f"Only arrays accepted. The bad value is: '{value}'")
    return value


def _structure(spec: Struct, given: dict[str, Form]) -> dict[str, Checked]:
    checked: dict[str, Checked] = {}
    for key, inner in spec.keys.items():
        if key in given:
            try:
                checked[key] = _check(inner, given.pop(key))
            except MoodleError as error:
                raise invalid_parameter(f"{key} => {error.message}: {error.debuginfo}") from error
        elif isinstance(inner, Many) and inner.optional:
            checked[key] = []
        elif isinstance(inner, Value) and inner.default is not _REQUIRED:
            checked[key] = inner.default  # type: ignore[assignment]  # a default is of its own type
        else:
            raise invalid_parameter(f"Missing required key in single structure: {key}")
    if given:
        raise invalid_parameter(f"Unexpected keys ({', '.join(given)}) detected in parameter array.")
    return checked


def _scalar(spec: Value, value: Form) -> Checked:
    if not isinstance(value, str):
        raise invalid_parameter("Scalar type expected, array or object received.")
    if spec.type == "raw":
        return value
    if spec.type == "bool" and value in {"0", "1"}:
        return value == "1"
    if spec.type == "int" and re.fullmatch(r"-?\d+", value):
        return int(value)
    raise invalid_parameter(
        f'Invalid external api parameter: the value is "{value}", the server was expecting "{spec.type}" type'
    )
