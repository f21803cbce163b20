"""A real SMTP server for the length of a test, and what it was sent."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


class Office:
    """Keeps what it is sent; refuses anybody at `personne@`."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("personne@"):
            return "550 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(message_from_bytes(content, policy=policy.default))
        return "250 OK"


@contextmanager
def serving(office: Office, **more: Any) -> Iterator[int]:
    """Yield the port of a server that gives what it takes to an office; `more` is how it listens (aiosmtpd)."""
    with socket.create_server(("localhost", 0)) as probe:
        free: int = probe.getsockname()[1]
    server = Controller(office, hostname="localhost", port=free, **more)
    server.start()
    try:
        yield free
    finally:
        server.stop()
