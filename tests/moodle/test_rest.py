"""The one door: what is sent, what is never sent, and what each broken exchange becomes."""

from __future__ import annotations

import logging
import socket
import threading
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
import requests
import responses
import stamina
from pydantic import SecretStr
from responses.registries import OrderedRegistry

from connector.errors import ConfigError, FatalError, ParcoursError, RetriableError, UncertainError
from connector.moodle import wire
from connector.moodle.rest import RestTransport
from connector.redact import MASK, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterator

SITE = "https://moodle.exemple.fr"
URL = f"{SITE}/webservice/rest/server.php"
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def transport() -> RestTransport:
    return RestTransport(SITE, SecretStr(TOKEN))


def everything_said(exc: BaseException) -> str:
    """All that a log, a debugger or an error tracker could take from an exception, causes included."""
    text = "".join(traceback.format_exception(exc))
    seen: list[BaseException] = []
    current: BaseException | None = exc
    while current is not None and current not in seen:
        seen.append(current)
        text += repr(current) + repr(current.args) + repr(vars(current))
        request = getattr(current, "request", None)
        if request is not None:
            text += repr(request.body) + repr(request.url) + repr(request.headers)
        current = current.__cause__ or current.__context__
    return text


class TestWhatIsSent:
    @responses.activate
    def test_one_post_with_the_token_in_its_body_only(self, transport: RestTransport) -> None:
        responses.post(URL, json={"ok": True})
        assert transport.call("f_name", {"visible": True, "ids": [4, 5]}, write=False) == {"ok": True}
        (call,) = responses.calls
        assert call.request.url == URL
        assert parse_qs(str(call.request.body)) == {
            "wstoken": [TOKEN],
            "wsfunction": ["f_name"],
            "moodlewsrestformat": ["json"],
            "visible": ["1"],
            "ids[0]": ["4"],
            "ids[1]": ["5"],
        }
        assert TOKEN not in str(call.request.headers)

    @pytest.mark.parametrize("address", ["http://moodle.exemple.fr", "http://192.168.0.4"])
    def test_plain_http_is_refused_unless_asked(self, address: str) -> None:
        with pytest.raises(ConfigError, match="voyagerait en clair"):
            RestTransport(address, SecretStr(TOKEN))
        assert RestTransport(address, SecretStr(TOKEN), allow_http=True).address == address

    @pytest.mark.parametrize("address", ["http://127.0.0.1:8080/", "http://localhost", "http://[::1]:81"])
    def test_plain_http_on_this_machine_is_accepted(self, address: str) -> None:
        assert RestTransport(address, SecretStr(TOKEN)).address == address.rstrip("/")

    @pytest.mark.parametrize("address", ["moodle.exemple.fr", "ftp://m.exemple.fr", "https://u:p@m.exemple.fr", ""])
    def test_what_is_no_address_is_refused(self, address: str) -> None:
        with pytest.raises(ConfigError, match="Adresse de Moodle refusée"):
            RestTransport(address, SecretStr(TOKEN))


