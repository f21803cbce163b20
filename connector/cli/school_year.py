"""`--annee`: the school year that a command is about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from connector.obligation.rules import school_year
from scenarios.calendar import SchoolYear, school_year_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _read(_context: click.Context, _option: click.Parameter, value: str | None) -> SchoolYear:
    return school_year(value) if value else school_year_of(datetime.now(ZoneInfo("Europe/Paris")).date())


def annee_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--annee 2026-2027` to a command, as `annee: SchoolYear`; by default the current school year, in Paris."""
    option = click.option(
        "--annee", callback=_read, metavar="AAAA-AAAA", help="Année scolaire. Défaut : celle en cours."
    )
    return option(command)
