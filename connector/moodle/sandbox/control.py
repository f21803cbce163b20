"""The control surface: what another process may have the simulated people do. Guarded by the connector's token."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connector.errors import DataError
from connector.language import _
from connector.moodle.sandbox.acts import Act, Kind
from connector.moodle.sandbox.faults import Answer, Faults

if TYPE_CHECKING:
    from connector.moodle.sandbox.emitter import Emitter
    from connector.moodle.sandbox.statement_parts import Json

ROOT = "/bac-a-sable/"
ACTS, CRON, FAULTS = f"{ROOT}actes", f"{ROOT}cron", f"{ROOT}pannes"


class ActOrder(BaseModel):
    """One act as it travels; see `acts.Act`. `instant` is in epoch seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    courriel: str
    idnumber: str
    acte: Kind
    note: Annotated[float, Field(ge=0, le=100)] = 100.0
    texte: str = ""
    par: str = ""
    instant: int | None = None

    def act(self) -> Act:
        """Return the act itself."""
        return Act(self.acte, self.note, self.texte, self.par, self.instant)


_ORDERS = TypeAdapter(list[ActOrder])


class Controlled(Protocol):
    """What orders are carried out on: the sandbox, as far as they reach into it."""

    faults: Faults
    emitter: Emitter

    def act(self, email: str, idnumber: str, act: Act) -> None:
        """Have a person do something; raise `DataError` when Moodle's pages would not let them."""

    def run_cron(self) -> list[Json]:
        """Send one batch of statements and return it."""


def handle(sandbox: Controlled, path: str, body: bytes) -> Answer:
    """Carry out an order: acts (`{"faits": n}`), one cron run (see `_cron`), or faults."""
    try:
        if path == ACTS:
            return _acts(sandbox, body)
        if path == CRON:
            return _json(200, _cron(sandbox))
        if path == FAULTS:
            sandbox.faults = Faults.model_validate_json(body)
            return _json(200, sandbox.faults.model_dump(mode="json"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return _json(400, {"erreur": _("Ordre illisible, « {place} » : {msg}", place=place, msg=first["msg"])})
    return _json(404, {"erreur": _("Le bac à sable ne connaît pas {path}.", path=path)})


def forbidden() -> Answer:
    """Refuse an order without the connector's token."""
    return _json(401, {"erreur": _("Le jeton du connecteur est attendu (Authorization: Bearer …).")})


def _acts(sandbox: Controlled, body: bytes) -> Answer:
    done = 0
    for order in _ORDERS.validate_json(body):
        try:
            sandbox.act(order.courriel, order.idnumber, order.act())
        except DataError as error:
            return _json(422, {"erreur": str(error), "faits": done})
        done += 1
    return _json(200, {"faits": done})


def _cron(sandbox: Controlled) -> dict[str, object]:
    """Run the task once; say what went, what still waits, what failed in all, and whether there is an LRS."""
    emitter = sandbox.emitter
    sent = len(sandbox.run_cron())
    return {
        "declarations": sent if emitter.lrs else 0,
        "attente": len(emitter.queue),
        "echecs": len(emitter.failed),
        "lrs": emitter.lrs is not None,
    }


def _json(status: int, body: dict[str, object]) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())
