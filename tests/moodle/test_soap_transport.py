"""SOAP over a connection: what is sent and how often, what broken exchanges become, where the token is."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests
import responses
import stamina
from pydantic import SecretStr
from responses.registries import OrderedRegistry

from connector.errors import ConfigError, FatalError, ParcoursError, RetriableError, UncertainError
from connector.moodle import wire
from connector.moodle.connect import connect
from connector.moodle.rest import RestTransport
from connector.moodle.soap import SoapTransport
from connector.redact import MASK
from connector.settings.sections import MoodleSite
from tests.moodle.soap_pairs import SERVER, SITE, pair, service
from tests.moodle.test_rest import everything_said

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "0123456789abcdef0123456789abcdef"
WSDL = f"{SERVER}?wsdl=1&lang=en"
FUNCTION = "core_course_get_courses_by_field"
FOUND = pair("4.5", "get_courses_by_field_none")
LOGGERS = ("urllib3.connectionpool", "zeep.xsd.schema")


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def transport() -> SoapTransport:
    return SoapTransport(SITE, SecretStr(TOKEN))


def call(transport: SoapTransport, *, write: bool = False) -> object:
    return transport.call(FUNCTION, {"field": "idnumber", "value": "NOPE"}, write=write)


class TestWhatIsSent:
    @responses.activate
    def test_the_description_once_then_one_post_a_call(self, transport: SoapTransport) -> None:
        described = responses.get(WSDL, body=service("4.5"))
        posted = responses.post(SERVER, body=FOUND.answer.body)
        assert call(transport) == call(transport, write=True) == {"courses": [], "warnings": []}
        assert (described.call_count, posted.call_count) == (1, 2)
        sent = responses.calls[1].request
        assert sent.headers["SOAPAction"] == f'"{SERVER}#{FUNCTION}"'
        assert sent.headers["Content-Type"] == "text/xml; charset=utf-8"

    @responses.activate
    def test_the_address_is_the_configured_one_whatever_the_description_says(self, transport: SoapTransport) -> None:
        elsewhere = service("4.5").replace(SITE.encode(), b"https://ailleurs.exemple.fr")
        responses.get(WSDL, body=elsewhere)
        responses.post(SERVER, body=FOUND.answer.body)
        call(transport)
        assert [each.request.url for each in responses.calls] == [WSDL, SERVER]

    @responses.activate
    def test_nothing_is_sent_for_a_function_that_the_service_does_not_hold(self, transport: SoapTransport) -> None:
        responses.get(WSDL, body=service("4.5"))
        with pytest.raises(ConfigError, match="n'autorise pas la fonction"):
            transport.call("core_course_create_courses", {"courses": []}, write=True)
        assert len(responses.calls) == 1

    def test_plain_http_is_refused_unless_asked(self) -> None:
        with pytest.raises(ConfigError, match="voyagerait en clair"):
            SoapTransport("http://moodle.exemple.fr", SecretStr(TOKEN))
        assert SoapTransport("http://m.exemple.fr", SecretStr(TOKEN), allow_http=True).address == "http://m.exemple.fr"

    @pytest.mark.parametrize(("protocol", "kind"), [("soap", SoapTransport), ("rest", RestTransport)])
    def test_the_configuration_chooses(self, protocol: str, kind: type[object]) -> None:
        site = MoodleSite.model_validate({"adresse": SITE, "protocole": protocol})
        assert type(connect(site, SecretStr(TOKEN))) is kind
        assert type(connect(MoodleSite(adresse=SITE), SecretStr(TOKEN))) is RestTransport


class TestRetries:
    @responses.activate(registry=OrderedRegistry)
    def test_a_read_is_tried_again_and_so_is_the_description(self, transport: SoapTransport) -> None:
        responses.get(WSDL, status=503, body="<p>maintenance</p>")
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, body=requests.exceptions.ConnectionError("reset"))
        responses.post(SERVER, body=FOUND.answer.body)
        assert call(transport) == {"courses": [], "warnings": []}
        assert len(responses.calls) == 4

    @responses.activate(registry=OrderedRegistry)
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_write_is_sent_once(self, transport: SoapTransport, status: int) -> None:
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, status=status)
        with pytest.raises(RetriableError):
            call(transport, write=True)
        assert len(responses.calls) == 2

    @responses.activate(registry=OrderedRegistry)
    def test_the_description_is_read_again_after_a_failure(self, transport: SoapTransport) -> None:
        responses.get(WSDL, body=pair("4.5", "wsdl_too_wide").answer.body)
        with pytest.raises(ConfigError, match="petit service à part"):
            call(transport)
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, body=FOUND.answer.body)
        call(transport)


class TestBrokenExchanges:
    @pytest.mark.parametrize(
        ("broken", "read", "written"),
        [
            (requests.exceptions.ReadTimeout(), RetriableError, UncertainError),
            (requests.exceptions.ConnectTimeout(), RetriableError, RetriableError),
            (requests.exceptions.SSLError("cert"), ConfigError, ConfigError),
            (requests.exceptions.ChunkedEncodingError("cut"), RetriableError, UncertainError),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )
    @pytest.mark.parametrize("write", [False, True])
    @responses.activate
    def test_class(
        self,
        transport: SoapTransport,
        broken: Exception,
        read: type[ParcoursError],
        written: type[ParcoursError],
        write: bool,
    ) -> None:
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, body=broken)
        with pytest.raises(ParcoursError) as caught:
            call(transport, write=write)
        assert type(caught.value) is (written if write else read)

    @responses.activate
    def test_a_description_that_does_not_come_leaves_no_doubt_about_a_write(self, transport: SoapTransport) -> None:
        responses.get(WSDL, body=requests.exceptions.ReadTimeout())
        with pytest.raises(RetriableError) as caught:
            call(transport, write=True)
        assert not isinstance(caught.value, UncertainError)

    @responses.activate
    def test_a_redirection_is_not_followed(self, transport: SoapTransport) -> None:
        elsewhere = responses.get("https://ailleurs.exemple.fr/", body="")
        responses.get(WSDL, status=302, headers={"Location": "https://ailleurs.exemple.fr/"})
        with pytest.raises(ConfigError, match="redirection vers"):
            call(transport)
        assert elsewhere.call_count == 0

    @responses.activate
    def test_an_endless_answer_is_bounded(self, transport: SoapTransport, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "MAX_ANSWER", 1_000_000)
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, body=b"<a>" + b"a" * 1_000_000)
        with pytest.raises(FatalError, match="dépasse 1 Mo"):
            call(transport)
        with pytest.raises(UncertainError, match="dépasse 1 Mo"):
            call(transport, write=True)


def http(body: bytes, status: str = "200 OK", *, length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {length or len(body)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + body


@contextmanager
def site(*replies: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server that gives these replies in order, and what it has received."""
    listener = socket.create_server(("127.0.0.1", 0))
    received: list[bytes] = []

    def serve() -> None:
        for reply in replies:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                head = b"".join(iter(stream.readline, b"\r\n"))
                length = next((int(line[15:]) for line in head.splitlines() if line.startswith(b"Content-Length:")), 0)
                received.append(head + stream.read(length))
                connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        thread.join(5)
        listener.close()


