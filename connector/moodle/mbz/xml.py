"""The XML of Moodle's backups: elements from plain values, always spelt the same way."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import TypeAlias

Scalar: TypeAlias = "str | int | float | None"
Content: TypeAlias = "Scalar | ET.Element | list[ET.Element] | Mapping[str, Content]"

NULL = "$@NULL@$"
"""How a backup spells a null."""

_NOTHING_INSIDE = "\n"
"""Moodle takes `<tags/>` for an empty text, and breaks where it expects a list: its own backups write a line feed."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def node(tag: str, content: Content, /, **attributes: str | int) -> ET.Element:
    """Return an element: its text, its fields by name, or its children.

    Booleans are written 1 and 0; characters that XML forbids are left out.
    """
    element = ET.Element(tag, {name: str(value) for name, value in attributes.items()})
    if isinstance(content, ET.Element):
        element.append(content)
    elif isinstance(content, Mapping):
        element.extend(_child(name, value) for name, value in content.items())
    elif isinstance(content, str):
        element.text = _NOT_XML.sub("", content)
    elif isinstance(content, list):
        element.extend(content)
        element.text = None if content else _NOTHING_INSIDE
    else:
        element.text = NULL if content is None else str(int(content) if isinstance(content, bool) else content)
    return element


def _child(name: str, content: Content) -> ET.Element:
    """Return a field; one that is an element already stands under its own name."""
    return content if isinstance(content, ET.Element) else node(name, content)


def document(root: ET.Element) -> bytes:
    """Return the whole file, indented; Moodle knows a backup by this very declaration."""
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8")
    return _DECLARATION + text
