"""Pictures before numbers: the geometry of the pictures, computed once, drawn alike on a screen and on paper.

Units are those of each picture's view box. No picture stands alone: its figures are written beside it, and every colour
also differs in lightness, so that it is read without seeing hues.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, groupby
from math import isqrt
from typing import TYPE_CHECKING

from connector.language import N_, _
from connector.obligation.wording import hours
from connector.reports.periods import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from connector.reports.people import Row
    from scenarios.periods import Period

GAUGE_WIDTH = 240
COLOURS = {
    "presence": "#16386b",
    "distance": "#3f8fc9",
    "formation": "#7a3b69",
    "animation": "#c98bb4",
    "track": "#eceff4",
    "edge": "#737b8c",
    "mark": "#161616",
    "none": "#eceff4",
    "some": "#a9cbe6",
    "most": "#3f8fc9",
    "all": "#16386b",
}
LEVELS = {
    "all": N_("toutes les heures dues"),
    "most": N_("la moitié ou plus"),
    "some": N_("moins de la moitié"),
    "none": N_("rien encore"),
}
"""How far somebody is, the furthest first: drawn from the bottom up."""


@dataclass(frozen=True)
class Segment:
    """A horizontal piece of a bar; `kind` names its colour."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Gauge:
    """One teacher's way to what is due: modality above, nature below, marks at the due and at the least training."""

    modality: tuple[Segment, ...]
    nature: tuple[Segment, ...]
    due_x: float
    training_x: float | None
    label: str


def gauge(row: Row) -> Gauge:
    """Return the gauge of one teacher; the scale holds the due and all that is credited."""
    credited = row.presence_min + row.distance_min
    scale = GAUGE_WIDTH / max(row.due_min, credited, 1)
    label = _(
        "Présence {presence}, distance {distance}, dont formation continue {formation} ; retenu {retenu} sur {du} dues,"
        " reste {reste}.",
        presence=hours(row.presence_min),
        distance=hours(row.distance_min),
        formation=hours(row.formation_continue_min),
        retenu=hours(row.retenu_min),
        du=hours(row.due_min),
        reste=hours(row.reste_min),
    )
    return Gauge(
        modality=_stack(scale, (("presence", row.presence_min), ("distance", row.distance_min))),
        nature=_stack(
            scale,
            (("formation", row.formation_continue_min), ("animation", row.retenu_min - row.formation_continue_min)),
        ),
        due_x=_short(row.due_min * scale),
        training_x=_short(row.fc_requis_min * scale) if row.fc_requis_min else None,
        label=label,
    )


def _stack(scale: float, parts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    segments, x = [], 0.0
    for kind, minutes in parts:
        if minutes > 0:
            segments.append(Segment(kind, _short(x), _short(minutes * scale)))
            x += minutes * scale
    return tuple(segments)


def _short(value: float) -> float:
    """Round to a tenth, an integer where it is one: a page holds hundreds of gauges."""
    rounded = round(value, 1)
    return int(rounded) if rounded.is_integer() else rounded


@dataclass(frozen=True)
class Step:
    """Where everybody who owes hours stood at the end of a period, or stands today; `counts` by level.

    `counts` is None for a period that has not begun. `bars` are (level, y, height) in percent of everybody.
    """

    label: str
    note: str
    counts: Mapping[str, int] | None
    bars: tuple[tuple[str, float, float], ...] = ()


def level(due_min: int, kept: int) -> str:
    """Return how far somebody who owes `due_min` is, with `kept` minutes."""
    if kept >= due_min:
        return "all"
    if kept * 2 >= due_min:
        return "most"
    return "some" if kept else "none"


def steps(
    rows: Sequence[Row], spreads: Mapping[int, Spread], periods: Sequence[Period], today: date
) -> tuple[Step, ...]:
    """Return where those who owe hours stood at the end of each period so far; only today without known periods."""
    owing = [row for row in rows if row.due_min]
    if not periods:
        return (_step(_("Aujourd’hui"), "", [level(row.due_min, row.retenu_min) for row in owing]),)
    none = Spread((0,) * len(periods), (0,) * len(periods))
    kept = [_kept(row, spreads.get(row.teacher_id, none)) for row in owing]
    found = []
    for number, period in enumerate(periods):
        if today < period.debut:
            found.append(Step(str(period), _("à venir"), None))
            continue
        note = _("en cours") if today <= period.fin else _("fin")
        levels = [level(row.due_min, minutes[number]) for row, minutes in zip(owing, kept, strict=True)]
        found.append(_step(str(period), note, levels))
    return tuple(found)


def _kept(row: Row, spread: Spread) -> list[int]:
    """Return what was kept at the end of each period: animation counts as far as training leaves it room."""
    room = max(0, row.due_min - row.fc_requis_min)
    return [
        training + min(animation, room)
        for training, animation in zip(accumulate(spread.formation_continue), accumulate(spread.animation), strict=True)
    ]


def _step(label: str, note: str, levels: Sequence[str]) -> Step:
    counts = {name: levels.count(name) for name in LEVELS}
    bars, below = [], 0.0
    for name, number in counts.items():
        if number:
            height = number * 100 / len(levels)
            bars.append((name, round(100 - below - height, 2), round(height, 2)))
            below += height
    return Step(label, note, counts, tuple(bars))


@dataclass(frozen=True)
class Mark:
    """One teacher in the picture of everybody: a square, and what it says."""

    x: int
    y: int
    level: str
    says: str


def crowd_columns(people: int) -> int:
    """Return how many squares make a row: a picture wider than high, its squares neither huge nor tiny."""
    return min(40, max(16, isqrt(4 * people)))


def crowd(rows: Sequence[Row]) -> tuple[Mark, ...]:
    """Return everybody who owes hours, a square each, the furthest first."""
    ordered = sorted((row for row in rows if row.due_min), key=lambda row: (-row.share, row.nom, row.prenom))
    columns = crowd_columns(len(ordered))
    return tuple(
        Mark(
            rank % columns,
            rank // columns,
            level(row.due_min, row.retenu_min),
            _(
                "{prenom} {nom}, {retenu} sur {du}",
                prenom=row.prenom,
                nom=row.nom,
                retenu=hours(row.retenu_min),
                du=hours(row.due_min),
            ),
        )
        for rank, row in enumerate(ordered)
    )


def by_level(marks: Sequence[Mark]) -> list[tuple[str, list[Mark]]]:
    """Return runs of marks of one level, in their order."""
    return [(name, list(run)) for name, run in groupby(marks, key=lambda mark: mark.level)]