class TestRetries:
    @responses.activate(registry=OrderedRegistry)
    def test_a_read_is_tried_again(self, transport: RestTransport) -> None:
        responses.post(URL, status=503, body="<p>maintenance</p>")
        responses.post(URL, body=requests.exceptions.ConnectionError("reset"))
        responses.post(URL, json=[1])
        assert transport.call("f", {}, write=False) == [1]
        assert len(responses.calls) == 3

    @responses.activate(registry=OrderedRegistry)
    def test_a_read_is_given_up_after_four_times(self, transport: RestTransport) -> None:
        for _ in range(4):
            responses.post(URL, status=503, body="<p>maintenance</p>")
        with pytest.raises(RetriableError, match="en maintenance"):
            transport.call("f", {}, write=False)
        assert len(responses.calls) == 4

    @responses.activate(registry=OrderedRegistry)
    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_write_is_sent_once(self, transport: RestTransport, status: int) -> None:
        responses.post(URL, status=status)
        with pytest.raises(RetriableError):
            transport.call("f", {}, write=True)
        assert len(responses.calls) == 1

    @responses.activate(registry=OrderedRegistry)
    def test_a_refusal_is_not_tried_again(self, transport: RestTransport) -> None:
        responses.post(URL, json={"exception": "e", "errorcode": "invalidtoken", "message": "no"})
        with pytest.raises(ConfigError, match="ne reconnaît pas le jeton"):
            transport.call("f", {}, write=False)
        assert len(responses.calls) == 1

    @pytest.mark.parametrize(("after", "expected"), [(None, True), (7.0, 7.0), (60.0, 60.0), (61.0, False)])
    def test_the_pause_that_the_site_asks_for(self, after: float | None, expected: float) -> None:
        assert wire._pause(RetriableError("x", after=after)) == expected

    @pytest.mark.parametrize("fault", [UncertainError("x"), FatalError("x"), ValueError("x")])
    def test_what_is_never_read_again(self, fault: Exception) -> None:
        assert wire._pause(fault) is False


