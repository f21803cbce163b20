"""Tables as one HTML page, to be read and kept: no network, no script, a strict policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from connector.language import N_, _
from connector.reports.drawing import environment, stylesheet
from connector.reports.page import policy_of

if TYPE_CHECKING:
    from connector.reports.table import Table

_WIDE = Markup("\n.wide { overflow-x: auto; } .wide td { white-space: nowrap; }\n")


@dataclass(frozen=True)
class Page:
    """What the page says: over its title (`kicker`), its title, a sentence under it, its tables.

    `nothing` stands for a table without rows.
    """

    kicker: str
    title: str
    lead: str
    tables: tuple[Table, ...]
    nothing: str = N_("Rien.")


def to_html(page: Page) -> bytes:
    """Return the page."""
    style = stylesheet() + _WIDE
    template = environment().get_template("tables.html.j2")
    return template.render(
        page=replace(page, nothing=_(page.nothing)), style=style, script="", policy=policy_of(style, "")
    ).encode()
