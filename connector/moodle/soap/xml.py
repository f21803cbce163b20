"""XML from a site: no DTD, no entity, no network, bounded depth and text."""

from __future__ import annotations

from lxml import etree

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

TYPE = f"{{{XSI}}}type"
NIL = f"{{{XSI}}}nil"


def parse(body: bytes) -> etree._Element:
    """Return the root element; raise `ValueError` for what is not XML, or declares a document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as exc:
        raise ValueError(exc.msg) from None
    if root.getroottree().docinfo.doctype:
        message = "document type declared"
        raise ValueError(message)
    return root


def is_page(body: bytes) -> bool:
    """Tell whether an answer is a web page."""
    start = body[:1000].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))
