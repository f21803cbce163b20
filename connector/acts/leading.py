"""Who may sign people in and attest, by their role of `[[acces]]`: the same for every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.language import _

if TYPE_CHECKING:
    from connector.ledger.asker import Asker

_ONLY_FOLLOW = frozenset({"tuteur", "concepteur", "enseignant"})


def refuse_followers(who: Asker) -> None:
    """Refuse, with ConfigError, somebody whose role never signs people in nor attests, whomever they name."""
    if who.scope.role in _ONLY_FOLLOW:
        raise ConfigError(
            _(
                "« {qui} » a le rôle « {role} » : seul un formateur de la session émarge et atteste.",
                qui=who.author,
                role=who.scope.role,
            ),
            remedy=_("Demandez-le à un formateur de la session."),
        )