class TestBrokenExchanges:
    @pytest.mark.parametrize(
        ("broken", "read", "written", "part"),
        [
            (requests.exceptions.ReadTimeout(), RetriableError, UncertainError, "n'a pas répondu"),
            (requests.exceptions.ConnectTimeout(), RetriableError, RetriableError, "ne répond pas"),
            (requests.exceptions.SSLError("cert"), ConfigError, ConfigError, "certificat"),
            (requests.exceptions.ProxyError("p"), ConfigError, ConfigError, "mandataire"),
            (requests.exceptions.ChunkedEncodingError("cut"), RetriableError, UncertainError, "coupée"),
            (requests.exceptions.ConnectionError("reset"), RetriableError, UncertainError, "coupée"),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )
    @pytest.mark.parametrize("write", [False, True])
    @responses.activate
    def test_class_and_sentence(
        self,
        transport: RestTransport,
        broken: Exception,
        read: type[ParcoursError],
        written: type[ParcoursError],
        part: str,
        write: bool,
    ) -> None:
        responses.post(URL, body=broken)
        with pytest.raises(ParcoursError, match=part) as caught:
            transport.call("f", {}, write=write)
        assert type(caught.value) is (written if write else read)
        assert type(broken).__name__ not in str(caught.value)

    @responses.activate
    def test_a_redirection_is_not_followed(self, transport: RestTransport) -> None:
        elsewhere = responses.post("https://ailleurs.exemple.fr/", json={})
        responses.post(URL, status=307, headers={"Location": "https://ailleurs.exemple.fr/"})
        with pytest.raises(ConfigError, match=r"https://ailleurs\.exemple\.fr/"):
            transport.call("f", {}, write=True)
        assert elsewhere.call_count == 0

    @responses.activate
    def test_an_endless_answer_is_bounded(self, transport: RestTransport, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "MAX_ANSWER", 1_000_000)
        responses.post(URL, body=b'"' + b"a" * 1_000_000 + b'"')
        with pytest.raises(FatalError, match="dépasse 1 Mo"):
            transport.call("f", {}, write=False)
        with pytest.raises(UncertainError, match="dépasse 1 Mo"):
            transport.call("f", {}, write=True)


@contextmanager
def raw_server(reply: bytes | None, wait_for: bytes = b"moodlewsrestformat") -> Iterator[str]:
    """Yield the address of a server that reads until `wait_for`, then says `reply` (None: nothing) and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                received = connection.recv(65_536)
                while wait_for not in received and (more := connection.recv(65_536)):
                    received += more
                if reply is not None:
                    connection.sendall(reply)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


class TestOnARealConnection:
    def call(self, reply: bytes | None, *, write: bool) -> ParcoursError:
        with raw_server(reply) as address:
            transport = RestTransport(address, SecretStr(TOKEN))
            with pytest.raises(ParcoursError) as caught:
                transport.call("f", {}, write=write)
        assert TOKEN not in everything_said(caught.value)
        return caught.value

    def test_half_an_answer(self) -> None:
        cut = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{"courses": ['
        assert type(self.call(cut, write=True)) is UncertainError
        assert type(self.call(cut, write=False)) is RetriableError

    def test_a_cut_chunk(self) -> None:
        cut = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"a": '
        assert type(self.call(cut, write=True)) is UncertainError

    def test_a_line_cut_without_a_word(self) -> None:
        assert type(self.call(None, write=True)) is UncertainError

    def test_what_is_not_http(self) -> None:
        assert type(self.call(b"SSH-2.0-OpenSSH_9.2\r\n", write=False)) is RetriableError

    def test_tls_spoken_to_a_plain_server(self) -> None:
        with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n", wait_for=b"") as address:
            transport = RestTransport(address.replace("http:", "https:"), SecretStr(TOKEN))
            with pytest.raises(ConfigError, match="https") as caught:
                transport.call("f", {}, write=True)
        assert TOKEN not in everything_said(caught.value)

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        transport = RestTransport(f"http://127.0.0.1:{port}", SecretStr(TOKEN))
        with pytest.raises(RetriableError, match="refusée ou impossible") as caught:
            transport.call("f", {}, write=True)
        assert not isinstance(caught.value, UncertainError)
        assert TOKEN not in everything_said(caught.value)

    def test_a_name_that_does_not_exist(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_args: object, **_kwargs: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        transport = RestTransport("https://moodle.invalid", SecretStr(TOKEN))
        with pytest.raises(RetriableError, match="introuvable"):
            transport.call("f", {}, write=True)


class TestTheTokenStaysSecret:
    @responses.activate
    @pytest.mark.parametrize(
        "broken",
        [
            requests.exceptions.ConnectionError(f"POST {URL}?wstoken={TOKEN}"),
            requests.exceptions.InvalidURL(TOKEN),
        ],
        ids=["ConnectionError", "InvalidURL"],
    )
    def test_in_no_exception(
        self, transport: RestTransport, broken: requests.RequestException, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        broken.request = requests.Request("POST", URL, data={"wstoken": TOKEN}).prepare()
        responses.post(URL, body=broken)
        with pytest.raises(ParcoursError) as caught:
            transport.call("f", {}, write=True)
        assert TOKEN not in everything_said(caught.value)
        assert TOKEN not in caplog.text

    @responses.activate
    def test_not_even_when_the_site_says_it(self, transport: RestTransport) -> None:
        responses.post(URL, json={"exception": "e", "errorcode": "x", "message": f"token {TOKEN} is odd"})
        with pytest.raises(FatalError) as caught:
            transport.call("f", {}, write=True)
        assert TOKEN not in everything_said(caught.value)
        assert MASK in str(caught.value)

    def test_in_no_repr(self, transport: RestTransport) -> None:
        assert TOKEN not in repr(transport)
        assert TOKEN not in repr(vars(transport))

    def test_the_check_itself_sees_a_leak(self) -> None:
        """Negative control: an exception chained in the usual way does leak, and `everything_said` tells it."""
        request = requests.Request("POST", URL, data={"wstoken": TOKEN}).prepare()
        leaky = FatalError("coupé")
        leaky.__context__ = requests.exceptions.ConnectionError(request=request)
        leaky.__suppress_context__ = True
        assert TOKEN in everything_said(leaky)


class TestRedactor:
    def test_every_spelling(self) -> None:
        redactor = Redactor([SecretStr("a+b/c d=é9"), SecretStr("abc")])
        assert redactor.text("a+b/c d=é9 a%2Bb%2Fc%20d%3D%C3%A99 a%2Bb%2Fc+d%3D%C3%A99") == f"{MASK} {MASK} {MASK}"
        assert redactor.text("abc") == "abc"
        assert "a+b" not in repr(redactor)

    def test_a_secret_inside_another(self) -> None:
        redactor = Redactor([SecretStr("secret"), SecretStr("secret-long")])
        assert redactor.text("secret-long") == MASK
