"""Pictures before numbers: the geometry of the gauges and of the overview, computed once, drawn as inline SVG.

Units are those of each picture's view box. Every picture carries its figures as text beside it:
a colour or a length is never the only sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.obligation.wording import hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.circonscription import Row

GAUGE_WIDTH = 240


@dataclass(frozen=True)
class Segment:
    """A horizontal piece of a bar; `kind` names its style."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Gauge:
    """One teacher's way to what is due: modality above, nature below, marks at the due and at the half."""

    modality: tuple[Segment, ...]
    nature: tuple[Segment, ...]
    due_x: float
    training_x: float | None
    label: str


def gauge(row: Row) -> Gauge:
    """Return the gauge of one teacher; the scale holds the due and all that is credited."""
    credited = row.presence_min + row.distance_min
    scale = GAUGE_WIDTH / max(row.due_min, credited, 1)
    label = (
        f"Présence {hours(row.presence_min)}, distance {hours(row.distance_min)}, "
        f"dont formation continue {hours(row.formation_continue_min)} ; "
        f"retenu {hours(row.retenu_min)} sur {hours(row.due_min)} dues, reste {hours(row.reste_min)}."
    )
    return Gauge(
        modality=_stack(scale, (("presence", row.presence_min), ("distance", row.distance_min))),
        nature=_stack(
            scale,
            (("formation", row.formation_continue_min), ("animation", row.retenu_min - row.formation_continue_min)),
        ),
        due_x=round(row.due_min * scale, 2),
        training_x=round(row.fc_requis_min * scale, 2) if row.fc_requis_min else None,
        label=label,
    )


def _stack(scale: float, parts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    segments, x = [], 0.0
    for kind, minutes in parts:
        if minutes > 0:
            segments.append(Segment(kind, round(x, 2), round(minutes * scale, 2)))
            x += minutes * scale
    return tuple(segments)


@dataclass(frozen=True)
class Bin:
    """How many teachers stand between two shares of their due; heights in percent of the tallest bin."""

    label: str
    reached: int
    on_the_way: int
    reached_height: float
    on_the_way_height: float

    @property
    def total(self) -> int:
        """Teachers in the bin."""
        return self.reached + self.on_the_way


_BOUNDS = (("0 %", 0, 1), ("1–24 %", 1, 25), ("25–49 %", 25, 50), ("50–74 %", 50, 75), ("75–99 %", 75, 100))


def overview(rows: Sequence[Row]) -> tuple[Bin, ...]:
    """Return who is where on the way: five bins below the due and one for those who have it all.

    Teachers who owe nothing are left out. The last bin tells apart those whose thresholds are met.
    """
    owing = [row for row in rows if row.due_min]
    counts = [(name, 0, sum(low <= row.share < high for row in owing)) for name, low, high in _BOUNDS]
    full = [row for row in owing if row.share >= 100]
    reached = sum(row.etat == "atteint" for row in full)
    counts.append(("100 %", reached, len(full) - reached))
    tallest = max((done + way for _, done, way in counts), default=0) or 1
    return tuple(
        Bin(name, done, way, round(done * 100 / tallest, 2), round(way * 100 / tallest, 2))
        for name, done, way in counts
    )
