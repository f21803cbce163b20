"""A sign-in sheet to fill in, as the pages of a workbook. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.attendance.cells import COLUMNS
from connector.language import N_, _
from connector.reports.sheets.wording import trainers, when
from connector.reports.workbook.model import Choices, Page, sheet_name

if TYPE_CHECKING:
    from connector.attendance.sheet import Sheet, SignIn

MARKS = ("O", "N")
"""What the last column takes."""
HELP = N_("O : présent, N : absent. Laissez vide si vous ne savez pas.")

_SHOWN = (("nom", 18), ("prenom", 16), ("ecole", 28), ("groupe", 9), *zip(COLUMNS, (18, 18, 10, 34, 10), strict=True))
_SPARE_ROWS = 5


def pages_of(sign_in: SignIn) -> tuple[Page, ...]:
    """Return one page for each sheet."""
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
        _("Feuille d'émargement : {session}", session=sign_in.titre),
        f"{sheet.activite_titre}, {when(sheet)}",
        *([_("Lieu : {lieu}", lieu=sheet.lieu)] if sheet.lieu else []),
        *([_("Formateurs : {noms}", noms=trainers(sign_in))] if sign_in.formateurs else []),
        _("Colonne « present » — {aide} Les lignes sans nom sont pour les personnes venues en plus.", aide=_(HELP)),
    )
    return Page(
        name=sheet_name(" ".join(filter(None, (sheet.activite, sheet.creneau, sheet.groupe))), taken),
        titles=titles,
        header=tuple(name for name, _ in _SHOWN),
        widths=tuple(width for _, width in _SHOWN),
        kinds=tuple("text" for _ in _SHOWN),
        rows=tuple(people + spare),
        choices=Choices(MARKS, _(HELP)),
        frozen=2,
    )
