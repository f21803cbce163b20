"""The shape of an answer: which keys, of which types, whatever the values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@dataclass
class Shape:
    """Types met at one place; for objects their keys, and those that every one of them had; for lists their items."""

    types: set[str] = field(default_factory=set)
    keys: dict[str, Shape] = field(default_factory=dict)
    always: set[str] | None = None
    items: Shape | None = None

    def add(self, value: object) -> Shape:
        """Take one more value into account."""
        self.types.add(_type(value))
        if isinstance(value, dict):
            self.always = set(value) if self.always is None else self.always & set(value)
            for key, inner in value.items():
                self.keys.setdefault(key, Shape()).add(inner)
        elif isinstance(value, list):
            self.items = self.items or Shape()
            for inner in value:
                self.items.add(inner)
        return self


def _type(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "list"
        case _:
            return "object"


def differences(expected: Shape, actual: Shape, *, free: Collection[str] = (), path: str = "$") -> Iterator[str]:
    """Yield what `actual` has that `expected` does not allow, and what it lacks.

    A key that only some of the expected objects have may be there or not; so may the keys in `free`. An empty list and
    a null fit everything.
    """
    strange = actual.types - expected.types - {"null"}
    if strange and expected.types - {"null"}:
        yield f"{path}: {sorted(strange)} instead of {sorted(expected.types)}"
        return
    if actual.always is not None and expected.always is not None:
        for key in sorted(expected.always - set(actual.always) - set(free)):
            yield f"{path}.{key}: missing"
        for key in sorted(set(actual.keys) - set(expected.keys) - set(free)):
            yield f"{path}.{key}: unknown to real Moodle"
        for key in sorted(set(actual.keys) & set(expected.keys)):
            yield from differences(expected.keys[key], actual.keys[key], free=free, path=f"{path}.{key}")
    if expected.items is not None and actual.items is not None and expected.items.types:
        yield from differences(expected.items, actual.items, free=free, path=f"{path}[]")
