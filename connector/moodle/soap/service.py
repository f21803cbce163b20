"""A service as its WSDL describes it: which functions, with which parameters, in which order."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from enum import Enum
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import zeep
from lxml import etree
from zeep import xsd
from zeep.exceptions import Error as ZeepError

from connector.errors import ConfigError, DataError, FatalError, ParcoursError
from connector.language import _
from connector.moodle import faults
from connector.moodle.soap.answer import envelope
from connector.moodle.soap.xml import ENCODING, TYPE, XSD, XSI

if TYPE_CHECKING:
    from connector.moodle.faults import Answer, Exchange

_ARRAY = f"{{{ENCODING}}}Array"
_NAMESPACES = {"enc": ENCODING, "xsd": XSD, "xsi": XSI}
_TOKEN = re.compile(rb"\?wstoken=[^\"'<&#\s]*")


class Service:
    """The functions of one service, read from its WSDL once; composes the requests."""

    def __init__(self, wsdl: bytes) -> None:
        """Read a WSDL that holds no token; raise `ValueError` when it is none."""
        try:
            self._client = zeep.Client(
                io.BytesIO(wsdl),
                transport=_LocalSchemas(),
                settings=zeep.Settings(forbid_dtd=True, forbid_entities=True, xml_huge_tree=False),
            )
            self._binding = self._client.service._binding  # noqa: SLF001 - zeep has no public door to parameter types
            self._array = self._client.get_type(_ARRAY)
        except (ZeepError, LookupError, ValueError, TypeError, AttributeError) as exc:
            raise ValueError(type(exc).__name__) from None

    @classmethod
    def read(cls, exchange: Exchange, answer: Answer) -> Service:
        """Return the service that a site's answer describes; raise what its refusal means."""
        if answer.status == 200 and not answer.body.strip():
            raise faults.services_off(exchange, "SOAP")
        envelope(exchange, answer)
        try:
            return cls(_TOKEN.sub(b"", answer.body))
        except ValueError:
            fault = ConfigError(
                _("{address} n'a pas donné une description (WSDL) lisible de son service.", address=exchange.address),
                remedy=_(
                    "Vérifiez que le service du jeton contient au moins une fonction, et seulement celles de parcours."
                ),
            )
        raise fault

    def compose(self, exchange: Exchange, params: Mapping[str, object]) -> tuple[bytes, str]:
        """Return the request for a call and its SOAPAction.

        Every parameter is sent, in the order of the WSDL, since PHP counts them: a list left out is empty, a value left
        out is nil. Raises the error of REST for a function or a parameter that the service does not have.
        """
        name = exchange.function
        operation = self._binding._operations.get(name)  # noqa: SLF001 - as above
        if operation is None:
            raise faults.of_exception(exchange, {"errorcode": "accessexception", "debuginfo": "Access to the function"})
        refused: ParcoursError
        try:
            values = self._fields(operation.input.body.type, params, absent=xsd.Nil)
            message = self._client.create_message(self._client.service, name, **values)
        except _UnknownKeysError as unknown:
            refused = faults.of_exception(exchange, {"errorcode": "invalidparameter", "debuginfo": str(unknown)})
        except (ZeepError, ValueError):
            refused = DataError(
                _(
                    "Un texte destiné à {name} contient un caractère que le protocole SOAP ne sait pas porter.",
                    name=name,
                ),
                remedy=_("Cherchez-y un caractère de contrôle (souvent collé depuis un traitement de texte)."),
            )
        else:
            return etree.tostring(message, xml_declaration=True, encoding="UTF-8"), str(operation.soapaction)
        raise refused

    def _fields(self, kind: Any, given: Mapping[str, object], *, absent: Any) -> dict[str, Any]:
        """Return a value for each field that the WSDL describes: an empty list or structure, or `absent`, for want."""
        fields = dict(kind.elements)
        unknown = [key for key, value in given.items() if key not in fields and value is not None]
        if unknown:
            raise _UnknownKeysError(f"Unexpected keys ({', '.join(unknown)}) detected in parameter array.")
        return {key: self._argument(field.type, given.get(key), absent) for key, field in fields.items()}

    def _argument(self, kind: Any, value: object, absent: Any) -> Any:
        if kind is self._array:
            return self._array(_value_1=_items(value or ()))
        if isinstance(kind, xsd.ComplexType):
            given = value or {}
            if not isinstance(given, Mapping):
                message = f"a structure is needed, not {type(given).__name__}"
                raise TypeError(message)
            return kind(**self._fields(kind, given, absent=xsd.SkipValue))
        return absent if value is None else _spelled(value)[1]


class _UnknownKeysError(Exception):
    """Keys that the WSDL does not describe, in the words of Moodle."""


class _LocalSchemas:
    """The only documents that reading a WSDL may ask for: ours."""

    def load(self, url: str) -> bytes:
        """Return the schema of the SOAP encoding; refuse everything else."""
        if url != ENCODING:
            raise FatalError(_("La description (WSDL) du service renvoie à un autre document : elle est refusée."))
        return files(__package__).joinpath("soap-encoding.xsd").read_bytes()


def _items(values: object) -> list[etree._Element]:
    if not isinstance(values, list | tuple):
        message = f"a list is needed, not {type(values).__name__}"
        raise TypeError(message)
    return [_element("item", value) for value in values]


def _element(name: str, value: object) -> etree._Element:
    """Return a value with its type: the WSDL gives none to what a list holds."""
    node = etree.Element(name, nsmap=_NAMESPACES)
    match value:
        case Mapping():
            node.set(TYPE, "enc:Struct")
            node.extend(_element(key, item) for key, item in value.items() if item is not None)
        case list() | tuple():
            node.set(TYPE, "enc:Array")
            node.extend(_items(value))
        case _:
            kind, node.text = _spelled(value)
            node.set(TYPE, kind)
    return node


def _spelled(value: object) -> tuple[str, str]:
    """Return the XSD type and the text of a scalar; Moodle declares its booleans as integers."""
    match value:
        case Enum():
            return _spelled(value.value)
        case bool():
            return "xsd:int", str(int(value))
        case int():
            return "xsd:int", str(value)
        case float():
            return "xsd:double", repr(value)
        case str():
            return "xsd:string", value
    message = f"{type(value).__name__} cannot be sent to Moodle"
    raise TypeError(message)
