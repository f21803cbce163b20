"""What was published last where no plugin keeps it: the ledger does, for each site and session.

A publication made of several calls may be cut between two of them: until one is finished, what the site holds may be
what any of those that were begun wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic import JsonValue

    Prints = Mapping[str, JsonValue]


class LastPublished(NamedTuple):
    """The prints of the last publication that came to its end, None for none, and of those begun since."""

    prints: Prints | None = None
    begun: tuple[Prints, ...] = ()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> LastPublished:
        """Return what `body` made this of; nothing of what is empty."""
        return cls(kept.get("empreintes"), tuple(kept.get("commencees", ())))

    def without(self, people: Collection[str]) -> LastPublished:
        """Return this without what stands for these people (`drift.person_key`)."""
        return LastPublished(
            None if self.prints is None else _without(self.prints, people),
            tuple(_without(one, people) for one in self.begun),
        )

    def body(self) -> dict[str, Any]:
        """Return this as JSON."""
        return {"empreintes": self.prints, "commencees": list(self.begun)}


def _without(prints: Prints, people: Collection[str]) -> Prints:
    objects = prints.get("objects")
    enrolled = objects.get("inscription") if isinstance(objects, dict) else None
    if not isinstance(objects, dict) or not isinstance(enrolled, dict):
        return prints
    kept = {key: said for key, said in enrolled.items() if key not in people}
    return {**prints, "objects": {**objects, "inscription": kept}}
