"""The circonscription report as one HTML file: no network, no external script, a strict policy."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from connector.obligation import wording
from connector.obligation.explain import MOTIFS, local_day
from connector.reports import pictures, typography
from connector.reports.table import ETATS

if TYPE_CHECKING:
    from connector.reports.circonscription import CirconscriptionReport, Line

MODALITES = {
    "presence": "En présence",
    "distance_synchrone": "À distance, ensemble",
    "distance_asynchrone": "À distance, à son rythme",
    "en_classe": "En classe",
}
DECISIONS = {"credite": "Crédité", "refuse": "Non crédité", "en_attente": "En attente"}


def _asset(name: str) -> str:
    return resources.files("connector.reports").joinpath("templates", name).read_text("utf-8")


def _source_hash(text: str) -> str:
    """Return the CSP source expression of an inline element's exact text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _line_day(line: Line) -> str:
    day = local_day(line.instant_us, line.fuseau)
    return wording.day(day) if day else ""


def _line_reason(line: Line) -> str:
    return MOTIFS[line.motif].replace("'", "’") if line.motif else ""


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("connector.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        hours=wording.hours, percentage=wording.percentage, line_day=_line_day, line_reason=_line_reason
    )
    environment.globals.update(gauge=pictures.gauge, count=typography.count)
    return environment


def to_html(report: CirconscriptionReport) -> bytes:
    """Return the whole page; it reads without JavaScript, which only adds search, filters and sorting."""
    style, script = _asset("report.css"), _asset("report.js")
    policy = (
        f"default-src 'none'; style-src {_source_hash(style)}; script-src {_source_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    schools = sorted({(row.ecole, row.uai) for row in report.rows})
    page = (
        _environment()
        .get_template("circonscription.html.j2")
        .render(
            report=report,
            bins=pictures.overview(report.rows),
            schools=schools,
            etats=ETATS,
            modalites=MODALITES,
            decisions=DECISIONS,
            policy=policy,
            style=Markup(style),  # noqa: S704 - our own packaged asset
            script=Markup(script),  # noqa: S704
        )
    )
    return page.encode()
