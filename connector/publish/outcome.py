"""What became of a publication with the plugin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.moodle.document import Kept
    from connector.moodle.observation import Observation, ObservedSession
    from connector.publish.changes import Change, Plan


@dataclass(frozen=True)
class Outcome:
    """What publishing did: the plan that was carried out, what the site now holds, what it keeps as it was."""

    plan: Plan
    observation: Observation
    session: ObservedSession
    kept: tuple[Kept, ...] = ()

    @property
    def left(self) -> tuple[Change, ...]:
        """What somebody edited in Moodle and that stays so."""
        return () if self.plan.overwrites else self.plan.drift
