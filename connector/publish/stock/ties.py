"""Which activity of a course is which of a session: by idnumber, its last part when the course comes from a model.

Groups are found by idnumber, else by name: a copied course keeps the idnumbers of its model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError
from connector.language import _
from connector.moodle.activities.note import SUFFIX as NOTE_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.moodle.course_functions import CourseGroup
    from connector.moodle.document import ActivitySettings, Publication
    from connector.publish.stock.state import StockModule


@dataclass(frozen=True)
class Ties:
    """`found` gives the course's activity for an idnumber of the session; `missing` are those that it does not have.

    `gone` are activities of the course that the session no longer has.
    """

    found: Mapping[str, StockModule]
    missing: tuple[ActivitySettings, ...]
    gone: tuple[StockModule, ...]

    def by_cmid(self) -> dict[int, str]:
        """Return the activity id of each tied activity, by its number in Moodle; notes are left out."""
        return {module.cmid: _parts(key)[1] for key, module in self.found.items() if not key.endswith(NOTE_SUFFIX)}


def groups_of(wanted: Publication, found: Iterable[CourseGroup]) -> dict[str, CourseGroup]:
    """Return the course's groups that are the session's, by the name that the session gives them."""
    every = tuple(found)
    known, named = {one.idnumber: one for one in every if one.idnumber}, {one.name: one for one in every}
    pairs = [(one.name, known.get(one.idnumber) or named.get(one.name)) for one in wanted.groups or ()]
    return {name: group for name, group in pairs if group is not None}


def last_part(idnumber: str) -> str:
    """Return what of an idnumber a copied course has in common with its model: the id of the activity."""
    return _parts(idnumber)[1]


def tie(wanted: Publication, course_id: int, modules: Sequence[StockModule]) -> Ties:
    """Tie a session to the activities of a course.

    Raises `DataError` when nothing in the course is the session's, or when two activities might be the same one.
    """
    activities = wanted.activities or ()
    candidates = {one.idnumber: _candidates(one, modules) for one in activities}
    doubles = [
        _(
            "Dans le cours {course_id}, {nombre} activités portent l'idnumber de « {key} » : {some}.",
            course_id=course_id,
            nombre=len(some),
            key=key,
            some=", ".join(_("« {name} » ({idnumber})", name=one.shown.name, idnumber=one.idnumber) for one in some),
        )
        for key, some in candidates.items()
        if len(some) > 1
    ]
    if doubles:
        raise DataError(
            "\n".join(doubles), remedy=_("\nVidez, dans leurs réglages, l'idnumber de celles qui sont de trop.")
        )
    found = {key: some[0] for key, some in candidates.items() if some}
    if activities and not found:
        raise DataError(
            _(
                "Aucune activité du cours {course_id} n'est celle d'une activité de {code}.",
                course_id=course_id,
                code=wanted.code,
            ),
            remedy=_(
                "Restaurez-y d'abord la sauvegarde de la session (« parcours exporter »), ou liez un "
                "cours fait autrement par « parcours lier --correspondance »."
            ),
        )
    prefixes = {wanted.code, *(_parts(module.idnumber)[0] for module in found.values())}
    tied = {module.cmid for module in found.values()}
    return Ties(
        found=found,
        missing=tuple(one for one in activities if one.idnumber not in found),
        gone=tuple(one for one in modules if one.cmid not in tied and _parts(one.idnumber)[0] in prefixes),
    )


def _candidates(wanted: ActivitySettings, modules: Sequence[StockModule]) -> list[StockModule]:
    """Return the activities of the very idnumber, else those of its last part."""
    same = [one for one in modules if one.idnumber == wanted.idnumber]
    last = _parts(wanted.idnumber)[1]
    return same or [one for one in modules if one.idnumber and _parts(one.idnumber)[1] == last]


def _parts(idnumber: str) -> tuple[str, str]:
    prefix, _, last = idnumber.rpartition("/")
    return prefix, last
