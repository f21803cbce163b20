"""The same figures in every format, and nothing in any that must not be there."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.drawing import SHORT, typographic
from connector.reports.escape import inert
from connector.reports.renderings import FORMATS, render
from connector.reports.table import write
from tests.conftest import lacking
from tests.reports.kit import LONG
from tests.reports.reading import (
    cells_in_page,
    figures_in_page,
    from_csv,
    from_json,
    from_workbook,
    in_words,
    people_in_page,
    tables_in_page,
    text_of_pdf,
)

if TYPE_CHECKING:
    from pathlib import Path

    from connector.reports.boards.model import Board
    from connector.reports.listing import Listing
    from connector.reports.releve import Releve
    from connector.reports.report import Report
    from connector.reports.session_model import SessionReport

BOARDS = ("formateur", "reseau", "numerique", "statistiques", "conception", "besoins")
KINDS = ("circonscription", "ecole", "tous", "enseignant", "session", "academie", "departement", *BOARDS)


@pytest.fixture
def pdftotext() -> None:
    if shutil.which("pdftotext") is None:
        lacking("pdftotext (poppler-utils) is not installed")


@pytest.mark.parametrize("kind", KINDS)
def test_csv_and_workbooks_say_the_same_cell_by_cell(reports: dict[str, Report], kind: str) -> None:
    report = reports[kind]
    main, *others = report.tables()
    expected = [[column.title for column in main.columns], *main.written()]
    assert from_csv(render(report, "csv")) == expected
    for form in ("xlsx", "ods"):
        content = render(report, form)  # type: ignore[arg-type]
        assert from_workbook(content, main) == expected
        for table in others:
            assert from_workbook(content, table)[1:] == table.written()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "session"])
def test_the_json_says_the_same_cell_by_cell(reports: dict[str, Report], kind: str) -> None:
    """A total has no name in JSON."""
    report = reports[kind]
    held = from_json(render(report, "json"), report)
    tables = report.tables()[:1] if kind == "enseignant" else report.tables()
    for table, found in zip(tables, held, strict=True):
        for row, said in zip(table.written(), found, strict=True):
            for column, cell in zip(table.columns, row, strict=True):
                if column.key in said or "uai" in said:
                    assert in_words(said[column.key], column.kind) == cell


@pytest.mark.parametrize("kind", ["session", "en_classe"])
def test_the_json_of_a_session_says_the_same(reports: dict[str, Report], kind: str) -> None:
    report = cast("SessionReport", reports[kind])
    table, *others = report.tables()
    people = json.loads(render(report, "json"))
    for row, person in zip(table.rows, people, strict=True):
        said = person | {one["activite"]: one["minutes"] for one in person["activites"]}
        cells = {column.key: cell for column, cell in zip(table.columns, row, strict=True)}
        figures = {key: cell for key, cell in cells.items() if isinstance(cell, int)}
        assert figures
        assert {key: said[key] for key in figures} == figures
        assert in_words(said["atteste_le"], "day") == write(cells["atteste_le"], "day")
        assert [said[key] for key in ("identifiant", "nom", "prenom", "uai", "courriel")] == list(
            map(cells.__getitem__, ("identifiant", "nom", "prenom", "uai", "courriel"))
        )
    for name, _title, done, concerned, _share in others[1].rows if kind == "en_classe" else ():
        of = [one["faite"] for person in people for one in person["mises_en_oeuvre"] if one["activite"] == name]
        assert (sum(of), len(of)) == (done, concerned)


def test_what_is_applied_in_class_is_the_same_in_workbooks_and_in_the_page(reports: dict[str, Report]) -> None:
    report = reports["en_classe"]
    applied = report.tables()[2]
    assert applied.rows
    for form in ("xlsx", "ods"):
        assert from_workbook(render(report, form), applied)[1:] == applied.written()  # type: ignore[arg-type]
    page = render(report, "html").decode().replace("\N{NO-BREAK SPACE}", " ")
    for _name, title, done, concerned, share in applied.written():
        told = page.partition(f"<h3>{title}</h3>")[2]
        assert re.match(rf"\s*<p>Faite par {done} personnes? sur {concerned} \({share[:-2]} %\)", told)


@pytest.mark.parametrize("kind", ["circonscription", "ecole", "tous"])
def test_the_page_says_the_same_of_every_teacher(reports: dict[str, Report], kind: str) -> None:
    report = reports[kind]
    (table,) = report.tables()
    page = people_in_page(render(report, "html"))
    for row in table.written():
        said = dict(zip((column.key for column in table.columns), row, strict=True))
        shown = page[said["identifiant"]]
        for key in ("nom", "prenom"):
            assert said.pop(key) in shown["who"]
        for key in ("ecole", "uai", "quotite"):
            assert said.pop(key) in shown["place"]
        assert shown["etat"].casefold().startswith(said.pop("etat")[:6])
        assert shown.pop("alertes") == typographic(said.pop("alertes"))
        for key, value in said.items():
            if key not in ("identifiant", "circonscription"):
                assert shown[key] == value, key
    assert len(page) == len(table.rows)


@pytest.mark.parametrize("kind", BOARDS)
def test_the_page_of_a_dashboard_says_the_same(reports: dict[str, Report], kind: str) -> None:
    page = render(reports[kind], "html")
    board = cast("Board", reports[kind])
    tops = json.loads(render(board, "json"))["chiffres"]
    assert figures_in_page(page) == [write(tops[one.column.key], one.column.kind) for one in board.figures]
    tables = tables_in_page(page, "grid")
    for table, shown in zip(reports[kind].tables(), tables, strict=True):
        percent = [rank for rank, column in enumerate(table.columns) if column.kind == "percent"]
        for row, written in zip(shown, table.written(), strict=True):
            assert [cell for rank, cell in enumerate(row) if rank - 1 not in percent] == written


def test_the_page_of_a_session_says_the_same(session: SessionReport) -> None:
    table = session.tables()[0]
    rows = cells_in_page(render(session, "html"), "matrix")
    first = next(rank for rank, column in enumerate(table.columns) if column.key == "accueil")
    for shown, written in zip(rows, table.written(), strict=True):
        assert written[1] in shown[0]
        assert [cell.replace("–", "") for cell in shown[1:-1]] == written[first:-2]
        assert shown[-1].startswith(written[-2])
        assert shown[-1].endswith(written[-1])


def test_the_pages_of_an_academie_and_of_a_teacher_say_the_same(reports: dict[str, Report], releve: Releve) -> None:
    for kind, number in (("academie", 1), ("departement", 2)):
        shown = tables_in_page(render(reports[kind], "html"), "grid")
        assert len(shown) == number
        for table, rows in zip(reports[kind].tables(), shown, strict=True):
            assert [row[:-1] for row in rows] == table.written()
    lines = [row for row in cells_in_page(render(releve, "html"), "lines") if len(row) > 1]
    written = releve.tables()[1].written()
    for shown_row, row in zip(lines, written, strict=True):
        planned, credited = row[6], row[7]
        hours = credited if credited == planned else f"{credited} sur {planned}"
        assert (shown_row[0], shown_row[2], shown_row[3]) == (row[2], row[5], hours)
        assert shown_row[1] in row[3].casefold()
        assert (row[9] == "") or SHORT["non_emarge"] in shown_row[4]


@pytest.mark.usefixtures("pdftotext")
@pytest.mark.parametrize("kind", KINDS)
def test_paper_says_the_same(reports: dict[str, Report], kind: str, tmp_path: Path) -> None:
    """Each row's run of figures stands on one line of the printed document."""
    report = reports[kind]
    text = " ".join(text_of_pdf(render(report, "pdf"), tmp_path).replace("\u00a0", " ").split())
    table = report.tables()[-1 if kind == "enseignant" else 0]
    wanted = {
        "session": ("presence_min", "distance_min"),
        "enseignant": ("minutes_prevues", "minutes"),
        "besoins": ("concernes", "inscrits", "finis", "sessions"),
    }
    for row in table.written():
        figures = [
            cell.replace("\u00a0", " ")
            for cell, column in zip(row, table.columns, strict=True)
            if column.kind in ("minutes", "number", "tenths") and (kind not in wanted or column.key in wanted[kind])
        ]
        assert " ".join(figures) in text


