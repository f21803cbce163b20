"""PHP values as its SOAP extension writes and reads them: Apache maps, arrays, and nil."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from connector.moodle.sandbox.soap_types import Class
from connector.moodle.sandbox.soap_wsdl import ENCODING, XSD

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.params import Form
    from connector.moodle.sandbox.soap_types import Typed

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MAP = "http://xml.apache.org/xml-soap"
TYPE, NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"


def envelope(address: str) -> tuple[etree._Element, etree._Element]:
    """Return an empty envelope and its body."""
    names = {"SOAP-ENV": ENVELOPE, "ns1": address, "ns2": _MAP, "SOAP-ENC": ENCODING, "xsi": XSI, "xsd": XSD}
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=names)
    return root, etree.SubElement(root, f"{{{ENVELOPE}}}Body")


def write_typed(parent: etree._Element, tag: str, value: JsonValue, kind: Typed) -> None:
    """Write a value by the type of the WSDL; the fields of a structure that are not there are nil."""
    if not isinstance(kind, Class):
        write(parent, tag, int(value) if kind == "int" and isinstance(value, bool) else value)
        return
    node = etree.SubElement(parent, tag)
    node.set(TYPE, f"ns1:{kind.name}")
    fields = value if isinstance(value, dict) else {}
    for key, inner in kind.fields.items():
        write_typed(node, key, fields.get(key), inner)


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


def read(node: etree._Element, kind: Typed) -> Form | None:
    """Return a parameter as a form would give it, or `None` for nil."""
    if node.get(NIL) == "true":
        return None
    if kind == "array":
        return _items(node)
    if isinstance(kind, Class):
        fields = ((field.tag, read(field, kind.fields.get(field.tag, "string"))) for field in node)
        return {key: value for key, value in fields if value is not None}
    return node.text or ""


def _items(node: etree._Element) -> dict[str, Form]:
    """Return the items of a list, nil ones left out: their names do not matter, their own types do."""
    items = (_item(item) for item in node)
    return {str(rank): item for rank, item in enumerate(items) if item is not None}


def _item(node: etree._Element) -> Form | None:
    kind = (node.get(TYPE) or "").rpartition(":")[2]
    if node.get(NIL) == "true":
        return None
    if kind == "Array":
        return _items(node)
    if len(node) or kind == "Struct":
        return {field.tag: value for field in node if (value := _item(field)) is not None}
    return node.text or ""
