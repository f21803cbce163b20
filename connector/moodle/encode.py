"""Nested parameters as Moodle's REST server reads them: `courses[0][name]=…`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum


def encode(params: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return `params` as form fields, in order.

    Booleans become 1 and 0, the only spelling that Moodle accepts. `None` and empty lists are left out: an empty list
    cannot be sent (`courses=` is refused). Raises `TypeError` on a value with no spelling in Moodle.
    """
    return [field for key, value in params.items() for field in _fields(key, value)]


def _fields(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case bool():
            yield name, str(int(value))
        case Enum():
            yield from _fields(name, value.value)
        case str():
            yield name, value
        case int() | float():
            yield name, str(value)
        case Mapping():
            for key, item in value.items():
                yield from _fields(f"{name}[{key}]", item)
        case list() | tuple():
            for index, item in enumerate(value):
                yield from _fields(f"{name}[{index}]", item)
        case _:
            message = f"{name}: {type(value).__name__} cannot be sent to Moodle"
            raise TypeError(message)
