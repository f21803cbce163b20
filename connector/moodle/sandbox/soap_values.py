"""PHP values as its SOAP extension writes and reads them: Apache maps, arrays, and nil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from connector.moodle.sandbox.soap_wsdl import ENCODING, XSD

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.params import Form
    from connector.moodle.sandbox.soap_types import Returned

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MAP = "http://xml.apache.org/xml-soap"
TYPE, NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"


def envelope(address: str) -> tuple[etree._Element, etree._Element]:
    """Return an empty envelope and its body."""
    names = {"SOAP-ENV": ENVELOPE, "ns1": address, "ns2": _MAP, "SOAP-ENC": ENCODING, "xsi": XSI, "xsd": XSD}
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=names)
    return root, etree.SubElement(root, f"{{{ENVELOPE}}}Body")


def write_returned(parent: etree._Element, value: JsonValue, returned: Returned, structure: str) -> None:
    """Write what a function returned, by the types of the WSDL; fields that are not there are nil."""
    if not isinstance(returned, dict):
        write(parent, "return", value)
        return
    node = etree.SubElement(parent, "return")
    node.set(TYPE, f"ns1:{structure}")
    fields = value if isinstance(value, dict) else {}
    for key, kind in returned.items():
        field = fields.get(key)
        write(node, key, int(field) if kind == "int" and isinstance(field, bool) else field)


def write(parent: etree._Element, tag: str, value: JsonValue) -> None:
    """Write a value by its own type."""
    node = etree.SubElement(parent, tag)
    match value:
        case None:
            node.set(NIL, "true")
        case bool():
            _scalar(node, "boolean", "true" if value else "false")
        case int():
            _scalar(node, "int", str(value))
        case float():
            _scalar(node, "float", repr(value))
        case str():
            _scalar(node, "string", value)
        case list():
            inner = "ns2:Map" if value and isinstance(value[0], dict) else "xsd:ur-type"
            node.set(f"{{{ENCODING}}}arrayType", f"{inner}[{len(value)}]")
            node.set(TYPE, "SOAP-ENC:Array")
            for item in value:
                write(node, "item", item)
        case dict():
            node.set(TYPE, "ns2:Map")
            for key, item in value.items():
                pair = etree.SubElement(node, "item")
                write(pair, "key", key)
                write(pair, "value", item)


def _scalar(node: etree._Element, kind: str, text: str) -> None:
    node.set(TYPE, f"xsd:{kind}")
    node.text = text


def read(node: etree._Element) -> Form | None:
    """Return a parameter as a form would give it, or `None` for nil; what has elements inside is a structure or a list.

    The name of a list's elements does not matter.
    """
    if node.get(NIL) == "true":
        return None
    kind = (node.get(TYPE) or "").rpartition(":")[2]
    if kind == "Array":
        return read_list(node)
    if len(node) or kind == "Struct":
        return {field.tag: value for field in node if (value := read(field)) is not None}
    return node.text or ""


def read_list(node: etree._Element) -> dict[str, Form]:
    """Return the items of a list, nil ones left out."""
    items = (read(item) for item in node)
    return {str(rank): item for rank, item in enumerate(items) if item is not None}
