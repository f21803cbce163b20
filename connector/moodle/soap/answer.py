"""What a SOAP answer says: a value of the types that REST gives, or one error of the same table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.language import _
from connector.moodle import faults
from connector.moodle.fault_table import SOAP_CLUES
from connector.moodle.soap.xml import ENVELOPE, NIL, TYPE, is_page, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree
    from pydantic import JsonValue

    from connector.errors import ParcoursError
    from connector.moodle.faults import Answer, Exchange

_FAULT = f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault"
_STRUCTURE = "webservices_struct_class"
_SCALARS: dict[str, Callable[[str], JsonValue]] = {
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "boolean": lambda text: text in {"true", "1"},
}
_CODE = " | ERRORCODE: "
_UNTOLD = {"Unknown error", "Erreur inconnue"}
"""What Moodle puts in place of its own words when its debugging is off, in the languages of the sites that we meet."""
_TOKEN = re.compile(r"wstoken=[^\s&\"'<]*")


def decode(exchange: Exchange, answer: Answer) -> JsonValue:
    """Return the value that Moodle answered; an empty answer with status 202 is that of a function without result.

    Raises the error that fits a fault, a warning, a page instead of XML, an answer that was cut.
    """
    if answer.status == 202 and not answer.body:
        return None
    root = envelope(exchange, answer)
    value: JsonValue = None
    try:
        value = _returned(root)
    except (ValueError, IndexError):
        fault: ParcoursError | None = faults.unreadable(exchange, answer, page=False)
    else:
        fault = faults.refusal(exchange, value)
    if fault is not None:
        raise fault
    return value


def envelope(exchange: Exchange, answer: Answer) -> etree._Element:
    """Return the root of an XML answer; raise what its fault says, or what came instead of XML."""
    root = None
    if answer.status in (200, 500):
        try:
            root = parse(answer.body)
        except ValueError:
            root = None
    if root is not None and (fault := root.find(_FAULT)) is not None:
        raise _of_fault(exchange, fault)
    if answer.status != 200:
        raise faults.of_status(exchange, answer)
    if root is None:
        raise faults.unreadable(exchange, answer, page=is_page(answer.body))
    return root


def _of_fault(exchange: Exchange, fault: etree._Element) -> ParcoursError:
    said = _TOKEN.sub("", fault.findtext("faultstring") or "")
    message, _code, told = said.partition(_CODE)
    code = (fault.findtext("faultactor") or told).strip()
    debug = _TOKEN.sub("", fault.findtext("detail") or "")
    if message in _UNTOLD:
        message = _(
            "code {code}, sans autre détail : Moodle n'en donne par SOAP que si son débogage est activé", code=code
        )
    if not code:
        code, debug = next(((code, debug or said) for clue, code, debug in SOAP_CLUES if clue in said), ("", debug))
    refused: dict[str, JsonValue] = {
        "exception": fault.findtext("faultcode") or "Fault",
        "errorcode": code,
        "message": message,
        "debuginfo": debug,
    }
    return faults.of_exception(exchange, refused)


def _returned(root: etree._Element) -> JsonValue:
    """Return what a function returned, or `None` when it returns nothing."""
    response = root.find(f"{{{ENVELOPE}}}Body/*")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or response is None:
        message = "no SOAP envelope"
        raise ValueError(message)
    returned = response.find("return")
    return None if returned is None else _value(returned)


def _value(node: etree._Element) -> JsonValue:
    """Return one value. Raises `ValueError` for a reference to another element: PHP never writes one for Moodle."""
    if node.get("href") is not None:
        message = "reference"
        raise ValueError(message)
    if node.get(NIL) == "true":
        return None
    kind = (node.get(TYPE) or "").rpartition(":")[2]
    if kind == "Map":
        return {str(_value(item[0])): _value(item[1]) for item in node}
    if kind == "Array":
        return [_value(item) for item in node]
    if kind.startswith(_STRUCTURE):
        return _structure(node)
    return _SCALARS.get(kind, str)(node.text or "")


def _structure(node: etree._Element) -> JsonValue:
    """Return the fields of a structure that the WSDL describes: PHP writes those that are absent as nil."""
    fields = ((field.tag, _value(field)) for field in node)
    return {name: value for name, value in fields if value is not None}
