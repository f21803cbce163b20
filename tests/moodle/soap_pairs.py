"""SOAP exchanges recorded on real Moodle 4.5.6 and 5.1.3; see tests/data/soap."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from connector.errors import ParcoursError
from connector.moodle.faults import Answer, Exchange
from connector.moodle.soap.answer import decode

if TYPE_CHECKING:
    from pydantic import JsonValue

FOLDER = Path(__file__).parents[1] / "data" / "soap"
VERSIONS = ("4.5", "5.1")
SITE = "https://moodle.exemple.fr"
SERVER = f"{SITE}/webservice/soap/server.php"


@dataclass(frozen=True)
class Pair:
    """One recorded exchange; `request` is empty for a WSDL."""

    version: str
    case: str
    caller: str
    function: str
    params: dict[str, Any]
    write: bool
    request: str
    answer: Answer

    def __str__(self) -> str:
        return f"{self.version}-{self.case}"

    @property
    def service(self) -> bytes:
        """The WSDL of the service that answered."""
        return service(self.version, "core" if self.case.startswith("core_") else "service")

    @property
    def exchange(self) -> Exchange:
        return Exchange(SITE, self.function, self.write)


def pair(version: str, case: str) -> Pair:
    raw = json.loads((FOLDER / version / f"{case}.json").read_text(encoding="utf-8"))
    answer = Answer(raw["status"], raw["response"].encode(), {"Content-Type": raw["content_type"]})
    request = raw["request"] or ""
    return Pair(version, case, raw["caller"], raw["function"], raw["params"], raw["write"], request, answer)


def pairs() -> list[Pair]:
    return [pair(path.parent.name, path.stem) for path in sorted(FOLDER.glob("*/*.json"))]


def service(version: str, name: str = "service") -> bytes:
    return (FOLDER / version / f"{name}.wsdl").read_bytes()


def fault_of(answer: Answer) -> dict[str, str] | None:
    """Return what an answer's fault says, in the keys of a REST exception, read without the client."""
    if not answer.body.startswith(b"<?xml"):
        return None
    found = etree.fromstring(answer.body).find(".//{http://schemas.xmlsoap.org/soap/envelope/}Fault")
    if found is None:
        return None
    told = {"exception": "faultcode", "errorcode": "faultactor", "message": "faultstring", "debuginfo": "detail"}
    return {key: found.findtext(tag) or "" for key, tag in told.items() if key != "debuginfo" or found.findtext(tag)}


def told(exchange: Exchange, answer: Answer) -> JsonValue:
    """Return an answer as REST would have given it: a value, or an object with `exception`."""
    fault = fault_of(answer)
    if fault is not None:
        return {**fault}
    try:
        return decode(exchange, answer)
    except ParcoursError as refusal:  # a warning is an error to the client
        return {"exception": type(refusal).__name__, "errorcode": "warning", "message": str(refusal)}


def canonical(xml: str | bytes) -> bytes:
    """Return XML so that two spellings of the same document are equal."""
    data = xml.encode() if isinstance(xml, str) else xml
    return bytes(etree.tostring(etree.fromstring(data), method="c14n"))
