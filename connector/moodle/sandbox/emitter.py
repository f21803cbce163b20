"""The plugin's queue and its scheduled task: one batch of events a run, posted to the LRS."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests

from connector.moodle.sandbox.emission import TransformError, statements
from connector.moodle.sandbox.statement_parts import EmissionSettings, Json, Parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic import SecretStr

    from connector.moodle.sandbox.events import Event
    from connector.moodle.sandbox.site import Site

TIMEOUT = 30.0
VERSION = "2026022300"


@dataclass(frozen=True)
class Lrs:
    """Where statements go: the address of its xAPI, and basic authentication."""

    address: str
    user: str
    secret: SecretStr


@dataclass
class Emitter:
    """Holds the events not sent yet; without an `lrs`, `run_cron` only returns the statements.

    As in the real plugin there is no resend: what the LRS refuses, or does not answer, goes to `failed` and stays.
    """

    site: Site
    lrs: Lrs | None = None
    settings: EmissionSettings = field(default_factory=EmissionSettings)
    queue: deque[Event] = field(default_factory=deque)
    failed: list[Event] = field(default_factory=list)
    _runs: int = 0

    def add(self, raised: Iterable[Event]) -> None:
        """Queue events in the order in which they happened."""
        self.queue.extend(raised)

    def run_cron(self) -> list[Json]:
        """Run the task once: transform and send at most `batch_events` events; return the statements that went.

        An empty queue posts an empty list, as the plugin does.
        """
        taken = [self.queue.popleft() for _ in range(min(self.settings.batch_events, len(self.queue)))]
        self._runs += 1
        parts = Parts(self.site, self.settings, str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.site.url}#{self._runs}")))
        batch: list[Json] = []
        told: list[Event] = []
        for event in taken:
            try:
                batch += statements(parts, event)
                told.append(event)
            except TransformError:
                self.failed.append(event)
        if self.lrs is not None and not _post(self.lrs, batch):
            self.failed += told
            return []
        return batch

    def drain(self) -> list[Json]:
        """Run the task until the queue is empty and return all the statements that went."""
        sent: list[Json] = []
        while self.queue:
            sent += self.run_cron()
        return sent

    def described(self) -> Json:
        """Return what `local_parcours_observe` tells of logstore_xapi's settings; it is enabled where it has an LRS."""
        address = urlsplit(self.lrs.address) if self.lrs else None
        return {
            "plugin": "logstore_xapi",
            "version": VERSION,
            "enabled": self.lrs is not None,
            "endpoint": f"{address.scheme}://{address.netloc}" if address else "",
            "completions": True,
            "background": True,
            "batch": self.settings.batch_events,
            "resend": False,
            "idnumbers": self.settings.send_idnumber,
            "actor": {"account": "id", "mbox": "email", "username": "username"}[self.settings.actor],
            "waiting": _waiting(self.queue),
            "failed": _waiting(self.failed),
        }


def _waiting(events: Collection[Event]) -> Json:
    return {"events": len(events), "oldest": min((event.at for event in events), default=0)}


def _post(lrs: Lrs, batch: list[Json]) -> bool:
    try:
        answer = requests.post(
            f"{lrs.address.rstrip('/')}/statements",
            json=batch,
            auth=(lrs.user, lrs.secret.get_secret_value()),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=TIMEOUT,
        )
    except requests.RequestException:
        return False
    return answer.ok
