"""Who may do what only some roles of `[[acces]]` may: the same for every command and page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.language import _

if TYPE_CHECKING:
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger

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


def refuse_unless_overseer(ledger: Ledger, who: Asker, asked: str, does: str, remedy: str) -> None:
    """Refuse, with ConfigError and journalled as `asked`, anybody but an operator or an IEN.

    `does` says what only they do (« décident d'une ligne »), `remedy` whom to ask instead: marked sentences.
    """
    if not who.scope.oversees:
        who.refuse(ledger, asked)
        raise ConfigError(
            _(
                "« {qui} » a le rôle « {role} » : seuls un IEN et l'opérateur {font}.",
                qui=who.author,
                role=who.scope.role,
                font=_(does),
            ),
            remedy=_(remedy),
        )
