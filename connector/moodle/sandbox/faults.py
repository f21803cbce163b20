"""What a site administrator, a proxy or bad luck can do to a site: switches that a test or a trainer turns."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, NonNegativeInt


class Faults(BaseModel):
    """The switches. Calls are counted from 1: the one at `fail_at` ends in an HTTP 500 with an empty body.

    The calls up to `busy_until` get `busy_status` and, unless it is 0, a Retry-After of `retry_after` seconds.
    `truncate` (half the text), `cut` (the connection breaks half-way), `late_ms` (the answer comes that much later) and
    `html` spoil the answer after the call has been carried out, as a proxy does: of the call at `spoil_at`, 0 for all.
    `debug` adds Moodle's `debuginfo`; `latency_ms` is waited before each call; `withheld` are functions left out of the
    token's service.
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
    busy_until: NonNegativeInt = 0
    busy_status: NonNegativeInt = 429
    retry_after: NonNegativeInt = 0
    cut: bool = False
    late_ms: NonNegativeInt = 0
    spoil_at: NonNegativeInt = 0
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `cut` breaks the connection half-way through its body."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False


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
    if calls <= faults.busy_until:
        wait = (("Retry-After", str(faults.retry_after)),) if faults.retry_after else ()
        return Answer(faults.busy_status, b"", _HTML, wait)
    if faults.fail_at and calls == faults.fail_at:
        return Answer(500, b"", _HTML)
    return None


def after(faults: Faults, calls: int, answer: Answer) -> Answer:
    """Spoil an answer on its way back."""
    if faults.spoil_at not in (0, calls):
        return answer
    if faults.late_ms:
        time.sleep(faults.late_ms / 1000)
    if faults.html:
        return Answer(200, b"<!DOCTYPE html><html><body>Portail captif</body></html>", _HTML)
    if faults.truncate:
        return replace(answer, body=answer.body[: len(answer.body) // 2])
    return replace(answer, cut=faults.cut)
