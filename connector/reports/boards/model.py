"""What a dashboard is made of: figures at the top, then tables, each with a word on what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from connector.reports.table import write

if TYPE_CHECKING:
    from connector.reports.report import About
    from connector.reports.table import Column, Table, Value


class Figure(NamedTuple):
    """One figure of the top of the page; None is masked."""

    column: Column
    value: Value

    @property
    def written(self) -> str:
        """The value as a reader sees it."""
        return write(self.value, self.column.kind)


@dataclass(frozen=True)
class Panel:
    """A table, its name in JSON, and what its reader must know.

    `naming` is the column that names a row; `total` says that the last row is the sum.
    """

    key: str
    table: Table
    naming: str
    note: str = ""
    total: bool = False


@dataclass(frozen=True)
class Board:
    """A dashboard: what it is called, what it says in a sentence, its figures, its tables, the main one first."""

    about: About
    title: str
    lead: str
    figures: tuple[Figure, ...]
    panels: tuple[Panel, ...]

    def tables(self) -> tuple[Table, ...]:
        """Return the tables of the panels."""
        return tuple(panel.table for panel in self.panels)

    def document(self) -> dict[str, Any]:
        """Return the figures, then the rows of each panel by its key, a total as its last row; null is masked."""
        return {
            "rapport": self.about.kind,
            "code": self.about.code,
            "nom": self.about.nom,
            "annee_scolaire": self.about.annee_scolaire,
            "chiffres": {figure.column.key: figure.value for figure in self.figures},
            **{panel.key: panel.table.objects() for panel in self.panels},
        }
