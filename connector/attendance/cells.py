"""A filled-in table as rows of texts, each with its place: CSV, XLSX and ODS alike. Pure."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.attendance.workbook import UnreadableError, read_sheets
from connector.errors import DataError
from connector.language import _
from connector.ledger.csv_rows import csv_rows
from scenarios.archives import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

COLUMNS = ("session", "activite", "creneau", "courriel", "present")
"""What every row of a sign-in sheet says (FORMATS.md section 4)."""

MAX_BYTES = 8 * 2**20
_MAX_UNPACKED = 64 * 2**20
_TITLE_ROWS = 20


@dataclass(frozen=True)
class Row:
    """One row below the header; `place` is `fichier:ligne`, with the name of its sheet in a workbook."""

    place: str
    cells: Mapping[str, str]


def read_rows(data: bytes, name: str, columns: Sequence[str] = COLUMNS) -> list[Row]:
    """Read a file by what it holds, not by its name; `name` is how errors call it. Empty rows are left out.

    Other columns than those asked for help the person who fills it in, and are not read. Raises DataError where it is
    no such file, has no header or is too large.
    """
    if len(data) > MAX_BYTES:
        raise DataError(
            _("{fichier} : le fichier dépasse {taille} Mo.", fichier=name, taille=MAX_BYTES // 2**20),
            remedy=_("Est-ce bien une feuille ?"),
        )
    return list(_workbook(data, name, columns) if data.startswith(b"PK") else _text(data, name, columns))


def _text(data: bytes, name: str, columns: Sequence[str]) -> Iterator[Row]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise DataError(
            _(
                "{fichier}:{ligne} : le fichier n'est ni un classeur (XLSX, ODS), ni du CSV en UTF-8.",
                fichier=name,
                ligne=line,
            ),
            remedy=_("Dans le tableur, enregistrez-le en « CSV UTF-8 », séparateur point-virgule."),
        ) from exc
    yield from _below_header(((row.last, row.cells) for row in csv_rows(text, name)), name, columns, 1)


def _workbook(data: bytes, name: str, columns: Sequence[str]) -> Iterator[Row]:
    """Read every sheet that has something in it; titles may stand above the header."""
    try:
        sheets = read_sheets(_laid_open(data, name).getvalue())
    except (*UNREADABLE, UnreadableError) as exc:
        raise DataError(
            _("{fichier} : ce n'est pas un classeur XLSX ou ODS lisible.", fichier=name),
            remedy=_("Ouvrez-le dans le tableur, enregistrez-le en XLSX, ODS ou CSV, et recommencez."),
        ) from exc
    filled = [(title, rows) for title, rows in sheets if rows]
    if not filled:
        raise DataError(_("{fichier} : le classeur est vide.", fichier=name))
    for title, rows in filled:
        yield from _below_header(iter(rows), f"{name}:{title}", columns, _TITLE_ROWS)


def _laid_open(data: bytes, name: str) -> io.BytesIO:
    """Return the archive unpacked, each member as long as it says; refuse one that is too large then.

    What reads a workbook unpacks a member to its end, whatever length it gives itself: 400 kB would become 800 MB.
    """
    unpacked = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(unpacked, "w") as laid:
        if sum(member.file_size for member in packed.infolist()) > _MAX_UNPACKED:
            raise DataError(
                _(
                    "{fichier} : le classeur dépasse {taille} Mo une fois ouvert.",
                    fichier=name,
                    taille=_MAX_UNPACKED // 2**20,
                )
            )
        for filename in dict.fromkeys(packed.namelist()):
            laid.writestr(filename, packed.read(filename))
    unpacked.seek(0)
    return unpacked


def _below_header(
    rows: Iterator[tuple[int, Sequence[str]]], place: str, columns: Sequence[str], within: int
) -> Iterator[Row]:
    """Yield the rows below the first that names every column, one of the `within` first."""
    header: list[str] = []
    for line, cells in rows:
        header = [cell.strip().lower() for cell in cells]
        if set(columns) <= set(header):
            break
        if line >= within:
            raise DataError(_no_header(place, line, columns))
    else:
        raise DataError(_no_header(place, 1, columns))
    twice = sorted({column for column in columns if header.count(column) > 1})
    if twice:
        raise DataError(
            _(
                "{fichier}:{ligne} : colonnes en double : {colonnes}.",
                fichier=place,
                ligne=line,
                colonnes=", ".join(twice),
            )
        )
    for at, cells in rows:
        if any(map(str.strip, cells)):
            padded = [*(cell.strip() for cell in cells), *[""] * len(header)]
            yield Row(f"{place}:{at}", {column: padded[header.index(column)] for column in columns})


def _no_header(place: str, line: int, columns: Sequence[str]) -> str:
    return _("{fichier}:{ligne} : l'en-tête attendu est {entete}.", fichier=place, ligne=line, entete=";".join(columns))
