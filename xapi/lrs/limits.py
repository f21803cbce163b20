"""How much may be asked: bytes of a request, seconds to send it, requests over time, those of strangers apart."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT = 10_000
"""Beyond so many buckets, those that are full again are forgotten: a place may be any address of the network."""


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

    @property
    def of_strangers(self) -> Limits:
        """What one place may send without a secret, or with a wrong one: a tenth of what a client may."""
        return replace(self, per_second=self.per_second / 10, burst=max(1, self.burst // 10))


class Meter:
    """Counts the requests of each client, or place, as a bucket that fills at `per_second` and holds `burst`."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._buckets)

    def wait(self, who: str, *, counted: bool = True) -> int:
        """Count one request, unless told not to; return 0, or the whole seconds to wait where it is too many."""
        rate = self._limits.per_second
        if not rate:
            return 0
        with self._lock:
            now = self._clock()
            level = self._level(who, now)
            allowed = level >= 1
            if counted:
                self._buckets[who] = (level - 1 if allowed else level, now)
                if len(self._buckets) > _KEPT:
                    full = [one for one in self._buckets if self._level(one, now) == self._limits.burst]
                    for one in full:
                        del self._buckets[one]
        return 0 if allowed else math.ceil((1 - level) / rate)

    def _level(self, who: str, now: float) -> float:
        level, since = self._buckets.get(who, (float(self._limits.burst), now))
        return min(self._limits.burst, level + (now - since) * self._limits.per_second)
