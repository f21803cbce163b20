"""What a site administrator, a proxy or bad luck can do to a site: switches that a test or a trainer turns."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Faults(BaseModel):
    """The switches. `fail_at` counts calls from 1: that one ends in an HTTP 500 with an empty body.

    `truncate` and `html` spoil the answer after the call has been carried out, as a proxy does; `debug` adds Moodle's
    `debuginfo`; `latency_ms` is waited before each answer; `withheld` are functions left out of the token's service.
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    maintenance_cli: bool = False
    maintenance: bool = False
    services_off: bool = False
    truncate: bool = False
    html: bool = False
    debug: bool = True
    latency_ms: NonNegativeInt = 0
    fail_at: NonNegativeInt = 0
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = "application/json"


_HTML = "text/html; charset=utf-8"


def before(faults: Faults, calls: int, site_name: str) -> Answer | None:
    """Return the answer of a site that does not even look at the call, or `None`."""
    if faults.maintenance_cli:
        page = (
            f"<!DOCTYPE html>\n<html lang='en'><head><title>{site_name} under maintenance</title></head><body>"
            "<div class='alert-danger'>The site is undergoing maintenance and is currently not available</div>"
            "</body></html>"
        )
        return Answer(503, page.encode(), _HTML)
    if faults.services_off:
        return Answer(403, b"", _HTML)
    if faults.fail_at and calls == faults.fail_at:
        return Answer(500, b"", _HTML)
    return None


def after(faults: Faults, answer: Answer) -> Answer:
    """Spoil an answer on its way back."""
    if faults.html:
        return Answer(200, b"<!DOCTYPE html><html><body>Portail captif</body></html>", _HTML)
    if faults.truncate:
        return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.content_type)
    return answer
