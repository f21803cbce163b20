"""Which page of an existing Moodle course is which activity of a session: the CSV given to `lier`. Pure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.ledger.moodle_iri import course_page, module_page

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_HEADER = ["activite", "url"]
_COURSE = "cours"


@dataclass(frozen=True)
class Correspondence:
    """A course and its modules: `modules` gives the activity id of each cmid."""

    site: str
    course_id: int
    modules: Mapping[int, str]


def parse_correspondence(data: bytes, name: str, activities: Collection[str]) -> Correspondence:
    """Read `activite;url` rows, one of them `cours;url`; `activities` are the ids that the session knows.

    Raises DataError with one line per mistake: wrong header, unknown activity, address of another kind or site,
    the same activity or page twice, no course.
    """
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";", strict=True))
    except (UnicodeDecodeError, csv.Error) as exc:
        raise DataError(_("{name} : le fichier n'est pas du CSV en UTF-8.", name=name)) from exc
    if not rows or [cell.strip() for cell in rows[0]] != _HEADER:
        raise DataError(_("{name}:1 : l'en-tête attendu est « activite;url ».", name=name))
    reading = _Reading(name, activities)
    for line, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            reading.row(line, [cell.strip() for cell in cells])
    return reading.result()


class _Reading:
    def __init__(self, name: str, activities: Collection[str]) -> None:
        self._name = name
        self._activities = activities
        self._errors: list[str] = []
        self._course: tuple[str, int] | None = None
        self._modules: dict[tuple[str, int], str] = {}

    def row(self, line: int, cells: list[str]) -> None:
        problem = _("deux cases sont attendues : activite;url") if len(cells) != 2 else self._take(*cells)
        if problem:
            self._errors.append(_("{name}:{line} : {problem}.", name=self._name, line=line, problem=problem))

    def result(self) -> Correspondence:
        if self._course is None and not self._errors:
            self._errors.append(_("{name} : il manque la ligne « cours;adresse du cours ».", name=self._name))
        site, course_id = self._course or ("", 0)
        for (its_site, cmid), activity_id in self._modules.items():
            if self._course and its_site != site:
                self._errors.append(
                    _(
                        "{name} : « {activity_id} » (module {cmid}) n'est pas sur le site du cours, {site}.",
                        name=self._name,
                        activity_id=activity_id,
                        cmid=cmid,
                        site=site,
                    )
                )
        if self._errors:
            raise DataError("\n".join(self._errors), remedy=_("\nRien n'a été lié."))
        return Correspondence(site, course_id, {cmid: of for (_, cmid), of in self._modules.items()})

    def _take(self, activity_id: str, url: str) -> str | None:
        """Take one row; return what is wrong with it, if anything."""
        if activity_id == _COURSE:
            return self._take_course(url)
        if activity_id not in self._activities:
            return _("la session n'a pas d'activité « {activity_id} »", activity_id=activity_id)
        page = module_page(url)
        if page is None:
            return _("« {url} » n'est pas l'adresse d'une activité (…/mod/…/view.php?id=…)", url=url)
        if page in self._modules or activity_id in self._modules.values():
            return _("l'activité « {activity_id} » ou sa page est déjà donnée plus haut", activity_id=activity_id)
        self._modules[page] = activity_id
        return None

    def _take_course(self, url: str) -> str | None:
        page = course_page(url)
        if page is None:
            return _("« {url} » n'est pas l'adresse d'un cours (…/course/view.php?id=…)", url=url)
        if self._course is not None:
            return _("un seul cours par session")
        self._course = page
        return None
