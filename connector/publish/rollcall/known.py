"""Where a course's roll is, as the last publication found it: to read its sessions again is then one request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class KnownRoll(NamedTuple):
    """The attendance activity `number` of the course `course`, and the numbers of its groups by name."""

    course: int
    number: int
    groups: Mapping[str, int]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> KnownRoll | None:
        """Return what `body` made this of; None of what is empty."""
        return cls(kept["cours"], kept["appel"], kept["groupes"]) if kept else None

    def body(self) -> dict[str, Any]:
        """Return this as JSON."""
        return {"cours": self.course, "appel": self.number, "groupes": dict(self.groups)}
