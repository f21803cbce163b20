"""A workbook as ODS (OASIS OpenDocument 1.3), written by hand.

odfdo (Apache-2.0) is well kept, but has no validation list: most of this would be raw XML in its tree too.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from connector.reports.sheets.workbook import CHOICES, HELP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.reports.sheets.workbook import Page

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = "".join(
    f' xmlns:{prefix}="{_OASIS}:{name}"'
    for prefix, name in (
        ("office", "office:1.0"),
        ("table", "table:1.0"),
        ("text", "text:1.0"),
        ("style", "style:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
        ("of", "of:1.2"),
    )
)
_MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"'
    ' manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_BORDER = '<style:table-cell-properties fo:border="0.5pt solid #666666"'
_STYLES = (
    '<style:style style:name="titre" style:family="table-cell"><style:text-properties fo:font-weight="bold"'
    ' fo:font-size="13pt"/></style:style>'
    f'<style:style style:name="entete" style:family="table-cell">{_BORDER} fo:background-color="#dde6f0"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    f'<style:style style:name="case" style:family="table-cell">{_BORDER}/></style:style>'
    f'<style:style style:name="marque" style:family="table-cell">{_BORDER} fo:background-color="#fff8dc"/>'
    '<style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>'
)
_CENTIMETRES = 0.21
"""Width of a character, near enough."""
_DATE = (2020, 1, 1, 0, 0, 0)


def to_ods(pages: Sequence[Page]) -> bytes:
    """Return the bytes of the file; equal pages give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        # The first entry, not compressed: that is how a program knows the file (OpenDocument 1.3 part 2, 3.3).
        packed.writestr(zipfile.ZipInfo("mimetype", _DATE), _MIME, zipfile.ZIP_STORED)
        packed.writestr(zipfile.ZipInfo("META-INF/manifest.xml", _DATE), _MANIFEST, zipfile.ZIP_DEFLATED)
        packed.writestr(zipfile.ZipInfo("content.xml", _DATE), "".join(_content(pages)), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _content(pages: Sequence[Page]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES} office:version="1.3">'
    widths = sorted({width for page in pages for width in page.widths})
    columns = "".join(
        f'<style:style style:name="l{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _CENTIMETRES:.2f}cm"/></style:style>'
        for width in widths
    )
    yield f"<office:automatic-styles>{_STYLES}{columns}</office:automatic-styles>"
    yield "<office:body><office:spreadsheet>"
    listed = ";".join(f'"{choice}"' for choice in CHOICES)
    condition = quoteattr(f"of:cell-content-is-in-list({listed})")
    yield (
        '<table:content-validations><table:content-validation table:name="marque" table:allow-empty-cell="true"'
        f' table:display-list="unsorted" table:condition={condition}><table:error-message table:display="true"'
        f' table:message-type="stop" table:title="O ou N"><text:p>{escape(HELP)}</text:p></table:error-message>'
        "</table:content-validation></table:content-validations>"
    )
    for page in pages:
        yield from _page(page)
    yield "</office:spreadsheet></office:body></office:document-content>"


def _page(page: Page) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(page.name)}>"
    yield "".join(f'<table:table-column table:style-name="l{width}"/>' for width in page.widths)
    for number, title in enumerate(page.titles):
        yield _row([_text(title, "titre" if number == 0 else None)])
    yield _row([_text(name, "entete") for name in page.header])
    mark = '<table:table-cell table:style-name="marque" table:content-validation-name="marque"/>'
    for texts in page.rows:
        yield _row([*(_text(text, "case") for text in texts[:-1]), mark])
    yield "</table:table>"


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _text(text: str, style: str | None) -> str:
    named = f' table:style-name="{style}"' if style else ""
    if not text:
        return f"<table:table-cell{named}/>"
    return f'<table:table-cell{named} office:value-type="string"><text:p>{_printable(text)}</text:p></table:table-cell>'


def _printable(text: str) -> str:
    """Escape, and leave out what XML 1.0 cannot say (control characters)."""
    return escape("".join(character for character in text if character.isprintable()))
