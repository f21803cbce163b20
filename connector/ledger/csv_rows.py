"""The rows of a CSV as French spreadsheets write it, with `;`: read strictly, a fault is told with its line. Pure."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from connector.errors import DataError
from connector.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator


class CsvRow(NamedTuple):
    """A row, with the first and the last of its lines: a quoted cell may hold several."""

    first: int
    last: int
    cells: list[str]


def csv_rows(text: str, name: str) -> Iterator[CsvRow]:
    """Yield every row, empty ones too; `name` is how errors call the file. Raises DataError where one is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    first = 1
    try:
        for cells in reader:
            yield CsvRow(first, reader.line_num, cells)
            first = reader.line_num + 1
    except csv.Error as exc:
        raise DataError(
            _(
                "{fichier}:{ligne} : la ligne ne se lit pas comme du CSV (guillemets, caractère nul).",
                fichier=name,
                ligne=reader.line_num,
            ),
            remedy=_("Corrigez cette ligne et recommencez."),
        ) from exc
