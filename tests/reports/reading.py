"""Reports read back from their files, cell by cell, as a person or a spreadsheet reads them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from lxml import html
from python_calamine import CalamineWorkbook

from connector.obligation.wording import hours, percentage, tenths
from connector.reports.boards.model import Board
from connector.reports.table import write

if TYPE_CHECKING:
    from pathlib import Path

    from connector.reports.report import Report
    from connector.reports.table import Kind, Table


def from_csv(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV, the header first; the apostrophe that keeps a formula still is taken away."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [[cell[1:] if re.match(r"'[=+\-@]", cell) else cell for cell in row] for row in rows]


def from_workbook(content: bytes, table: Table) -> list[list[str]]:
    """Return the rows of a table's sheet, the header first, its figures written as a report writes them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_name(table.title).to_python()
    header = next(rank for rank, row in enumerate(sheet) if row[0] == table.columns[0].title)
    width = len(table.columns)
    kinds = [column.kind for column in table.columns]
    body = [
        [_figure(value, kind) for value, kind in zip(row[:width], kinds, strict=True)] for row in sheet[header + 1 :]
    ]
    return [[str(cell) for cell in sheet[header][:width]], *body]


_SCALES = {"minutes": (hours, 1440), "percent": (percentage, 100_000), "tenths": (tenths, 10)}


def _figure(value: Any, kind: str) -> str:
    if isinstance(value, timedelta):
        return hours(round(value.total_seconds() / 60))
    if isinstance(value, time):
        return hours(value.hour * 60 + value.minute)
    if kind == "minutes" and (said := re.fullmatch(r"PT(\d+)H(\d+)M00S", str(value))):
        return hours(int(said[1]) * 60 + int(said[2]))
    if isinstance(value, float) and kind in _SCALES:
        written, scale = _SCALES[kind]
        return written(round(value * scale))
    return str(int(value)) if isinstance(value, float) else str(value)


def from_json(content: bytes, report: Report) -> list[list[dict[str, Any]]]:
    """Return the objects that a JSON document has for each table that it holds, in their order."""
    document = json.loads(content)
    if isinstance(document, list):
        return [document]
    if isinstance(report, Board):
        return [document[panel.key] for panel in report.panels]
    places = document["mises_en_oeuvre"]
    return [[*document["circonscriptions"], document["total"]], *([places] if places else [])]


def in_words(value: Any, kind: Kind) -> str:
    """Return a value of a JSON document as a report writes it."""
    if value is None:
        return write(None, kind)
    if kind in _SCALES and kind != "minutes":
        return write(round(value * (1000 if kind == "percent" else 10)), kind)
    if kind == "day":
        return write(date.fromisoformat(value), kind)
    return write(tuple(value) if kind == "list" else value, kind)


def people_in_page(content: bytes) -> dict[str, dict[str, Any]]:
    """Return what a page says of each teacher, by identifiant: cells by column key."""
    found = {}
    (table,) = _all(html.fromstring(content.decode()), "table", "people")
    for body in table.iterchildren("tbody"):
        texts = [_text(one) for one in body[0].iterchildren("td")][1:8]
        identifiant, *place = _text(_all(body, "span", "school")[0]).split(" · ")
        keys = ("due_min", "presence_min", "distance_min", "formation_continue_min", "animation_min", "retenu_min",
                "reste_min")  # fmt: skip
        spread = [minutes for said in _all(body, "p", "by-period") for minutes in re.findall(r"\d+:\d\d", _text(said))]
        alerts = [_text(one) for listed in _all(body, "ul", "alerts") for one in listed]
        found[identifiant] = {
            **dict(zip(keys, texts, strict=True)),
            **{f"p{number}_min": minutes for number, minutes in enumerate(spread, 1)},
            "who": _text(_all(body, "span", "who")[0]),
            "place": " · ".join(place),
            "etat": _text(_all(body, "span", "state")[0]),
            "manques": " ; ".join(_text(one) for one in _all(body, "span", "lacks")),
            "alertes": " ; ".join(alerts),
        }
    return found


def figures_in_page(content: bytes) -> list[str]:
    """Return the figures of the top of a page."""
    return [_text(one) for one in html.fromstring(content.decode()).xpath("//dl[@class='figures']//dd")]


def cells_in_page(content: bytes, named: str) -> list[list[str]]:
    """Return the cells of the body rows of the first table of a class."""
    return tables_in_page(content, named)[0]


def tables_in_page(content: bytes, named: str) -> list[list[list[str]]]:
    """Return the cells of the body rows of each table of a class."""
    return [
        [[_text(cell) for cell in row.iterchildren("th", "td")] for body in table.iterchildren("tbody") for row in body]
        for table in _all(html.fromstring(content.decode()), "table", named)
    ]


def _all(element: Any, tag: str, named: str) -> list[Any]:
    found: list[Any] = element.xpath(f".//{tag}[contains(concat(' ', @class, ' '), ' {named} ')]")
    return found


def _text(element: Any) -> str:
    return " ".join(element.text_content().split(" ")).strip()


def text_of_pdf(content: bytes, folder: Path) -> str:
    """Return the text of a PDF, laid out as on its pages."""
    file = folder / "lu.pdf"
    file.write_bytes(content)
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True)
    return read.stdout
