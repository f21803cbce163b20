"""The WSDL that Moodle generates for a service: rpc/encoded, one message each way, the token in every address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from connector.moodle.sandbox.soap_types import RETURNS, taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.sandbox.calls import Function

WSDL = "http://schemas.xmlsoap.org/wsdl/"
BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"

_CLASS = "webservices_virtual_class_000000"
_TYPES = {"int": "xsd:int", "string": "xsd:string", "array": "soap-enc:Array"}


def structures(functions: Mapping[str, Function]) -> dict[str, str]:
    """Return the name of the class that Moodle makes for the structure that each function returns."""
    named = [name for name in sorted(functions) if isinstance(RETURNS[name], dict)]
    return {name: f"webservices_struct_class_{rank:06d}" for rank, name in enumerate(named)}


def wsdl(address: str, functions: Mapping[str, Function]) -> bytes:
    """Return the description of a service; `address` is the server's, token included."""
    names = {None: WSDL, "tns": address, "soap": BINDING, "xsd": XSD, "soap-enc": ENCODING, "wsdl": WSDL}
    root = etree.Element(f"{{{WSDL}}}definitions", name=_CLASS, targetNamespace=address, nsmap=names)
    schema = etree.SubElement(_add(root, "types"), f"{{{XSD}}}schema", targetNamespace=address)
    port = _add(root, "portType", name=f"{_CLASS}Port")
    binding = _add(root, "binding", name=f"{_CLASS}Binding", type=f"tns:{_CLASS}Port")
    etree.SubElement(binding, f"{{{BINDING}}}binding", style="rpc", transport="http://schemas.xmlsoap.org/soap/http")
    _service(root, address)
    classes = structures(functions)
    for name in sorted(functions):
        returned = RETURNS[name]
        if isinstance(returned, dict):
            _class(schema, classes[name], returned)
        _operation(port, binding, name, address)
        output = f"tns:{classes[name]}" if isinstance(returned, dict) else _TYPES[returned]
        _message(root, f"{name}In", {key: _TYPES[taken(spec)] for key, spec in functions[name].params.keys.items()})
        _message(root, f"{name}Out", {"return": output})
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{WSDL}}}{tag}", attributes)


def _service(root: etree._Element, address: str) -> None:
    port = _add(_add(root, "service", name=f"{_CLASS}Service"), "port", name=f"{_CLASS}Port")
    port.set("binding", f"tns:{_CLASS}Binding")
    etree.SubElement(port, f"{{{BINDING}}}address", location=address)


def _class(schema: etree._Element, name: str, fields: Mapping[str, str]) -> None:
    kind = etree.SubElement(schema, f"{{{XSD}}}complexType", name=name)
    every = etree.SubElement(kind, f"{{{XSD}}}all")
    for key, declared in fields.items():
        etree.SubElement(every, f"{{{XSD}}}element", name=key, type=_TYPES[declared], nillable="true")


def _operation(port: etree._Element, binding: etree._Element, name: str, address: str) -> None:
    abstract = _add(port, "operation", name=name)
    _add(abstract, "documentation")
    concrete = _add(binding, "operation", name=name)
    etree.SubElement(concrete, f"{{{BINDING}}}operation", soapAction=f"{address}#{name}")
    for way, suffix in (("input", "In"), ("output", "Out")):
        _add(abstract, way, message=f"tns:{name}{suffix}")
        body = etree.SubElement(_add(concrete, way), f"{{{BINDING}}}body", use="encoded", encodingStyle=ENCODING)
        body.set("namespace", address)


def _message(root: etree._Element, name: str, parts: Mapping[str, str]) -> None:
    message = _add(root, "message", name=name)
    for key, kind in parts.items():
        _add(message, "part", name=key, type=kind)