def test_the_json_has_the_keys_of_the_contract(reports: dict[str, Report]) -> None:
    wanted = (
        "identifiant nom prenom uai circonscription quotite due_min presence_min distance_min formation_continue_min "
        "animation_min retenu_min reste_min etat manques alertes"
    )
    for kind in ("circonscription", "ecole", "tous", "enseignant"):
        people = json.loads(render(reports[kind], "json"))
        assert isinstance(people, list)
        assert all(set(wanted.split()) <= set(person) for person in people)
    by_id = {person["identifiant"]: person for person in json.loads(render(reports["circonscription"], "json"))}
    assert by_id["E0005"]["quotite"] == 62.5
    assert by_id["E0003"]["manques"] == ["formation continue 0:00/9:00"]
    assert [by_id["E0001"][f"p{number}_min"] for number in range(1, 6)] == [15, 540, 0, 0, 0]
    (releve,) = json.loads(render(reports["enseignant"], "json"))
    assert [line["activite"] for line in releve["lignes"]] == ["accueil", "module", "rencontre"]
    assert releve["du"]["minutes"] == 675


def test_the_alerts_of_the_day_come_after_those_of_the_balance(listing: Listing, releve: Releve) -> None:
    """On 22 November the third teacher, who has nothing, is late; everybody's report and their own say the same."""
    by_id = {row.identifiant: row for row in listing.rows}
    assert by_id["E0003"].alertes[-1].endswith("(retard).")
    assert by_id["E0005"].alertes[0].endswith("(hors_liste).")
    assert by_id["E0005"].alertes == releve.row.alertes


