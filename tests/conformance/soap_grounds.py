"""The same cases over SOAP: on the sandbox, on what real sites answered, on a real site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import requests
import responses
from pydantic import SecretStr

from connector.moodle.faults import Answer
from connector.moodle.faults import Exchange as Call
from connector.moodle.soap import SoapTransport
from connector.moodle.soap.service import Service
from tests.conformance.grounds import Exchange, Ground, NotRecordedError
from tests.moodle import soap_pairs
from tests.moodle.recordings import Recording

if TYPE_CHECKING:
    from pydantic import JsonValue

    from tests.conformance.cases import Case

SOAP = "/webservice/soap/server.php"


class SoapGround(Ground):
    """A site over SOAP."""

    def __init__(self, url: str, tokens: dict[str, str], version: str) -> None:
        super().__init__(url, tokens, version)
        self._transports: dict[str, SoapTransport] = {}
        self._service: Service | None = None

    def transport(self, role: str = "connector") -> SoapTransport:
        return self._transports.setdefault(role, SoapTransport(self.url, SecretStr(self.tokens[role])))

    def exchange(self, case: Case) -> Exchange:
        assert self.world is not None
        recorded = recording(case, self.version)
        call = Call(self.url, case.function, case.write)
        body, action = self._described().compose(call, case.params(self.world))
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
        address = f"{self.url}{SOAP}?wstoken={self.tokens[case.role]}"
        got = requests.post(address, data=body, headers=headers, timeout=60)
        return Exchange(got.status_code, soap_pairs.told(call, Answer(got.status_code, got.content)), recorded)

    def _described(self) -> Service:
        if self._service is None:
            got = requests.get(f"{self.url}{SOAP}?wsdl=1&wstoken={self.tokens['connector']}", timeout=60)
            self._service = Service.read(Call(self.url, "WSDL", write=False), Answer(got.status_code, got.content))
        return self._service


class SoapReplay(Ground):
    """The recordings: the client must send the recorded request, and gets the recorded answer."""

    def __init__(self, version: str) -> None:
        super().__init__(soap_pairs.SITE, {}, version)

    def exchange(self, case: Case) -> Exchange:
        recorded = recording(case, self.version)
        return Exchange(recorded.status, json.loads(recorded.body), recorded)

    def client_answer(self, case: Case) -> JsonValue:
        pair = soap_pairs.pair(self.version, case.name)
        with responses.RequestsMock() as mock:
            mock.get(f"{soap_pairs.SERVER}?wsdl=1&lang=en", body=soap_pairs.service(self.version))
            mock.post(soap_pairs.SERVER, body=pair.answer.body, status=pair.answer.status)
            client = SoapTransport(self.url, SecretStr("0123456789abcdef"))
            try:
                return client.call(pair.function, pair.params, write=pair.write)
            finally:
                sent = mock.calls[1].request.body
                assert isinstance(sent, bytes)
                assert soap_pairs.canonical(sent) == soap_pairs.canonical(pair.request)


def recording(case: Case, version: str) -> Recording:
    """Return the recording of a case, its answer as REST would have given it."""
    try:
        pair = soap_pairs.pair(version, case.name)
    except FileNotFoundError:
        raise NotRecordedError(case.name) from None
    body = json.dumps(soap_pairs.told(pair.exchange, pair.answer)).encode()
    return Recording(version, case.name, pair.function, pair.params, [], pair.answer.status, {}, body)
