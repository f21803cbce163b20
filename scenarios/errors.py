"""Errors of `scenarios`: everything wrong with an author's files, with where it is, in French."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scenarios.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["erreur", "avertissement"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct (or to know): `line` and `column` start at 1, `message` is a French sentence."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = "erreur"

    def __str__(self) -> str:
        prefix = _("avertissement : ") if self.severity == "avertissement" else ""
        return f"{self.file}:{self.line}:{self.column}: {prefix}{self.message}"


class ScenarioError(Exception):
    """An author's file is refused; `problems` holds every error and warning found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
