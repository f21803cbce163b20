"""What became of a publication with core services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.publish.changes import Change
    from connector.publish.stock.plan import StockPlan
    from connector.publish.stock.state import StockCourse


@dataclass(frozen=True)
class StockOutcome:
    """What was written, the course as it now is, and what is left to a person."""

    done: StockPlan
    course: StockCourse
    left: StockPlan

    @property
    def kept(self) -> tuple[Change, ...]:
        """What somebody edited in Moodle and that stays so."""
        return () if self.done.overwrites else self.done.drift
