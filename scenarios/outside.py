"""What never enters the 18 hours (RULES.md section 3), refused by its name: APC, conseils, class time, the pacte."""

from __future__ import annotations

import re
from functools import cache

from scenarios.folding import folded
from scenarios.language import _
from scenarios.vocabularies import HORS_OBLIGATION

_SPACES = re.compile(r"\s+")


def refusal_by_name(name: str) -> str | None:
    """Return why what is called so never counts, None for any other name.

    The whole name is compared, without case, accents or a final « s »: a training about the APC is not the APC.
    """
    code = _names().get(_plain(name))
    if code is None:
        return None
    term = HORS_OBLIGATION[code]
    return _(
        "« {name} » : {label} {bloc}, et n'entrent jamais dans les 18 heures",
        name=name,
        label=term.label,
        bloc=term.facts["bloc"],
    )


@cache
def _names() -> dict[str, str]:
    """Return the code of what each name means, as names are compared."""
    known = ((code, term.facts["noms"]) for code, term in HORS_OBLIGATION.items())
    return {_plain(str(name)): code for code, names in known if isinstance(names, list) for name in names}


def _plain(text: str) -> str:
    return " ".join(word.rstrip("s") for word in _SPACES.split(folded(text).strip(" .:")))
