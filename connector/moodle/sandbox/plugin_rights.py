"""What a caller may do, as `docs/plugin.md` says that `local_parcours_observe` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox.rendering import PLURALS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Category, Course, Person, Site

_MODULES = frozenset({*PLURALS, "attendance"})


def may_observe(caller: Person, course: Course) -> bool:
    """Tell whether the person holds `local/parcours:observe` in the course."""
    return caller.manager or "editingteacher" in course.enrolments.get(caller.id, set())


def rights(site: Site, caller: Person, names: Sequence[str]) -> dict[str, JsonValue]:
    """Return which capabilities the site does not know, and which the caller has in each place of the sessions."""
    roots = {
        course.categories[0]
        for course in site.courses.values()
        if course.published and course.categories and may_observe(caller, course)
    }
    known = [name for name in names if _is_known(name)]
    unknown: list[JsonValue] = [name for name in names if not _is_known(name)]
    categories: list[Category | None] = [site.categories[root] for root in sorted(roots)]
    return {"unknown": unknown, "places": [_place(site, caller, known, category) for category in categories or [None]]}


def _is_known(name: str) -> bool:
    kind, _, rest = name.partition("/")
    return kind != "mod" or rest.partition(":")[0] in _MODULES


def _place(site: Site, caller: Person, names: Sequence[str], category: Category | None) -> JsonValue:
    """Return what a place gives; who is no manager has no role outside courses, and may only call."""
    role = site.role
    if caller.manager:
        held = [name for name in names if name not in role.lacking]
    else:
        held = [name for name in names if name == "webservice/rest:use"]
    return {
        "category": None if category is None else {"idnumber": category.idnumber, "name": category.name},
        "roles": [role.shortname] if caller.manager else [],
        "assignable": [*role.assignable] if caller.manager else [],
        "held": [*held],
    }
