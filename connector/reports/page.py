"""A report as one HTML file: no network, no external script, a strict policy."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from connector.reports.drawing import TEMPLATES, asset, environment, stylesheet

if TYPE_CHECKING:
    from connector.reports.report import Report


def to_html(report: Report) -> bytes:
    """Return the whole page; it reads without JavaScript, which only adds search, filters and sorting."""
    style, script = stylesheet(), asset("report.js")
    template = environment().get_template(f"{TEMPLATES[report.about.kind]}.html.j2")
    return template.render(
        report=report, about=report.about, policy=policy_of(style, script), style=style, script=script
    ).encode()


def policy_of(style: str, script: str) -> str:
    """Return the content security policy of a page that holds these, and asks nobody for anything."""
    return (
        f"default-src 'none'; style-src {_source_hash(style)}; script-src {_source_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source_hash(text: str) -> str:
    """Return the CSP source expression of an inline element's exact text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
