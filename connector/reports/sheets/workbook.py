"""A sign-in sheet to fill in, as a spreadsheet: one table model, drawn alike in XLSX and ODS. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.attendance.cells import COLUMNS
from connector.reports.sheets.wording import trainers, when

if TYPE_CHECKING:
    from connector.attendance.sheet import Sheet, SignIn

CHOICES = ("O", "N")
"""What the last column takes."""
HELP = "O : présent, N : absent. Laissez vide si vous ne savez pas."

_SHOWN = (("nom", 18), ("prenom", 16), ("ecole", 28), ("groupe", 9), *zip(COLUMNS, (18, 18, 10, 34, 10), strict=True))
_SPARE_ROWS = 5
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31


@dataclass(frozen=True)
class Page:
    """One sheet: titles, a header, rows of texts; the cells of the last column take `CHOICES` only."""

    name: str
    titles: tuple[str, ...]
    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


def workbook(sign_in: SignIn) -> tuple[Page, ...]:
    """Return one page for each sheet, its name short and unique as Excel asks."""
    pages: list[Page] = []
    for sheet in sign_in.sheets:
        pages.append(_page(sign_in, sheet, {page.name.casefold() for page in pages}))
    return tuple(pages)


def _page(sign_in: SignIn, sheet: Sheet, taken: set[str]) -> Page:
    key = (sign_in.code, sheet.activite, sheet.creneau)
    group = sheet.groupe or ""
    people = [(person.nom, person.prenom, person.ecole, group, *key, person.courriel, "") for person in sheet.people]
    spare = [("", "", "", group, *key, "", "")] * _SPARE_ROWS
    titles = (
        f"Feuille d'émargement : {sign_in.titre}",
        f"{sheet.activite_titre}, {when(sheet)}",
        *([f"Lieu : {sheet.lieu}"] if sheet.lieu else []),
        *([f"Formateurs : {trainers(sign_in)}"] if sign_in.formateurs else []),
        f"Colonne « present » — {HELP} Les lignes sans nom sont pour les personnes venues en plus.",
    )
    return Page(
        name=_name(sheet, taken),
        titles=titles,
        header=tuple(name for name, _ in _SHOWN),
        widths=tuple(width for _, width in _SHOWN),
        rows=tuple(people + spare),
    )


def _name(sheet: Sheet, taken: set[str]) -> str:
    wanted = " ".join(filter(None, (sheet.activite, sheet.creneau, sheet.groupe)))
    base = _FORBIDDEN.sub("-", wanted)
    name, number = base[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        suffix = f" {number}"
        name = base[: _LONGEST_NAME - len(suffix)] + suffix
    return name
