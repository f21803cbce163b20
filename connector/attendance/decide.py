"""A decision on one line of one person, as a fact of `declare`: granted, refused, or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from xapi.emit import decision
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xapi.statement import Statement
    from xapi.vocabulary import OwnActivity

Verdict = Literal["granted", "refused", "withdrawn"]


@dataclass(frozen=True)
class Decided:
    """What `author` decides on the line of the person named by `email`, at an instant (microseconds), and why."""

    line: OwnActivity
    email: str
    says: Verdict
    reason: str
    author: str
    at_us: int

    @property
    def answers(self) -> Sequence[Verdict]:
        """All that may be decided."""
        return ("granted", "refused", "withdrawn")

    def same(self, said: Statement) -> bool:
        """The same decision for the same reason is taken once, whoever repeats it."""
        return said.reason == self.reason or self.says == "withdrawn"

    def unneeded(self) -> bool:
        """There is nothing to withdraw where nothing was decided."""
        return self.says == "withdrawn"

    def statement(self, *, says: Verdict, revision: int) -> dict[str, Any]:
        """Return the statement of a verdict; its id does not depend on the reason, the author or the instant."""
        return decision(
            Actor("mbox", self.email),
            self.line,
            verdict=says,
            reason=self.reason,
            author=self.author,
            at_us=self.at_us,
            revision=revision,
        )
