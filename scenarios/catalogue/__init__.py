"""The parcours that ship with the program: a folder each, to run as they are or to copy and adapt.

A folder holds `parcours.yaml` with the files it names, and an example session: `session.yaml`, `participants.csv`.
Their content is under CC BY-SA 4.0 (`README.md` beside this file); the people of the sessions are invented.
"""

from __future__ import annotations

from pathlib import Path

from scenarios.language import _
from scenarios.vocabularies import perhaps

_ROOT = Path(__file__).parent


def names() -> tuple[str, ...]:
    """Return the names of the parcours of the catalogue, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _ROOT.glob("*/parcours.yaml")))


def folder(name: str) -> Path:
    """Return the folder of a parcours. Raise LookupError, with a French sentence, for a name that is not in `names`."""
    known = names()
    if name not in known:
        msg = _(
            "le catalogue n'a pas de parcours « {name} »{perhaps} : il contient {known}",
            name=name,
            perhaps=perhaps(name, known),
            known=", ".join(known),
        )
        raise LookupError(msg)
    return _ROOT / name
