"""Addresses of Moodle pages as what they name: a site, and a course or a course module."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from xapi.names import normalise_homepage, normalise_iri

_PAGE = r"(https?://.+)/%s/view\.php\?(?:[^#]*&)?id=([0-9]{1,15})(?:[&#].*)?"
_MODULE = re.compile(_PAGE % "mod/[a-z0-9_]+", re.ASCII)
_COURSE = re.compile(_PAGE % "course", re.ASCII)


class MoodlePage(NamedTuple):
    """A page of a site: `number` is the course's id, or the module's cmid."""

    site: str
    number: int


@lru_cache(maxsize=4096)
def module_page(iri: str) -> MoodlePage | None:
    """Read the address of a course module, `<site>/mod/<type>/view.php?id=<cmid>`; None for anything else."""
    return _page(_MODULE, iri)


@lru_cache(maxsize=4096)
def course_page(iri: str) -> MoodlePage | None:
    """Read the address of a course, `<site>/course/view.php?id=<id>`; None for anything else."""
    return _page(_COURSE, iri)


def _page(shape: re.Pattern[str], iri: str) -> MoodlePage | None:
    found = shape.fullmatch(normalise_iri(iri.strip()))
    return MoodlePage(normalise_homepage(found[1]), int(found[2])) if found else None
