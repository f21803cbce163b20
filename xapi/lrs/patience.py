"""How long a connection may keep the server waiting: uvicorn itself waits for ever for the rest of a request.

A server takes so many connections at once. Those of machines that went to sleep, or that say nothing, would add up
until nobody else was served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

SECONDS: dict[Any, float] = {h11.IDLE: 20, h11.SEND_BODY: 75}
"""What is given for the head of a request, then for its body: more than `Limits.seconds`, after which 408 is said."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1, on a connection that is closed where a head or a body does not come whole in time."""

    _awaited: Any = None
    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait for what follows, if anything has to."""
        super().data_received(data)
        self._wait()

    def on_response_complete(self) -> None:
        """Wait for the next head, or for the end of a body that was not wanted."""
        super().on_response_complete()
        self._wait()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; a request that is being answered is over, as if its client had left."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.transport.close()
        else:
            super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """Start the clock of what is awaited now: not again for each byte of it."""
        if self.conn.their_state is not self._awaited:
            self._stop()
            self._awaited = self.conn.their_state
            if self._awaited in SECONDS and not self.transport.is_closing():
                self._clock = self.loop.call_later(SECONDS[self._awaited], self.transport.abort)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
