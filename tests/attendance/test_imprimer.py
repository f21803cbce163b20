"""`parcours emargement imprimer`: what is on paper, page by page, and what happens without the libraries."""

from __future__ import annotations

import importlib
import threading
from datetime import datetime
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from connector.attendance.sheet import Person, Sheet, SignIn
from connector.errors import ConfigError
from connector.reports.sheets import pdf
from connector.reports.sheets.wording import when
from tests.attendance.conftest import CODE
from tests.conftest import lacking

if TYPE_CHECKING:
    from types import ModuleType

    from tests.attendance.conftest import Terminal

PARIS = ZoneInfo("Europe/Paris")


def sheet(number: int = 3, *, expected: tuple[Person, ...] = (), **said: Any) -> Sheet:
    people = tuple(Person(f"p{n}@x.fr", f"Nom{n}", "Léa", "École Jean-Macé") for n in range(number))
    values: dict[str, Any] = {
        "activite": "presence-1", "activite_titre": "Première rencontre", "creneau": "a1",
        "debut": datetime(2026, 10, 7, 13, 30, tzinfo=PARIS), "fin": datetime(2026, 10, 7, 15, tzinfo=PARIS),
        "lieu": "École Jean-Macé, Lyon", "groupe": "A",
        "people": expected or people,
    }  # fmt: skip
    return Sheet(**(values | said))


def sign_in(*sheets: Sheet, **said: Any) -> SignIn:
    values: dict[str, Any] = {"code": CODE, "titre": "Enseigner le calcul mental", "formateurs": ("Anne Martin",)}
    return SignIn(**(values | said), sheets=sheets)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found += [data.strip()] if data.strip() else []


def words(made: SignIn) -> list[str]:
    reader = _Words()
    reader.feed(pdf.to_html(made))
    return reader.found[reader.found.index("Feuille d’émargement") :]


@pytest.fixture(scope="module")
def printer() -> Any:
    """WeasyPrint, where the machine has Pango."""
    try:
        return importlib.import_module("weasyprint")
    except OSError:
        lacking("Pango is not installed")


def pages(printer: Any, made: SignIn) -> int:
    return len(printer.HTML(string=pdf.to_html(made)).render().pages)


def test_a_sheet_says_what_when_where_by_whom_and_who_is_expected() -> None:
    found = words(sign_in(sheet(1)))
    assert found[:9] == [
        "Feuille d’émargement", "Enseigner le calcul mental", "Première rencontre · groupe A",
        "Date", "mercredi 7\u00a0octobre 2026, de 13\u00a0h\u00a030 à 15\u00a0h",
        "Lieu", "École Jean-Macé, Lyon", "Formateur", "Anne Martin",
    ]  # fmt: skip
    assert found[9:18] == ["N°", "Nom", "Prénom", "École", "Signature", "1", "Nom0", "Léa", "École Jean-Macé"]
    assert "Signature du formateur" in found


def test_what_is_not_known_leaves_no_hole() -> None:
    found = words(sign_in(sheet(0, lieu=None, groupe=None, expected=(Person("x@x.fr"),)), formateurs=()))
    assert "x@x.fr" in found
    assert not {"Lieu", "Formateur", "None"} & set(found)


def test_names_are_texts_and_nothing_else() -> None:
    html = pdf.to_html(sign_in(sheet(expected=(Person("x@x.fr", "<img src=x>", "&", "</td>"),))))
    assert "&lt;img src=x&gt;" in html
    assert "<img" not in html


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ((2026, 10, 1, 9, 5), (2026, 10, 1, 12, 0), "jeudi 1er\u00a0octobre 2026, de 9\u00a0h\u00a005 à 12\u00a0h"),
        (
            (2026, 8, 31, 20, 0), (2026, 9, 1, 0, 30),
            "du lundi 31\u00a0août 2026 à 20\u00a0h au mardi 1er\u00a0septembre 2026 à 0\u00a0h\u00a030",
        ),
    ],
)  # fmt: skip
def test_days_and_hours_are_written_in_french(start: Any, end: Any, said: str) -> None:
    assert when(sheet(debut=datetime(*start, tzinfo=PARIS), fin=datetime(*end, tzinfo=PARIS))) == said


@pytest.mark.parametrize(("people", "expected"), [(0, 1), (15, 1), (16, 2), (30, 2), (45, 3)])
def test_a_sheet_is_one_page_as_long_as_its_people_fit(printer: Any, people: int, expected: int) -> None:
    assert pages(printer, sign_in(sheet(people))) == expected


def test_each_slot_and_group_begins_a_page(printer: Any) -> None:
    assert pages(printer, sign_in(sheet(), sheet(groupe="B"), sheet(creneau="a2"))) == 3


class _Counting(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        _Counting.asked += 1
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_nothing_is_fetched_to_draw_a_sheet(printer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    image = f'<img src="http://127.0.0.1:{server.server_port}/x.png">'
    try:
        monkeypatch.setattr(pdf, "to_html", lambda _: f"<p>ici{image}</p>")
        assert pdf.to_pdf(sign_in(sheet())).startswith(b"%PDF-")
        assert _Counting.asked == 0
        printer.HTML(string=image).write_pdf()
        assert _Counting.asked == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("error", [ImportError, OSError])
def test_without_weasyprint_or_pango_it_says_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    found = importlib.import_module

    def missing(name: str, package: str | None = None) -> ModuleType:
        if name.startswith("weasyprint"):
            raise error(name)
        return found(name, package)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ConfigError, match=r"parcours-connector\[pdf\].*libpango.*--format ods"):
        pdf.to_pdf(sign_in(sheet()))


@pytest.mark.usefixtures("printer")
def test_the_command_writes_the_file_and_says_where(terminal: Terminal) -> None:
    usual = terminal.stage.folder / "emargements" / f"{CODE}.pdf"
    assert terminal.run("emargement", "imprimer", CODE) == 0
    assert terminal.out == f"{usual}\n"
    assert usual.read_bytes().startswith(b"%PDF-")
    chosen = terminal.stage.folder / "ailleurs" / "f.ods"
    file = terminal.stage.folder / "parcours/calcul-mental/session.yaml"
    assert terminal.run("emargement", "imprimer", file, "--format", "ods", "--sortie", chosen) == 0
    assert chosen.read_bytes().startswith(b"PK")


def test_a_session_without_slots_or_unknown_is_a_sentence(terminal: Terminal) -> None:
    assert terminal.run("emargement", "imprimer", "INCONNUE") == 1
    assert "La session « INCONNUE » n'est pas connue" in terminal.err
    assert terminal.run("emargement", "imprimer", CODE, "--format", "ods", "--sortie", "/proc/rien/f.ods") == 1
    assert "/proc/rien/f.ods ne peut pas être écrit" in terminal.err
