"""Questions to a person: on standard error, and only where somebody can answer."""

from __future__ import annotations

import sys

import click

from connector.errors import ConfigError


def watched() -> bool:
    """Tell whether somebody can answer."""
    return sys.stdin.isatty()


def says_yes(question: str) -> bool:
    """Ask; whatever is not a yes is a no."""
    answer = click.prompt(f"{question} (oui ou non)", default="non", show_default=False, err=True)
    return str(answer).strip().lower() in {"o", "oui"}


def agreed(question: str, *, option: str) -> bool:
    """Ask; raise `ConfigError` naming the option that answers where nobody can."""
    if not watched():
        raise ConfigError("Rien n'a été changé : ceci demande votre accord.", remedy=f"Relancez avec {option}.")
    return says_yes(question)
