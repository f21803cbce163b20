"""`--annee`: the school year that a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from connector.ledger.instants import now_us, year_of
from connector.obligation.rules import school_year

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenarios.calendar import SchoolYear


def _read(_context: click.Context, _option: click.Parameter, value: str | None) -> SchoolYear:
    return school_year(value) if value else year_of(now_us())


def annee_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--annee 2026-2027` to a command, as `annee: SchoolYear`; by default the current school year, in Paris."""
    option = click.option(
        "--annee", callback=_read, metavar="AAAA-AAAA", help="Année scolaire. Défaut : celle en cours."
    )
    return option(command)
