"""Questions to a person: on standard error, and only where somebody can answer."""

from __future__ import annotations

import sys

import click

from connector.errors import ConfigError
from connector.language import _


def watched() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin.isatty()


def says_yes(question: str) -> bool:
    """Ask; whatever is not a yes is a no."""
    answer = click.prompt(
        _("{question} (oui ou non)", question=question), default=_("non"), show_default=False, err=True
    )
    return str(answer).strip().lower() in {"o", "oui", "y", "yes"}


def agreed(question: str, *, option: str) -> bool:
    """Ask; raise `ConfigError` naming the option that answers where nobody can."""
    if not watched():
        raise ConfigError(
            _("Rien n'a été changé : ceci demande votre accord."), remedy=_("Relancez avec {option}.", option=option)
        )
    return says_yes(question)
