"""One table model that every rendering draws: the same figures everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connector.obligation.wording import hours, percentage

if TYPE_CHECKING:
    from connector.reports.circonscription import CirconscriptionReport, Row

Kind = Literal["text", "minutes", "percent", "list"]
Value = str | int | tuple[str, ...]

ETATS = {"atteint": "Atteint", "incomplet": "Incomplet", "dispense": "Dispensé"}


@dataclass(frozen=True)
class Column:
    """`key` is the name in JSON, `title` what a reader sees, `kind` how the value is written."""

    key: str
    title: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    """Rows of raw values, one per column: minutes are integers, lists are tuples of sentences."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]

    def written(self) -> list[list[str]]:
        """Return every cell as a French reader sees it."""
        return [
            [write(value, column.kind) for value, column in zip(row, self.columns, strict=True)] for row in self.rows
        ]


def write(value: Value, kind: Kind) -> str:
    """Return one value in French typography."""
    if kind == "minutes" and isinstance(value, int):
        return hours(value)
    if kind == "percent" and isinstance(value, int):
        return percentage(value)
    if isinstance(value, tuple):
        return " ; ".join(value)
    return str(value)


_CIRCONSCRIPTION = (
    Column("identifiant", "Identifiant", "text"),
    Column("nom", "Nom", "text"),
    Column("prenom", "Prénom", "text"),
    Column("uai", "UAI", "text"),
    Column("ecole", "École", "text"),
    Column("circonscription", "Circonscription", "text"),
    Column("quotite", "Quotité", "percent"),
    Column("due_min", "Dû", "minutes"),
    Column("presence_min", "Présence", "minutes"),
    Column("distance_min", "Distance", "minutes"),
    Column("formation_continue_min", "Formation continue", "minutes"),
    Column("animation_min", "Animation pédagogique", "minutes"),
    Column("retenu_min", "Retenu", "minutes"),
    Column("reste_min", "Reste", "minutes"),
    Column("etat", "État", "text"),
    Column("manques", "Ce qui manque", "list"),
    Column("alertes", "À vérifier", "list"),
)


def circonscription_table(report: CirconscriptionReport) -> Table:
    """Return the report as a table, one row a teacher, in the order of FORMATS.md section 5."""
    return Table(_CIRCONSCRIPTION, tuple(_cells(row) for row in report.rows))


def _cells(row: Row) -> tuple[Value, ...]:
    return tuple(getattr(row, column.key) for column in _CIRCONSCRIPTION)
