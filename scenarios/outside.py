"""What never enters the 18 hours (RULES.md section 3), refused by its name: APC, conseils, class time, the pacte."""

from __future__ import annotations

import re

from scenarios.folding import folded
from scenarios.vocabularies import HORS_OBLIGATION

_SPACES = re.compile(r"\s+")


def refusal_by_name(name: str) -> str | None:
    """Return why what is called so never counts, None for any other name.

    The whole name is compared, without case, accents or a final « s »: a training about the APC is not the APC.
    """
    asked = _plain(name)
    for term in HORS_OBLIGATION.values():
        names = term.facts["noms"]
        if isinstance(names, list) and asked in {_plain(str(known)) for known in names}:
            return f"« {name} » : {term.label} {term.facts['bloc']}, et n'entrent jamais dans les 18 heures"
    return None


def _plain(text: str) -> str:
    return " ".join(word.rstrip("s") for word in _SPACES.split(folded(text).strip(" .:")))
