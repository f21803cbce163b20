"""A workbook as ODS (OASIS OpenDocument 1.3), written by hand.

odfdo (Apache-2.0) is well kept, but has no validation list: most of this would be raw XML in its tree too.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from connector.language import _
from connector.reports.workbook.model import figure, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.reports.table import Kind, Value
from connector.reports.workbook.model import Choices, Page

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_SPACES = "".join(
    f' xmlns:{prefix}="{_OASIS}:{name}"'
    for prefix, name in (
        ("office", "office:1.0"),
        ("table", "table:1.0"),
        ("text", "text:1.0"),
        ("style", "style:1.0"),
        ("number", "datastyle:1.0"),
        ("meta", "meta:1.0"),
        ("fo", "xsl-fo-compatible:1.0"),
        ("of", "of:1.2"),
    )
)
_MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"'
    ' manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_BORDER = '<style:table-cell-properties fo:border="0.5pt solid #666666"'
_NUMBERS = (
    '<number:time-style style:name="n-minutes" number:truncate-on-overflow="false"><number:hours/>'
    '<number:text>:</number:text><number:minutes number:style="long"/></number:time-style>'
    '<number:percentage-style style:name="n-percent"><number:number number:min-integer-digits="1"'
    ' number:decimal-places="3" number:min-decimal-places="0"/><number:text>%</number:text></number:percentage-style>'
    '<number:number-style style:name="n-number"><number:number number:min-integer-digits="1"'
    ' number:decimal-places="0"/></number:number-style>'
    '<number:number-style style:name="n-tenths"><number:number number:min-integer-digits="1"'
    ' number:decimal-places="1"/></number:number-style>'
)
_STYLES = (
    _NUMBERS + '<style:style style:name="titre" style:family="table-cell"><style:text-properties fo:font-weight="bold"'
    ' fo:font-size="13pt"/></style:style>'
    f'<style:style style:name="entete" style:family="table-cell">{_BORDER} fo:background-color="#dde6f0"'
    ' fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"/></style:style>'
    f'<style:style style:name="case" style:family="table-cell">{_BORDER}/></style:style>'
    f'<style:style style:name="marque" style:family="table-cell">{_BORDER} fo:background-color="#fff8dc"/>'
    '<style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-weight="bold"/></style:style>'
    + "".join(
        f'<style:style style:name="{kind}" style:family="table-cell" style:data-style-name="n-{kind}">{_BORDER}/>'
        "</style:style>"
        for kind in ("minutes", "percent", "number", "tenths")
    )
)
_CENTIMETRES = 0.21
"""Width of a character, near enough."""
_DATE = (2020, 1, 1, 0, 0, 0)


def to_ods(pages: Sequence[Page], title: str) -> bytes:
    """Return the bytes of the file; equal pages give equal bytes."""
    target = io.BytesIO()
    meta = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta{_SPACES} xmlns:dc="{_DUBLIN_CORE}"'
        f' office:version="1.3"><office:meta><dc:title>{escape(text(title, "text"))}</dc:title></office:meta>'
        "</office:document-meta>"
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        # The first entry, not compressed: that is how a program knows the file (OpenDocument 1.3 part 2, 3.3).
        packed.writestr(zipfile.ZipInfo("mimetype", _DATE), _MIME, zipfile.ZIP_STORED)
        packed.writestr(zipfile.ZipInfo("META-INF/manifest.xml", _DATE), _MANIFEST, zipfile.ZIP_DEFLATED)
        packed.writestr(zipfile.ZipInfo("meta.xml", _DATE), meta, zipfile.ZIP_DEFLATED)
        content = zipfile.ZipInfo("content.xml", _DATE)
        content.compress_type = zipfile.ZIP_DEFLATED
        with packed.open(content, "w") as stream:
            for piece in _content(pages):
                stream.write(piece.encode())
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
    if choices := {page.choices for page in pages if page.choices}:
        yield f"<table:content-validations>{''.join(map(_validation, choices))}</table:content-validations>"
    for page in pages:
        yield from _page(page)
    yield "</office:spreadsheet></office:body></office:document-content>"


def _validation(choices: Choices) -> str:
    listed = ";".join(f'"{choice}"' for choice in choices.among)
    condition = quoteattr(f"of:cell-content-is-in-list({listed})")
    title = quoteattr(_(" ou ").join(choices.among))
    return (
        f'<table:content-validation table:name="marque" table:allow-empty-cell="true" table:display-list="unsorted"'
        f' table:condition={condition}><table:error-message table:display="true" table:message-type="stop"'
        f" table:title={title}><text:p>{escape(choices.help)}</text:p></table:error-message></table:content-validation>"
    )


def _page(page: Page) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(page.name)}>"
    yield "".join(f'<table:table-column table:style-name="l{width}"/>' for width in page.widths)
    for number, title in enumerate(page.titles):
        yield _row([_text(title, "titre" if number == 0 else None)])
    yield _row([_text(name, "entete") for name in page.header])
    mark = ['<table:table-cell table:style-name="marque" table:content-validation-name="marque"/>']
    for values in page.rows:
        shown = values[:-1] if page.choices else values
        cells = [_cell(value, kind) for value, kind in zip(shown, page.kinds, strict=False)]
        yield _row(cells + mark if page.choices else cells)
    yield "</table:table>"


def _row(cells: Sequence[str]) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _cell(value: Value, kind: Kind) -> str:
    number = figure(value, kind)
    written = text(value, kind)
    if number is None or not isinstance(value, int):
        return _text(written, "case")
    if kind == "minutes":
        hours, minutes = divmod(value, 60)
        typed = f'office:value-type="time" office:time-value="PT{hours:02}H{minutes:02}M00S"'
    else:
        typed = f'office:value-type="{"percentage" if kind == "percent" else "float"}" office:value="{number!r}"'
    return f'<table:table-cell table:style-name="{kind}" {typed}><text:p>{escape(written)}</text:p></table:table-cell>'


def _text(written: str, style: str | None) -> str:
    named = f' table:style-name="{style}"' if style else ""
    if not written:
        return f"<table:table-cell{named}/>"
    said = escape(text(written, "text"))
    return f'<table:table-cell{named} office:value-type="string"><text:p>{said}</text:p></table:table-cell>'
