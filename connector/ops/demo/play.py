"""What happens: a published session is lived in fast time, and its trainer fills in the sign-in sheet."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, NamedTuple

from pydantic import SecretStr

from connector.attendance.cells import COLUMNS
from connector.attendance.sheet import expected, slots
from connector.errors import FatalError
from connector.language import _
from connector.moodle.functions import observe
from connector.moodle.observation import Query
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.acts import Kind
from connector.moodle.sandbox.life import live
from scenarios.snapshot import Snapshot
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from connector.moodle.observation import ObservedSession
    from connector.moodle.sandbox.control import ActOrder
    from connector.ops.demo.stage import Stage

_SEED = 18
_SECOND = 1_000_000


class Played(NamedTuple):
    """How many acts were done and statements sent by the site, and the sheet that the trainer filled in."""

    acts: int
    statements: int
    sheet: Path


def play(stage: Stage, code: str, until_us: int, advance: Callable[[float], None]) -> Played:
    """Have everybody enrolled live the session until an instant, and its trainer write who came.

    `advance` is told the share of the session that has been lived since the last time.
    """
    session = _observed(stage, code)
    life = live(session, _SEED)
    orders = [order for order in life if (order.instant or 0) * _SECOND <= until_us]
    for order in orders:
        stage.sandbox.act(order.courriel, order.idnumber, order.act())
        advance(1 / len(orders))
    sent = len(stage.sandbox.drain())
    if stage.sandbox.emitter.failed:
        raise FatalError(_("Le LRS de la démonstration n'a pas tout pris."), remedy=_("Relancez la démonstration."))
    snapshot = Snapshot.model_validate_json(json.dumps(session.snapshots[-1].snapshot))
    sheet = stage.folder / "emargements" / f"{code}.csv"
    sheet.parent.mkdir(exist_ok=True)
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows(_marks(snapshot, life, until_us))
    return Played(len(orders), sent, sheet)


def _observed(stage: Stage, code: str) -> ObservedSession:
    transport = RestTransport(stage.sandbox.url, SecretStr(stage.sandbox.token))
    found = observe(transport, Query(code=code, content=True)).session(code)
    if found is None:
        raise FatalError(
            _("La session {code} n'est pas dans le bac à sable.", code=code), remedy=_("Relancez la démonstration.")
        )
    return found


def _marks(snapshot: Snapshot, life: Sequence[ActOrder], until_us: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the sheets of what is over: O for whom the trainer validates in Moodle, N for the others."""
    came = {(order.courriel, order.idnumber) for order in life if order.acte is Kind.VALIDATE}
    for activity, slot in slots(snapshot):
        for one in snapshot.participants if to_us(slot.fin) <= until_us else ():
            if expected(slot, one):
                present = (one.courriel, f"{snapshot.code}/{activity.id}") in came
                yield snapshot.code, activity.id, slot.id, one.courriel, "O" if present else "N"
