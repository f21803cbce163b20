"""Rules that hold between fields, activities and files: pure functions from outlines to findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.errors import Severity
    from scenarios.messages import Loc


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at `loc`, in French; the loader knows which line that is."""

    loc: Loc
    message: str
    severity: Severity = "erreur"
