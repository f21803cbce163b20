"""What a session lacks to be opened (m@gistère's `local_workflow`): a trainer, a participant, as its collection asks.

Without them it can be written, checked and exported: it is in preparation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenarios.language import _
from scenarios.vocabularies import COLLECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


def missing_to_open(collection: str, roles: Collection[str], participants: int) -> Iterator[tuple[str, str]]:
    """Yield, for each thing that is missing, the key that says it and a sentence."""
    facts, label = COLLECTIONS[collection].facts, COLLECTIONS[collection].label
    if facts["formateurs_obligatoires"] and "formateur" not in roles:
        yield (
            "formateurs",
            _(
                "personne n'a le rôle « formateur », qu'il faut pour ouvrir la session (collection {label})",
                label=label,
            ),
        )
    if facts["participants_obligatoires"] and not participants:
        yield (
            "participants",
            _(
                "personne n'est sur la liste, or il faut quelqu'un pour ouvrir la session (collection {label})",
                label=label,
            ),
        )
