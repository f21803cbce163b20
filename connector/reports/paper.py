"""Documents to print and to keep, drawn by WeasyPrint from pages of ours that name no other file."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from connector.errors import ConfigError
from connector.language import _
from connector.reports.drawing import TEMPLATES, environment

if TYPE_CHECKING:
    from connector.reports.report import Report


def to_pdf(report: Report) -> bytes:
    """Return the document that a report is on paper; raises what `printed` raises."""
    template = environment().get_template(f"paper/{TEMPLATES[report.about.kind]}.html.j2")
    return printed(template.render(report=report, about=report.about))


def printed(html: str) -> bytes:
    """Return A4 pages, tagged for screen readers (PDF/UA-1); ConfigError where WeasyPrint or its libraries are missing.

    Nothing is fetched, from a network or a disk.
    """
    weasyprint = _weasyprint()
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    document: bytes = weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    return document


def _weasyprint() -> Any:
    """Import it late: it is an extra, and its own libraries may be missing."""
    try:
        importlib.import_module("weasyprint.urls")
        return importlib.import_module("weasyprint")
    except (ImportError, OSError) as exc:
        raise ConfigError(
            _("Le PDF demande WeasyPrint et Pango, qui manquent sur cette machine."),
            remedy=_(
                "Installez « parcours-connector[pdf] » et Pango (Debian, Ubuntu : apt install libpangoft2-1.0-0"
                " libharfbuzz-subset0) ; sans eux : --format ods, ou --format xlsx."
            ),
        ) from exc
