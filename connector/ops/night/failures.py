"""What is said of what fails: ours is a sentence; what nobody foresaw is logged whole, and counted like the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ParcoursError
from connector.language import _

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger


def failure_of(exc: Exception, log: FilteringBoundLogger, **where: str) -> str:
    """Return the sentence of a failure; `where` is what the journal says with it."""
    if isinstance(exc, ParcoursError):
        return str(exc)
    log.error("défaut imprévu", exc_info=exc, **where)
    return _("Défaut imprévu ({defaut}) : le journal de la nuit en a le détail.", defaut=type(exc).__name__)
