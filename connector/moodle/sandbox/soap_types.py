"""The types that Moodle's WSDL gives to parameters and results: scalars, lists, and a class for each structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["int", "string", "double", "array"]
Fields: TypeAlias = "Mapping[str, Kind | Fields]"
Returned: TypeAlias = "Kind | Fields | None"


@dataclass(frozen=True)
class Class:
    """A structure under the name that Moodle makes for it."""

    name: str
    fields: Mapping[str, Typed]


Typed: TypeAlias = "Kind | Class"


@dataclass(frozen=True)
class Operation:
    """A function as the WSDL describes it; `returned` is `None` for a function without result."""

    params: Mapping[str, Typed]
    returned: Typed | None
