"""The WSDL that Moodle generates for a service: rpc/encoded, one message each way, the token in every address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from connector.moodle.sandbox.soap_operations import operations
from connector.moodle.sandbox.soap_types import Class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.sandbox.calls import Function
    from connector.moodle.sandbox.soap_types import Typed

WSDL = "http://schemas.xmlsoap.org/wsdl/"
BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"

_CLASS = "webservices_virtual_class_000000"
_TYPES = {"int": "xsd:int", "string": "xsd:string", "double": "xsd:double", "array": "soap-enc:Array"}


def wsdl(address: str, functions: Mapping[str, Function]) -> bytes:
    """Return the description of a service; `address` is the server's, token included."""
    names = {None: WSDL, "tns": address, "soap": BINDING, "xsd": XSD, "soap-enc": ENCODING, "wsdl": WSDL}
    root = etree.Element(f"{{{WSDL}}}definitions", name=_CLASS, targetNamespace=address, nsmap=names)
    schema = etree.SubElement(_add(root, "types"), f"{{{XSD}}}schema", targetNamespace=address)
    port = _add(root, "portType", name=f"{_CLASS}Port")
    binding = _add(root, "binding", name=f"{_CLASS}Binding", type=f"tns:{_CLASS}Port")
    etree.SubElement(binding, f"{{{BINDING}}}binding", style="rpc", transport="http://schemas.xmlsoap.org/soap/http")
    _service(root, address)
    described, classes = operations(functions)
    for made in classes:
        _class(schema, made)
    for name, operation in described.items():
        messages = {"input": ("In", operation.params)}
        if operation.returned is not None:
            messages["output"] = ("Out", {"return": operation.returned})
        _operation(port, binding, name, {way: suffix for way, (suffix, _) in messages.items()}, address)
        for suffix, parts in messages.values():
            _message(root, f"{name}{suffix}", parts)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)


def _service(root: etree._Element, address: str) -> None:
    port = _add(_add(root, "service", name=f"{_CLASS}Service"), "port", name=f"{_CLASS}Port")
    port.set("binding", f"tns:{_CLASS}Binding")
    etree.SubElement(port, f"{{{BINDING}}}address", location=address)


def _name(kind: Typed) -> str:
    return f"tns:{kind.name}" if isinstance(kind, Class) else _TYPES[kind]


def _class(schema: etree._Element, made: Class) -> None:
    kind = etree.SubElement(schema, f"{{{XSD}}}complexType", name=made.name)
    every = etree.SubElement(kind, f"{{{XSD}}}all")
    for key, inner in made.fields.items():
        etree.SubElement(every, f"{{{XSD}}}element", name=key, type=_name(inner), nillable="true")


def _operation(port: etree._Element, binding: etree._Element, name: str, ways: Mapping[str, str], address: str) -> None:
    abstract = _add(port, "operation", name=name)
    _add(abstract, "documentation")
    concrete = _add(binding, "operation", name=name)
    etree.SubElement(concrete, f"{{{BINDING}}}operation", soapAction=f"{address}#{name}")
    for way, suffix in ways.items():
        _add(abstract, way, message=f"tns:{name}{suffix}")
        body = etree.SubElement(_add(concrete, way), f"{{{BINDING}}}body", use="encoded", encodingStyle=ENCODING)
        body.set("namespace", address)


def _message(root: etree._Element, name: str, parts: Mapping[str, Typed]) -> None:
    message = _add(root, "message", name=name)
    for key, kind in parts.items():
        _add(message, "part", name=key, type=_name(kind))
