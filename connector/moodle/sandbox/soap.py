"""The sandbox's SOAP server: WSDL, calls by position, maps, and faults as PHP and Moodle make them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from connector.moodle.sandbox.exceptions import MoodleError
from connector.moodle.sandbox.faults import Answer
from connector.moodle.sandbox.soap_operations import operations
from connector.moodle.sandbox.soap_values import ENVELOPE, envelope, read, write_typed
from connector.moodle.sandbox.soap_wsdl import wsdl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from connector.moodle.sandbox.calls import Function
    from connector.moodle.sandbox.params import Form
    from connector.moodle.sandbox.soap_types import Operation, Typed

PATH = "/webservice/soap/server.php"
OFF = Answer(200, b"", "text/html; charset=utf-8")
"""What a site answers when SOAP is off: nothing, with the status of success."""

_XML = "text/xml; charset=utf-8"
_UNTOLD = "Unknown error"


class SoapFaultError(Exception):
    """A fault of PHP's own, before any function runs."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def describe(address: str, functions: Mapping[str, Function]) -> Answer:
    """Return the WSDL of a service."""
    return Answer(200, wsdl(address, functions), "application/xml; charset=utf-8")


def refuse(error: MoodleError, *, debug: bool) -> Answer:
    """Return the refusal of a caller: a fault without errorcode, in an HTTP 200."""
    text = f"{error.message} - {error.debuginfo}" if debug and error.debuginfo else error.message
    return _fault(200, "MOODLE:error", text)


def function_of(body: bytes) -> str:
    """Return the name of the function that a request calls, or nothing when it cannot be read."""
    called = _called(body)
    return "" if called is None else str(etree.QName(called).localname)


def answer(
    address: str,
    functions: Mapping[str, Function],
    body: bytes,
    run: Callable[[str, dict[str, Form]], JsonValue],
    *,
    debug: bool,
) -> Answer:
    """Carry out one request: `run` gets the function's name and its parameters as a form would give them."""
    described, _ = operations(functions)
    try:
        name, given = _request(described, body)
        value = run(name, given)
    except SoapFaultError as fault:
        return _fault(500, fault.code, fault.text)
    except MoodleError as error:
        said = f"{error.message if debug else _UNTOLD} | ERRORCODE: {error.errorcode}"
        return _fault(500, "Receiver", said, error.errorcode, error.debuginfo if debug else None)
    returned = described[name].returned
    if returned is None:
        return Answer(202, b"", "text/html; charset=utf-8")
    root, inside = envelope(address.partition("?")[0])
    response = etree.SubElement(inside, etree.QName(address.partition("?")[0], f"{name}Response"))
    write_typed(response, "return", value, returned)
    return Answer(200, etree.tostring(root, xml_declaration=True, encoding="UTF-8"), _XML)


def _request(described: Mapping[str, Operation], body: bytes) -> tuple[str, dict[str, Form]]:
    called = _called(body)
    if called is None:
        raise SoapFaultError("SOAP-ENV:Client", "Bad Request")
    name = str(etree.QName(called).localname)
    if name not in described:
        raise SoapFaultError("SOAP-ENV:Server", f"Procedure '{name}' not present")
    return name, _arguments(described[name].params, called)


def _called(body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(body, parser).find(f"{{{ENVELOPE}}}Body/*")
    except etree.XMLSyntaxError:
        return None


def _arguments(params: Mapping[str, Typed], called: etree._Element) -> dict[str, Form]:
    """Return the arguments under the names of the WSDL: those of the request are ignored, its order counts."""
    if len(called) < len(params):
        raise SoapFaultError("SOAP-ENV:Client", "Missing parameter")
    given: dict[str, Form] = {}
    for node, (key, kind) in zip(called, params.items(), strict=False):
        value = read(node, kind)
        if kind == "int" and value is not None and not (isinstance(value, str) and re.fullmatch(r"-?\d+", value)):
            raise SoapFaultError("SOAP-ENV:Server", "SOAP-ERROR: Encoding: Violation of encoding rules")
        if value is not None:
            given[key] = value
    return given


def _fault(status: int, code: str, text: str, actor: str | None = None, detail: str | None = None) -> Answer:
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"SOAP-ENV": ENVELOPE})
    fault = etree.SubElement(etree.SubElement(root, f"{{{ENVELOPE}}}Body"), f"{{{ENVELOPE}}}Fault")
    for tag, value in (("faultcode", code), ("faultstring", text), ("faultactor", actor), ("detail", detail)):
        if value is not None:
            etree.SubElement(fault, tag).text = value
    return Answer(status, etree.tostring(root, xml_declaration=True, encoding="UTF-8"), _XML)
