"""Sign-in sheets to print, drawn by WeasyPrint from a page of ours that names no other file."""

from __future__ import annotations

import importlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from connector.errors import ConfigError
from connector.reports.sheets.wording import trainers, when

if TYPE_CHECKING:
    from connector.attendance.sheet import SignIn

_BLANK_ROWS = 3
"""For people who come without being on the list."""


def to_pdf(sign_in: SignIn) -> bytes:
    """Return A4 pages, a new one for each sheet; ConfigError where WeasyPrint or its libraries are missing.

    Nothing is fetched, from a network or a disk.
    """
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    document: bytes = weasyprint.HTML(string=to_html(sign_in), url_fetcher=nothing).write_pdf()
    return document


def to_html(sign_in: SignIn) -> str:
    """Return the page that is printed."""
    environment = Environment(
        loader=PackageLoader("connector.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(when=when, trainers=trainers(sign_in), blank_rows=_BLANK_ROWS)
    style = resources.files("connector.reports").joinpath("templates", "emargement.css").read_text("utf-8")
    page = environment.get_template("emargement.html.j2")
    return page.render(sign_in=sign_in, style=Markup(style))  # noqa: S704 - our own packaged asset


def _weasyprint() -> Any:
    """Import it late: it is an extra, and its own libraries may be missing."""
    try:
        importlib.import_module("weasyprint.urls")
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as exc:
        raise ConfigError(
            "Le PDF demande WeasyPrint et Pango, qui manquent sur cette machine.",
            remedy="Installez « parcours-connector[pdf] » et Pango (Debian, Ubuntu : apt install libpangoft2-1.0-0"
            " libharfbuzz-subset0) ; sans eux : --format ods, ou --format xlsx.",
        ) from exc
