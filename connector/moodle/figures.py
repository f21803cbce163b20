"""People's own hours, `parcours-figures/1`: what `local_parcours_figures` brings to a site, and what it tells.

Amounts are whole minutes, instants epoch seconds. Answers are read with `extra="ignore"` (see `functions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from connector.moodle.document import Frozen
from connector.moodle.functions import inner
from connector.moodle.shapes import read

if TYPE_CHECKING:
    from connector.moodle.transport import Transport

FIGURES = "local_parcours_figures"
PEOPLE = 1000
"""People that one call may bring figures of, or take them from."""

_Minutes = Annotated[int, Field(ge=0)]


class LineFigures(Frozen):
    """One line as its teacher sees it; `day` is 0 where nothing decided it yet, `reason` a sentence."""

    code: str
    activity: str
    session: str
    title: str
    day: int
    minutes: _Minutes
    planned: _Minutes
    decision: Literal["credite", "refuse", "en_attente"]
    reason: str
    contested: bool


class Figures(Frozen):
    """One person's hours of a school year; `at` is when they were worked out, `missing` each unmet threshold."""

    year: str
    at: int
    state: Literal["atteint", "incomplet", "dispense"]
    due: _Minutes
    kept: _Minutes
    left: _Minutes
    presence: _Minutes
    distance: _Minutes
    training: _Minutes
    animation: _Minutes
    missing: tuple[str, ...]
    lines: tuple[LineFigures, ...]


class PersonFigures(Frozen):
    """The figures of an account of the site, and the fingerprint by which they are known there."""

    userid: int
    fingerprint: str
    figures: Figures


class FiguresDocument(Frozen):
    """What a call brings and asks: `forget` are accounts whose figures go, `received` the last contestation noted.

    `after` is the account after which those that have figures are to be told; None for none.
    """

    format: Literal["parcours-figures/1"] = "parcours-figures/1"
    people: tuple[PersonFigures, ...] = Field((), max_length=PEOPLE)
    forget: tuple[int, ...] = Field((), max_length=PEOPLE)
    received: int = 0
    after: int | None = None


class HeldFigures(Frozen):
    """An account that has figures, and their fingerprint."""

    userid: int
    fingerprint: str


class Contestation(Frozen):
    """A line that somebody contests on the site; `id` grows, `reason` is a code of `contest_reasons`."""

    id: int
    userid: int
    code: str
    activity: str
    reason: str
    at: int


class FiguresResult(Frozen):
    """What the site holds; `next` is what to ask after, None at the end; `unknown` have no account any more."""

    format: Literal["parcours-figures-result/1"]
    held: tuple[HeldFigures, ...] = ()
    next: int | None = None
    unknown: tuple[int, ...] = ()
    contestations: tuple[Contestation, ...] = ()


def figures(transport: Transport, document: FiguresDocument) -> FiguresResult:
    """Bring figures to a site, all of the document or nothing; sent again, it changes nothing more.

    :calls: `local_parcours_figures`
    """
    sent = document.model_dump_json(exclude_none=True)
    return read(FiguresResult, FIGURES, inner(FIGURES, transport.call(FIGURES, {"document": sent}, write=True)))
