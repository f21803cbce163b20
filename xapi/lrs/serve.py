"""Serving an ASGI application: in this thread for a command, in another for the demo and the tests."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from xapi.lrs.patience import PatientProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen; port 0 takes a free one. Raises OSError when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=128)


def address(listener: socket.socket) -> str:
    """The http address of a listening socket, without a path."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: ASGIApp, listener: socket.socket, connections: int) -> None:
    """Serve until interrupted, and return; requests in progress are finished first.

    Whoever comes beyond `connections` at once is asked to come back (503).
    """
    with suppress(KeyboardInterrupt):  # raised again by the server, unless its loop was over at that very moment
        _server(app, connections).run(sockets=[listener])


@contextmanager
def serve_in_thread(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread of this process; yields the address and stops cleanly on the way out."""
    listener = listen(host, port)
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="xapi-lrs")
    thread.start()
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _server(app: ASGIApp, connections: int | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        limit_concurrency=connections,
    )
    return uvicorn.Server(config)
