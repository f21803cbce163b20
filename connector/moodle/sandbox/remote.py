"""The control surface of a sandbox that runs in another process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests

from connector.errors import ConfigError, DataError, RetriableError
from connector.language import _
from connector.moodle.sandbox.control import ACTS, CRON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from connector.moodle.sandbox.control import ActOrder

TIMEOUT = 60.0


@dataclass(frozen=True)
class Outcome:
    """Statements sent, events lost since the sandbox started, and whether it has an LRS to send to."""

    sent: int
    failed: int
    lrs: bool


class Remote:
    """Gives orders to the sandbox at `address`, with the connector's token."""

    def __init__(self, address: str, token: SecretStr) -> None:
        self._address = address.rstrip("/")
        self._token = token

    def act(self, orders: Sequence[ActOrder]) -> None:
        """Have the acts done, in order; raise `DataError` at the first one that the site refuses."""
        self._send(ACTS, [order.model_dump(mode="json") for order in orders])

    def drain(self) -> Outcome:
        """Send all the statements that wait; tell what became of them."""
        sent = 0
        while True:
            answer = self._send(CRON, None)
            sent += answer["declarations"]
            if not answer["attente"]:
                return Outcome(sent, answer["echecs"], lrs=bool(answer["lrs"]))

    def _send(self, path: str, body: object) -> dict[str, int]:
        try:
            answer = requests.post(
                f"{self._address}{path}",
                data=json.dumps(body),
                headers={
                    "Authorization": f"Bearer {self._token.get_secret_value()}",
                    "Content-Type": "application/json",
                },
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            answer = None
        if answer is None:
            raise RetriableError(
                _("{address} ne répond pas.", address=self._address),
                remedy=_("Lancez « parcours bac-a-sable servir »."),
            )
        if answer.status_code == requests.codes.unprocessable_entity:
            raise DataError(answer.json()["erreur"])
        if answer.status_code == requests.codes.unauthorized:
            raise ConfigError(_("Le bac à sable {address} ne reconnaît pas le jeton.", address=self._address))
        if not answer.ok:
            raise ConfigError(
                _("{address} n'est pas un bac à sable.", address=self._address),
                remedy=_("Seul un bac à sable se laisse animer : vérifiez --site."),
            )
        decoded: dict[str, int] = answer.json()
        return decoded