def test_the_csv_opens_right_in_a_french_spreadsheet(listing: Listing) -> None:
    content = render(listing, "csv")
    assert content.startswith(b"\xef\xbb\xbfIdentifiant;Nom;")
    assert content.count(b"\r\n") == 1 + len(listing.rows)
    assert '\'=HYPERLINK(""http://x"")' in content.decode()


@pytest.mark.parametrize("form", ["html", "csv", "json"])
@pytest.mark.parametrize("kind", KINDS)
def test_names_are_inert_and_words_are_kept_back(reports: dict[str, Report], kind: str, form: Any) -> None:
    text = render(reports[kind], form).decode()
    assert "obligatoire" not in text.lower()
    assert "numen" not in text.lower()
    for measured in ("temps passé", "durée de connexion", "temps de connexion :"):
        assert measured not in text.lower()
    if form == "html":
        assert "<script>alert" not in text
        assert len(re.findall(r"<script", text)) == 1
        assert "style=" not in text
        assert not re.findall(r"""(?:src|href)=["'](?!#)""", text)
        assert "default-src 'none'; style-src 'sha256-" in html.unescape(text)


@pytest.mark.usefixtures("pdftotext")
@pytest.mark.parametrize("kind", KINDS)
def test_paper_keeps_the_same_words_back(reports: dict[str, Report], kind: str, tmp_path: Path) -> None:
    text = text_of_pdf(render(reports[kind], "pdf"), tmp_path)
    assert "obligatoire" not in text.lower()
    if kind in ("circonscription", "tous"):
        flat = "".join(text.split())
        assert '=HYPERLINK("http://x")' in flat
        assert "<script>alert(1)</script>" in flat


@pytest.mark.usefixtures("pdftotext")
def test_paper_is_tagged_for_screen_readers(listing: Listing, tmp_path: Path) -> None:
    file = tmp_path / "tableau.pdf"
    file.write_bytes(render(listing, "pdf"))
    told = subprocess.run(["pdfinfo", str(file)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"Title:\s+Lyon 4", told)


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_libreoffice_opens_the_workbook_and_reads_the_same(listing: Listing, form: Any, tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        lacking("LibreOffice Calc is not installed")
    file = tmp_path / f"rapport.{form}"
    file.write_bytes(render(listing, form))
    filter_ = "csv:Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true"
    profile = f"-env:UserInstallation=file://{tmp_path}/profil"
    command = [program, profile, "--headless", "--convert-to", filter_, "--outdir", str(tmp_path), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = from_csv((tmp_path / "rapport.csv").read_bytes())[3:]
    written = listing.tables()[0].written()
    quotite = [column.key for column in listing.tables()[0].columns].index("quotite")
    for row, expected in zip(read, written, strict=True):
        row[quotite] = row[quotite].replace(".", ",").replace(",%", "%").replace("%", "\u00a0%")
        assert row == expected


def test_a_workbook_of_many_rows_is_the_same_workbook(listing: Listing) -> None:
    """Above some rows, XLSX goes to disk row by row."""
    many = replace(listing, rows=listing.rows * 500)
    (table,) = many.tables()
    assert from_workbook(render(many, "xlsx"), table)[1:] == table.written()
    assert LONG in render(many, "csv").decode()


def test_every_format_is_tried() -> None:
    assert set(FORMATS) == {"html", "csv", "xlsx", "ods", "pdf", "json"}


@given(st.builds(str.__add__, st.sampled_from(["", *"=+-@\t\r\n"]), st.text()))
def test_no_text_can_start_a_formula(text: str) -> None:
    made = inert(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in made
    assert "\r" not in made
