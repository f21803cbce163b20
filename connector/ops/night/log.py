"""The journal of a night on standard error: one line an event, to read or to feed to a machine; secrets blotted out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

    from connector.redact import Redactor

Form = Literal["texte", "json"]

_LEVELS = {"info": "info", "warning": "attention", "error": "erreur"}


def night_log(form: Form, redactor: Redactor) -> FilteringBoundLogger:
    """Return the logger; `texte` is key=value, `json` one object a line. Instants are UTC, ISO 8601.

    Keys and levels are in French in both: `instant`, `niveau`, `evenement`, then what the event says of itself.
    """

    def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: redactor.text(value) if isinstance(value, str) else value for key, value in event.items()}

    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.processors.LogfmtRenderer()
    )
    logger: FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _in_french,
            redact,
            last,
        ],
    )
    return logger


def _in_french(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name what structlog names in English, first in the line."""
    head = {"instant": event.pop("timestamp"), "niveau": _LEVELS[event.pop("level")], "evenement": event.pop("event")}
    return head | dict(event)
