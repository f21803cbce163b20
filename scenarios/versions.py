"""Versions of a parcours, which its matricule ends with: `AA_CODE_INTITULE_X.Y`.

After X.Y comes X.(Y+1) or (X+1).0, up to 9.9 (m@gistère's `version_form`). Statistics leave the version out.
"""

from __future__ import annotations

import re

from scenarios.language import _

_NUMBER = re.compile(r"([0-9])\.([0-9])", re.ASCII)
_LAST = 9


def identity(matricule: str) -> str:
    """Return a matricule without its version: one parcours, whatever becomes of it."""
    return matricule.rpartition("_")[0]


def goes_back(before: str, after: str) -> bool:
    """Tell whether a parcours would follow a newer version of itself."""
    old, new = _number(before), _number(after)
    return identity(before) == identity(after) and old is not None and new is not None and new < old


def misstep(before: str, after: str, *, changed: bool) -> str | None:
    """Return in a sentence why a version does not follow another of the same parcours; None where it does.

    `changed`: what they say differs, which a version of its own is to tell. What bears no version follows anything.
    """
    old, new = _number(before), _number(after)
    if identity(before) != identity(after) or old is None or new is None:
        return None
    words = {"avant": _version(before), "apres": _version(after), "suite": _(" ou ").join(_following(*old))}
    if new < old:
        return _("la version {apres} précède {avant}", **words)
    if new == old and not changed:
        return None
    if new == old:
        return _("le parcours a changé sans changer de version : {avant} est suivie de {suite}", **words)
    if _version(after) in _following(*old):
        return None
    return _("la version {apres} ne suit pas {avant}, qui est suivie de {suite}", **words)


def _following(major: int, minor: int) -> list[str]:
    """Return the versions that may come next; after 9.9, another parcours."""
    return [f"{x}.{y}" for x, y in ((major, minor + 1), (major + 1, 0)) if max(x, y) <= _LAST] or [_("rien")]


def _version(matricule: str) -> str:
    return matricule.rpartition("_")[2]


def _number(matricule: str) -> tuple[int, int] | None:
    found = _NUMBER.fullmatch(_version(matricule))
    return (int(found[1]), int(found[2])) if found else None
