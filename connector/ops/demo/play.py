"""What happens: a published session is lived in fast time, and its sign-in sheets become statements."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.errors import FatalError
from connector.ledger.lrs_errors import translated
from connector.moodle.functions import observe
from connector.moodle.observation import Query
from connector.moodle.rest import RestTransport
from connector.moodle.sandbox.acts import Kind
from connector.moodle.sandbox.life import live
from scenarios.snapshot import Snapshot
from xapi import emit
from xapi.client import LRSClient
from xapi.instants import to_us
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from connector.moodle.observation import ObservedSession
    from connector.moodle.sandbox.control import ActOrder
    from connector.ops.demo.stage import Stage

_SEED = 18


def play(stage: Stage, code: str, advance: Callable[[float], None]) -> tuple[int, int]:
    """Have everybody enrolled live the session; return how many acts were done and statements sent.

    `advance` is told the share of the session that has been lived since the last time.
    """
    session = _observed(stage, code)
    orders = live(session, _SEED)
    for order in orders:
        stage.sandbox.act(order.courriel, order.idnumber, order.act())
        advance(1 / len(orders))
    sent = len(stage.sandbox.drain())
    if stage.sandbox.emitter.failed:
        raise FatalError("Le LRS de la démonstration n'a pas tout pris.", remedy="Relancez la démonstration.")
    snapshot = Snapshot.model_validate_json(json.dumps(session.snapshots[-1].snapshot))
    marks = list(_marks(snapshot, orders))
    with translated(stage.lrs.address), closing(_client(stage)) as client:
        client.post(marks)
    return len(orders), sent + len(marks)


def _observed(stage: Stage, code: str) -> ObservedSession:
    transport = RestTransport(stage.sandbox.url, SecretStr(stage.sandbox.token))
    found = observe(transport, Query(code=code, content=True)).session(code)
    if found is None:
        raise FatalError(f"La session {code} n'est pas dans le bac à sable.", remedy="Relancez la démonstration.")
    return found


def _client(stage: Stage) -> LRSClient:
    return LRSClient(stage.lrs.address, stage.lrs.user, stage.lrs.secret.get_secret_value())


def _marks(snapshot: Snapshot, orders: Sequence[ActOrder]) -> Iterator[dict[str, Any]]:
    """Yield what the trainer writes on each sheet: O for whom they validated in Moodle, N for the others."""
    came = {(order.courriel, order.idnumber) for order in orders if order.acte is Kind.VALIDATE}
    for activity in snapshot.activites:
        for slot in activity.creneaux:
            for one in snapshot.participants:
                if slot.groupe in (None, one.groupe):
                    yield emit.attendance(
                        Actor("mbox", one.courriel),
                        code=snapshot.code,
                        activity_id=activity.id,
                        slot_id=slot.id,
                        end_us=to_us(slot.fin),
                        present=(one.courriel, f"{snapshot.code}/{activity.id}") in came,
                    )
