"""What a circonscription decides for itself, and the due that a person decided for a teacher."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Arrondi = Literal["exact", "module_3h_sup"]


@dataclass(frozen=True)
class Policy:
    """Local policy of one circonscription for one school year; minutes for a full due.

    `distance_min` replaces the rule set's when it is not `None`; `themes_min` names minima by theme.
    """

    arrondi: Arrondi = "exact"
    distance_min: int | None = None
    themes_min: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Derogation:
    """A due decided for one teacher and one school year, in minutes, with a neutral reason code."""

    du_min: int
    motif: str


NATIONAL = Policy()
"""What holds where a circonscription has decided nothing."""
