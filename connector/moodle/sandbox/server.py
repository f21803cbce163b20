"""The HTTP shell: requests in, answers out; nothing is decided here."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.sandbox.faults import Answer

    Handle = Callable[[str, list[tuple[str, str]], bytes, str], Answer]

MAX_BODY = 64_000_000


class _Server(ThreadingHTTPServer):
    """Waits for its threads when it closes, so that nothing outlives a test."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, port: int, handle: Handle) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.handle_call = handle

    def handle_error(self, request: object, client_address: object) -> None:
        """Let a caller who left before the answer go without a word; show what else went wrong."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    server_version = "bac-a-sable"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer a GET: Moodle takes parameters from the address too."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Answer a POST."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.send_error(413)
            return
        self._answer(self.rfile.read(length))

    def _answer(self, body: bytes) -> None:
        address = urlsplit(self.path)
        fields = parse_qsl(address.query, keep_blank_values=True)
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            fields += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        handle = cast("_Server", self.server).handle_call
        answer = handle(address.path, fields, body, self.headers.get("Authorization", ""))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: an address may hold a token."""


class HttpServer:
    """Serves `handle(path, fields, body, authorization)` on the loopback interface, from a thread of its own."""

    def __init__(self, handle: Handle, port: int = 0) -> None:
        self._server = _Server(port, handle)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """The address, with the port that the system gave."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the answers under way and close."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
