"""How much one client may ask: bytes of a request, seconds to send it, requests over time."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a server. `per_second` requests of each client over time, `burst` at once; 0 is no limit.

    logstore_xapi sends batches of about 100 kB, a few per minute; attachments and replays ask for more.
    """

    body: int = 16 * 2**20
    seconds: float = 60
    per_second: float = 50
    burst: int = 500
    connections: int = 200


class Meter:
    """Counts the requests of each client as a bucket that fills at `per_second` and holds `burst`."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, client: str) -> int:
        """Count one request; return 0, or the whole seconds to wait where this one is too many."""
        rate = self._limits.per_second
        if not rate:
            return 0
        with self._lock:
            now = self._clock()
            level, since = self._buckets.get(client, (float(self._limits.burst), now))
            level = min(self._limits.burst, level + (now - since) * rate)
            allowed = level >= 1
            self._buckets[client] = (level - 1 if allowed else level, now)
        return 0 if allowed else math.ceil((1 - level) / rate)
