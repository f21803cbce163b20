"""A filled-in sheet comes back the same from CSV, XLSX and ODS; anything else is a sentence with its place."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile
import zlib
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from connector.attendance import cells
from connector.attendance.cells import COLUMNS, MAX_BYTES, Row, read_rows
from connector.attendance.sheet import Person, Sheet, SignIn
from connector.errors import DataError
from connector.reports.sheets import render
from tests.attendance.conftest import as_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = ";".join(COLUMNS)
NAMES = ("=1+1", "+33", "@SOMME(A1)", "-2", "<b>O'Brien & fils</b>", "http://x.exemple.fr", "0123", "cloche\x07")


def book(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        for name, rows in sheets:
            sheet = made.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return target.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(DataError) as refused:
        read_rows(data, "f")
    return str(refused.value)


def said(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [tuple(row.cells.values()) for row in rows]


def test_a_csv_is_read_whatever_the_order_and_number_of_its_columns() -> None:
    data = "\ufeffPresent ;nom;courriel;session;creneau;activite\r\nO;Él;a@x.fr;S;a1;p\r\n;;;;;\r\nN;;b@x.fr;S;a1\r\n"
    rows = read_rows(data.encode(), "f.csv")
    assert [row.place for row in rows] == ["f.csv:2", "f.csv:4"]
    assert said(rows) == [("S", "p", "a1", "a@x.fr", "O"), ("S", "", "a1", "b@x.fr", "N")]
    assert tuple(rows[0].cells) == COLUMNS


def test_a_line_break_inside_quotes_does_not_shift_the_lines() -> None:
    rows = read_rows(f'{HEADER}\nS;p;a1;"a@\nx.fr";O\nS;p;a1;b@x.fr;N\n'.encode(), "f")
    assert rows[-1].place == "f:4"


def test_every_sheet_of_a_workbook_is_read_below_its_titles() -> None:
    rows = ["S", "p", "a1", "a@x.fr", "O"]
    data = book(("Un", [["Titre"], [], COLUMNS, rows]), ("Vide", []), ("Deux", [COLUMNS, [], [*rows[:4], "N"]]))
    assert [row.place for row in read_rows(data, "f.xlsx")] == ["f.xlsx:Un:4", "f.xlsx:Deux:3"]


def test_a_code_made_of_digits_comes_back_as_it_was_typed() -> None:
    assert said(read_rows(book(("Un", [COLUMNS, [2026, "p", 1, "a@x.fr", "O"]])), "f")) == [
        ("2026", "p", "1", "a@x.fr", "O")
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "f:1 : l'en-tête attendu est session;activite;creneau;courriel;present."),
        (b"a;b\n", "f:1 : l'en-tête attendu"),
        (f"{HEADER};present\nS;p;a1;x;O;N".encode(), "f:1 : colonnes en double : present."),
        (f"{HEADER}\nS;p;a1;\xe9;O".encode("latin-1"), "f:2 : le fichier n'est ni un classeur"),
        (f'{HEADER}\nS;p;"a1;x;O'.encode(), "f:2 : la ligne ne se lit pas comme du CSV"),
        (b"x" * (MAX_BYTES + 1), "f : le fichier dépasse 8 Mo."),
        (b"PK\x03\x04 rien", "f : ce n'est pas un classeur"),
        (book(("Un", [])), "f : le classeur est vide."),
        (book(("Un", [["x"]] * 30)), "f:Un:20 : l'en-tête attendu"),
        (book(("Un", [["x"]])), "f:Un:1 : l'en-tête attendu"),
    ],
)
def test_what_is_no_sheet_is_a_sentence(data: bytes, sentence: str) -> None:
    assert refusal(data).startswith(sentence)


def test_a_workbook_of_an_absurd_size_is_not_opened() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(65 * 2**20))
    assert len(target.getvalue()) < MAX_BYTES
    assert refusal(target.getvalue()) == "f : le classeur dépasse 64 Mo une fois ouvert."


@pytest.mark.parametrize("cell", ["XFD1048576", "ABC900000"])
def test_a_cell_at_the_end_of_the_world_is_a_sentence(cell: str) -> None:
    """What lays it out asks for more than the machine has, and its process ends: it is not this one."""
    source = zipfile.ZipFile(io.BytesIO(book(("Un", [COLUMNS]))))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            packed.writestr(name, source.read(name).replace(b'r="E1"', f'r="{cell}"'.encode()))
    assert refusal(target.getvalue()).startswith("f : ce n'est pas un classeur XLSX ou ODS lisible.")


def test_an_archive_whose_offsets_lie_is_a_sentence() -> None:
    data = bytearray(book(("Un", [COLUMNS])))
    struct.pack_into("<I", data, data.rindex(b"PK\5\6") + 16, 2**31)
    assert refusal(bytes(data)).startswith("f : ce n'est pas un classeur XLSX ou ODS lisible.")


def test_a_workbook_is_read_no_further_than_it_says() -> None:
    """Its strings say to be 100 bytes long, and are 100 000 times that: what reads workbooks would believe none."""
    target, long = io.BytesIO(), b"<sst>" + bytes(10 * 2**20)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", long)
    data = bytearray(target.getvalue())
    for start, crc in ((data.index(b"PK\3\4"), 14), (data.index(b"PK\1\2"), 16)):
        struct.pack_into("<I", data, start + crc, zlib.crc32(long[:100]))
        struct.pack_into("<I", data, start + crc + 8, 100)
    laid = cells._laid_open(bytes(data), "f").getvalue()
    assert len(laid) < 1000
    assert long[:100] in laid
    assert refusal(bytes(data)).startswith("f : ce n'est pas un classeur XLSX ou ODS lisible.")


@given(st.binary() | st.binary().map(lambda rest: b"PK\x03\x04" + rest) | st.text().map(str.encode))
def test_nothing_but_a_sentence_ever_comes_of_bytes(data: bytes) -> None:
    with contextlib.suppress(DataError):
        read_rows(data, "f")


def sheets() -> SignIn:
    paris = ZoneInfo("Europe/Paris")
    people = tuple(Person(f"p{n}@x.fr", name, name, name) for n, name in enumerate(NAMES))
    long = "une-activite-au-nom-vraiment-tres-long"
    made = tuple(
        Sheet(
            long, f"=titre {n}", f"a{n}", datetime(2026, 10, 1 + n, 9, tzinfo=paris),
            datetime(2026, 10, 1 + n, 12, tzinfo=paris), None, "A", people,
        )
        for n in range(2)
    )  # fmt: skip
    return SignIn("S-1", "Le titre", ("Anne Martin",), made)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_what_is_printed_to_fill_in_is_read_back_and_holds_no_formula(form: str) -> None:
    data = render(sheets(), form)  # type: ignore[arg-type]
    rows = read_rows(data, "f")
    expected = [("S-1", sheets().sheets[0].activite, f"a{n}", f"p{p}@x.fr", "") for n in range(2) for p in range(8)]
    assert [row for row in said(rows) if row[3]] == expected
    assert len(rows) == len(expected) + 2 * 5
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        content = b"".join(packed.read(name) for name in packed.namelist() if name.endswith(".xml"))
    assert b"<f>" not in content
    assert b"table:formula" not in content
    assert b"<hyperlink" not in content
    assert b"xlink" not in content
    assert content.count(b"dataValidation ") == 2 or content.count(b'content-validation-name="marque"') == len(rows)
    assert render(sheets(), form) == data  # type: ignore[arg-type]


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a workbook with something else wherever its parts hold these bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    return target.getvalue()


def test_a_filled_ods_is_read() -> None:
    empty = b'<table:table-cell table:style-name="marque" table:content-validation-name="marque"/>'
    ticked = b'<table:table-cell office:value-type="string"><text:p>O</text:p></table:table-cell>'
    filled = changed(render(sheets(), "ods"), empty, ticked)
    assert {row.cells["present"] for row in read_rows(filled, "f")} == {"O"}


def test_rows_that_say_to_be_there_a_million_times_are_a_sentence() -> None:
    many = changed(
        render(sheets(), "ods"), b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
    )
    assert refusal(many).startswith("f : ce n'est pas un classeur XLSX ou ODS lisible.")


def test_csv_and_workbook_say_the_same() -> None:
    rows = [COLUMNS, ("S", "p", "a1", "a@x.fr", "O")]
    assert said(read_rows(as_csv(rows), "f")) == said(read_rows(book(("Un", rows)), "f"))
