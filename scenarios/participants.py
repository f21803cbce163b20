"""`participants.csv`: who takes part in a session."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from pydantic import TypeAdapter, ValidationError

from scenarios.errors import Problem
from scenarios.fields import Courriel
from scenarios.language import _
from scenarios.session import Cadre, Inscription
from scenarios.vocabularies import unknown_value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

COLUMNS = ("courriel", "groupe", "origine", "cadre")
_REQUIRED = COLUMNS[:2]
_EMAIL: TypeAdapter[str] = TypeAdapter(Courriel)


@dataclass(frozen=True, slots=True)
class Participant:
    """One row; `origine` and `cadre` are None where the session's apply."""

    courriel: str
    groupe: str | None = None
    origine: Inscription | None = None
    cadre: Cadre | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    file: Path
    line: int
    cells: tuple[str, ...]

    def problem(self, index: int, message: str) -> Problem:
        column = sum(len(cell) + 1 for cell in self.cells[:index]) + 1
        return Problem(str(self.file), self.line, column, message)


def parse_participants(
    text: str, file: Path, groups: Collection[str]
) -> tuple[tuple[Participant, ...], tuple[Problem, ...]]:
    """Read the text of a `;`-separated file with a header; `groups` are those of the session.

    Return the readable rows and every problem, with its line; `file` only names the problems.
    """
    rows: list[_Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    try:
        start = 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_Row(file, start, tuple(cell.strip() for cell in cells)))
            start = reader.line_num + 1
    except csv.Error:
        message = _("guillemets mal fermés dans ce fichier CSV")
        return (), (Problem(str(file), reader.line_num, 1, message),)
    if not rows:
        return (), (Problem(str(file), 1, 1, _("ce fichier est vide : sa première ligne est « courriel;groupe »")),)
    problems = list(_header_problems(rows[0]))
    if problems:
        return (), tuple(problems)
    return _participants(rows[0].cells, rows[1:], groups)


def _header_problems(header: _Row) -> Iterator[Problem]:
    for index, name in enumerate(header.cells):
        if name not in COLUMNS:
            yield header.problem(index, unknown_value("colonne", name, COLUMNS))
        elif name in header.cells[:index]:
            yield header.problem(index, _("la colonne « {name} » est écrite deux fois", name=name))
    for name in _REQUIRED:
        if name not in header.cells:
            yield header.problem(0, _("la colonne obligatoire « {name} » manque (séparateur « ; »)", name=name))


def _participants(
    header: tuple[str, ...], rows: list[_Row], groups: Collection[str]
) -> tuple[tuple[Participant, ...], tuple[Problem, ...]]:
    participants: list[Participant] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    needed = 1 + max(header.index(name) for name in _REQUIRED)
    for row in rows:
        if not needed <= len(row.cells) <= len(header):
            message = _(
                "{attendues} colonnes attendues, {trouvees} trouvées", attendues=len(header), trouvees=len(row.cells)
            )
            problems.append(row.problem(0, message))
            continue
        # A spreadsheet or a person leaves out the last `;` of a row whose last, optional cells are empty.
        whole = (*row.cells, *[""] * (len(header) - len(row.cells)))
        values = dict(zip(header, whole, strict=True))
        found = list(_row_problems(dict(zip(header, enumerate(whole), strict=True)), row, groups))
        email = values["courriel"].lower()
        if not found and email in lines:
            found.append(
                row.problem(0, _("« {email} » est déjà inscrit ligne {lines}", email=email, lines=lines[email]))
            )
        problems.extend(found)
        if not found:
            lines[email] = row.line
            participants.append(_participant(email, values))
    return tuple(participants), tuple(problems)


def _row_problems(cells: Mapping[str, tuple[int, str]], row: _Row, groups: Collection[str]) -> Iterator[Problem]:
    index, email = cells["courriel"]
    try:
        _EMAIL.validate_python(email)
    except ValidationError as exc:
        yield row.problem(index, str(exc.errors()[0]["ctx"]["phrase"]))
    index, group = cells["groupe"]
    if group and group not in groups:
        yield row.problem(index, _("le groupe « {group} » n'est pas dans les groupes de la session", group=group))
    for name, what, accepted in (
        ("origine", _("valeur d'origine"), get_args(Inscription)),
        ("cadre", _("valeur de cadre"), get_args(Cadre)),
    ):
        index, value = cells.get(name, (0, ""))
        if value and value not in accepted:
            yield row.problem(index, unknown_value(what, value, accepted))


def _participant(email: str, values: Mapping[str, str]) -> Participant:
    return Participant(
        email,
        values["groupe"] or None,
        cast("Inscription | None", values.get("origine") or None),
        cast("Cadre | None", values.get("cadre") or None),
    )
