"""What is said of what fails: ours is a sentence; what nobody foresaw is logged whole, and counted like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ParcoursError

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def failure_of(exc: Exception, log: FilteringBoundLogger, **where: str) -> str:
    """Return the sentence of a failure; `where` is what the journal says with it."""
    if isinstance(exc, ParcoursError):
        return str(exc)
    log.error("défaut imprévu", exc_info=exc, **where)
    return f"Défaut imprévu ({type(exc).__name__}) : le journal de la nuit en a le détail."
