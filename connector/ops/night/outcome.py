"""What a night did: plain values, from which the sentences, the metrics and the exit code are made. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

OK, FAILED, LEFT_TO_A_PERSON = 0, 1, 2
"""Exit codes of `parcours nuit` (FORMATS.md section 5)."""


@dataclass(frozen=True)
class Done:
    """What one step did.

    `sentence` says it in a few words, without a full stop. `figures` are counts by name, for the metrics and the next
    night. `failures` are sentences about what could not be done, `left` about what waits for a person.
    """

    sentence: str
    figures: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A step that was run: its name, what it did, how many seconds it took."""

    name: str
    done: Done
    seconds: float


@dataclass(frozen=True)
class Night:
    """One run: when it started (local time of the académies of the mainland), since when it catches up, its steps.

    `previous` is the start of the last night that was finished, None for the first one.
    """

    started: datetime
    previous: datetime | None
    steps: tuple[Step, ...]

    @property
    def missed(self) -> int:
        """How many nights went by without a run since the last one."""
        return max(0, (self.started.date() - self.previous.date()).days - 1) if self.previous else 0

    @property
    def failures(self) -> tuple[str, ...]:
        """What could not be done, in the order of the steps."""
        return tuple(failure for step in self.steps for failure in step.done.failures)

    @property
    def left(self) -> tuple[str, ...]:
        """What waits for a person, in the order of the steps."""
        return tuple(sentence for step in self.steps for sentence in step.done.left)

    @property
    def figures(self) -> dict[str, int]:
        """The figures of all the steps."""
        return {name: number for step in self.steps for name, number in step.done.figures.items()}

    @property
    def seconds(self) -> float:
        """How long the steps took together."""
        return sum(step.seconds for step in self.steps)

    @property
    def exit_code(self) -> int:
        """1 where something failed, else 2 where something waits for a person, else 0."""
        if self.failures:
            return FAILED
        return LEFT_TO_A_PERSON if self.left else OK
