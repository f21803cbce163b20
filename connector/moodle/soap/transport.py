"""Moodle's SOAP server behind the transport protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.faults import Exchange
from connector.moodle.soap.answer import decode
from connector.moodle.soap.service import Service
from connector.moodle.soap.wire_token import TokenAdapter
from connector.moodle.upload import upload
from connector.moodle.wire import Request, Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue, SecretStr

_PATH = "/webservice/soap/server.php"


class SoapTransport:
    """Calls a site's functions over SOAP; see `connector.moodle.transport.Transport` for what it promises.

    The service's WSDL is read at the first call, once. Calls go to the configured address, whatever address the WSDL
    gives. An answer has the types that REST's has, but that the booleans of its outermost structure come as 0 and 1:
    Moodle declares them as integers.
    """

    def __init__(self, address: str, token: SecretStr, *, allow_http: bool = False) -> None:
        self._wire = Wire(address, token, allow_http=allow_http, adapter=TokenAdapter(token))
        self._files = Wire(address, token, allow_http=allow_http)
        self._token = token
        self._known: Service | None = None

    def __repr__(self) -> str:
        return f"SoapTransport({self.address!r})"

    @property
    def address(self) -> str:
        """The site's address, without a trailing slash."""
        return self._wire.address

    def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
        """Return the function's decoded answer; raise a `ParcoursError` for everything else."""
        exchange = Exchange(self.address, function, write)
        body, action = self._service().compose(exchange, params)
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        return self._wire.ask(exchange, Request("POST", _PATH, body, headers), decode)

    def upload(self, name: str, content: bytes, *, draft: int) -> None:
        """Put a file in a draft area of the token's account: not by SOAP, so without the token in the address."""
        upload(self._files, self._token, name, content, draft=draft)

    def _service(self) -> Service:
        if self._known is None:
            exchange = Exchange(self.address, "WSDL", write=False)
            self._known = self._wire.ask(exchange, Request("GET", f"{_PATH}?wsdl=1&lang=en"), Service.read)
        return self._known