def secretive(text: str) -> bool:
    return TOKEN not in text


class TestTheTokenStaysSecret:
    def test_it_is_on_the_wire_and_in_no_log(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        described = service("4.5").replace(b"/server.php", f"/server.php?wstoken={TOKEN}".encode())
        with site(http(described), http(FOUND.answer.body)) as (address, received):
            transport = SoapTransport(address, SecretStr(TOKEN))
            call(transport)
        asked = [request.split(b"\r\n", 1)[0].decode() for request in received]
        assert asked == [
            f"GET /webservice/soap/server.php?wsdl=1&lang=en&wstoken={TOKEN} HTTP/1.1",
            f"POST /webservice/soap/server.php?wstoken={TOKEN} HTTP/1.1",
        ]
        assert TOKEN.encode() not in received[1].split(b"\r\n", 1)[1]
        assert {record.name for record in caplog.records} >= set(LOGGERS)
        assert secretive(caplog.text)
        assert secretive(repr(transport) + repr(vars(transport)) + repr(vars(transport._wire)))

    def test_the_check_itself_sees_a_leak(self, caplog: pytest.LogCaptureFixture) -> None:
        """Negative control: the token given in the URL, as Moodle's documentation shows it, is logged and raised."""
        caplog.set_level(logging.DEBUG)
        with site(http(b"<a/>")) as (address, _):
            requests.get(f"{address}/webservice/soap/server.php", params={"wstoken": TOKEN}, timeout=5)
        assert not secretive(caplog.text)
        with pytest.raises(requests.exceptions.ConnectionError) as caught:
            requests.get(f"{address}/webservice/soap/server.php", params={"wstoken": TOKEN}, timeout=5)
        assert not secretive(everything_said(caught.value))

    @pytest.mark.parametrize(
        "reply",
        [
            http(b"<a>", length=400),
            b"",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            http(b"<html>" + TOKEN.encode()),
            http(b"not xml " + TOKEN.encode()),
            http(b"", "500 Internal Server Error"),
            http(b"", f"302 Found\r\nLocation: /?wstoken={TOKEN}"),
        ],
        ids=["cut", "silent", "no http", "page", "no xml", "php died", "redirected"],
    )
    def test_in_no_exception(self, reply: bytes, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with site(http(service("4.5")), reply) as (address, _):
            transport = SoapTransport(address, SecretStr(TOKEN))
            with pytest.raises(ParcoursError) as caught:
                call(transport, write=True)
        assert secretive(everything_said(caught.value))
        assert secretive(caplog.text)

    def test_nor_when_nobody_listens(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        with pytest.raises(RetriableError, match="refusée ou impossible") as caught:
            call(SoapTransport(f"http://127.0.0.1:{port}", SecretStr(TOKEN)))
        assert secretive(everything_said(caught.value))
        assert secretive(caplog.text)

    def test_nor_when_a_description_cannot_be_read(self) -> None:
        broken = f'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="x?wstoken={TOKEN}"/>'
        with site(http(broken.encode())) as (address, _), pytest.raises(ParcoursError) as caught:
            call(SoapTransport(address, SecretStr(TOKEN)))
        assert secretive(everything_said(caught.value))

    @responses.activate
    def test_not_even_when_the_site_says_it(self, transport: SoapTransport) -> None:
        fault = pair("4.5", "publish_refused").answer.body
        told = fault.replace(b"Unknown error", f"token {TOKEN} is odd".encode())
        responses.get(WSDL, body=service("4.5"))
        responses.post(SERVER, status=500, body=told)
        with pytest.raises(FatalError) as caught:
            call(transport)
        assert secretive(everything_said(caught.value))
        assert MASK in str(caught.value)

    def test_a_token_with_odd_characters_is_written_as_one_parameter(self) -> None:
        with site(http(service("4.5"))) as (address, received), pytest.raises(ParcoursError):
            SoapTransport(address, SecretStr("a b&c=é")).call("core_x", {}, write=False)
        assert b"&wstoken=a%20b%26c%3D%C3%A9 HTTP/1.1" in received[0]
