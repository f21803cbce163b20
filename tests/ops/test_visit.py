"""What one request tells of a server: its certificate, its clock. The TLS server and its certificates are real."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.ops.doctor.finding import About, Level
from connector.ops.doctor.judge_web import judge_connection
from connector.ops.doctor.visit import ahead, visit
from tests.conftest import lacking
from xapi.client import LRSClient
from xapi.errors import CertificateError, RetriableError
from xapi.transport import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class _Quiet(BaseHTTPRequestHandler):
    status = 204

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def present() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return a function that serves https with a new certificate, and writes it to `tmp_path / certificat.pem`."""
    openssl = shutil.which("openssl")
    if openssl is None:
        lacking("openssl is not installed")
    running: list[tuple[HTTPServer, threading.Thread]] = []

    def start(*, days: int = 365, name: str = "IP:127.0.0.1") -> str:
        key, certificate = tmp_path / "cle.pem", tmp_path / "certificat.pem"
        subprocess.run(
            [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", str(days), "-subj", "/CN=essai",
             "-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server = HTTPServer(("127.0.0.1", 0), _Quiet)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        running.append((server, thread))
        return f"https://127.0.0.1:{server.server_address[1]}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def levels(address: str) -> dict[str, Level]:
    seen = visit(address, "/", present)
    return {one.code: one.level for one in judge_connection(About(address), "moodle", seen, present())}


def trust(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificat.pem"))


def test_a_good_certificate(serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = serve()
    trust(monkeypatch, tmp_path)
    seen = visit(address, "/", present)
    assert seen.certificate_until is not None
    assert timedelta(days=363) < seen.certificate_until - present() < timedelta(days=366)
    assert seen.ahead == timedelta(0)
    assert levels(address) == {"moodle.connexion": Level.OK, "moodle.certificat": Level.OK}


def test_an_authority_of_the_configuration_is_trusted_for_its_lrs_alone(
    serve: Callable[..., str], tmp_path: Path
) -> None:
    address = serve()
    authority = tmp_path / "certificat.pem"
    assert visit(address, "/", present, authority=authority).answer is not None
    assert visit(address, "/", present).certificate_refused is not None
    with pytest.raises(RetriableError, match="StatementResult"):  # it got through, to a server that is no LRS
        read_lrs(address, Route(attempts=1, authority=authority))
    with pytest.raises(CertificateError):
        read_lrs(address, Route(attempts=1))


def read_lrs(address: str, route: Route) -> None:
    with closing(LRSClient(f"{address}/xAPI", "p", "s", route=route)) as client:
        next(client.pages())


def test_the_proxy_of_the_configuration_is_gone_through() -> None:
    asked: list[str] = []

    class Proxy(_Quiet):
        status = 404

        def do_GET(self) -> None:
            asked.append(self.path)
            super().do_GET()

    server = HTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        visit("http://lrs.exemple.invalid/xAPI", "/about", present, proxy=proxy)
        route = Route(attempts=1, proxy=proxy)
        with closing(LRSClient("http://lrs.exemple.invalid/xAPI", "p", "s", route=route)) as client:
            assert client.find(UUID(int=1)) is None
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert asked[0] == "http://lrs.exemple.invalid/xAPI/about"
    assert asked[1].startswith("http://lrs.exemple.invalid/xAPI/statements?statementId=")


def test_one_that_expires_soon(serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = serve(days=10)
    trust(monkeypatch, tmp_path)
    assert levels(address) == {"moodle.connexion": Level.OK, "moodle.certificat": Level.WATCH}


def test_one_that_nobody_vouches_for(serve: Callable[..., str]) -> None:
    address = serve()
    seen = visit(address, "/", present)
    found = list(judge_connection(About(address), "moodle", seen, NOW))
    assert [(one.code, one.level) for one in found] == [("moodle.certificat", Level.MEND)]
    assert "signé par le serveur lui-même" in found[0].sentence


def test_one_in_another_name(serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = serve(name="IP:192.0.2.1")
    trust(monkeypatch, tmp_path)
    (found,) = judge_connection(About(address), "moodle", visit(address, "/", present), NOW)
    assert "au nom d'une autre adresse IP" in found.sentence


@pytest.mark.parametrize(
    ("remote", "local", "expected"),
    [
        ((0, 1), (0, 0), 0),
        ((0, 1), (1, 5), 0),
        ((10, 11), (0, 2), 8),
        ((0, 1), (11, 12), -10),
        ((5, 6), (0, 30), 0),
    ],
)
def test_a_difference_of_clocks_is_what_must_be_one(
    remote: tuple[int, int], local: tuple[int, int], expected: int
) -> None:
    def at(pair: tuple[int, int]) -> tuple[datetime, datetime]:
        return NOW + pair[0] * SECOND, NOW + pair[1] * SECOND

    assert ahead(at(remote), at(local)) == expected * SECOND
