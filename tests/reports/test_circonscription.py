from __future__ import annotations

import csv
import html
import io
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.ledger.schema import touched
from connector.reports.circonscription import count_stale
from connector.reports.escape import inert
from connector.reports.pictures import GAUGE_WIDTH, gauge, overview
from connector.reports.renderings import FORMATS, render
from connector.reports.table import circonscription_table
from tests.reports.conftest import PEOPLE, UAI, YEAR

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.reports.circonscription import CirconscriptionReport


def test_only_the_teachers_of_the_circonscription_are_read(report: CirconscriptionReport) -> None:
    assert {row.identifiant for row in report.rows} == {identifiant for identifiant, *_ in PEOPLE}


def test_rows_go_by_school_then_name(report: CirconscriptionReport) -> None:
    assert [row.identifiant for row in report.rows][:2] == ["E0002", "E0004"]
    assert [row.ecole for row in report.rows] == ["École 0"] * 2 + ["École 1"] * 3


def test_the_csv_opens_right_in_a_french_spreadsheet(report: CirconscriptionReport) -> None:
    content = render(report, "csv")
    assert content.startswith(b"\xef\xbb\xbfIdentifiant;Nom;")
    assert content.count(b"\r\n") == 1 + len(report.rows)
    rows = {row["Identifiant"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")}
    assert rows["E0001"]["Nom"] == '\'=HYPERLINK("http://x")'
    assert rows["E0005"]["Quotité"] == "62,5\u00a0%"
    assert rows["E0005"]["Dû"] == "11:15"
    assert rows["E0003"]["Ce qui manque"] == "formation continue 0:00/9:00"


def test_the_json_has_the_keys_of_the_contract(report: CirconscriptionReport) -> None:
    people = json.loads(render(report, "json"))
    wanted = (
        "identifiant nom prenom uai circonscription quotite due_min presence_min distance_min formation_continue_min "
        "animation_min retenu_min reste_min etat manques alertes"
    )
    assert all(set(wanted.split()) <= set(person) for person in people)
    by_id = {person["identifiant"]: person for person in people}
    assert by_id["E0005"]["quotite"] == 62.5
    assert by_id["E0003"]["manques"] == ["formation continue 0:00/9:00"]
    assert by_id["E0004"]["nom"] == "حداد"


def test_every_format_says_the_same_figures(report: CirconscriptionReport) -> None:
    """The table's cells, as written, stand in the CSV and in the page's rows."""
    table = circonscription_table(report)
    keys = [column.key for column in table.columns]
    in_csv = list(csv.reader(io.StringIO(render(report, "csv").decode("utf-8-sig")), delimiter=";"))[1:]
    assert [[cell.lstrip("'") for cell in row] for row in in_csv] == [
        [cell.lstrip("'") for cell in row] for row in table.written()
    ]
    bodies = render(report, "html").decode().split("<tbody data-words=")[1:]
    shown = ("due_min", "presence_min", "distance_min", "formation_continue_min", "retenu_min", "reste_min")
    for body, written in zip(bodies, table.written(), strict=True):
        figures = re.findall(r'<td class="number" data-name="[^"]+">([^<]+)</td>', body)[:6]
        assert figures == [written[keys.index(key)] for key in shown]


def test_names_are_inert_in_the_page(report: CirconscriptionReport) -> None:
    page = render(report, "html").decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert len(re.findall(r"<script", page)) == 1


def test_the_page_needs_nothing_from_outside(report: CirconscriptionReport) -> None:
    page = render(report, "html").decode()
    assert "default-src 'none'; style-src 'sha256-" in html.unescape(page)
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert "style=" not in page


def test_a_line_is_dated_in_the_local_calendar(report: CirconscriptionReport) -> None:
    assert "01/09/2026" in render(report, "html").decode()
    assert "31/08/2026" not in render(report, "html").decode()


def test_no_report_says_that_distance_is_compulsory_or_timed(report: CirconscriptionReport) -> None:
    for form in FORMATS:
        content = render(report, form).decode().lower()
        assert "obligatoire" not in content
        assert "numen" not in content


def test_news_not_counted_yet_are_told(ledger: Ledger, report: CirconscriptionReport) -> None:
    assert report.stale == 0
    assert "pas encore compté" not in render(report, "html").decode()
    with ledger.write() as connection:
        connection.execute(touched.insert(), [{"teacher_id": 1}, {"teacher_id": 99}])
        assert count_stale(connection, UAI, YEAR) == 1
    told = render(replace(report, stale=1), "html").decode()
    assert "1\u00a0enseignant a du nouveau qui n’est pas encore compté" in told


def test_animation_that_is_not_all_kept_is_explained(report: CirconscriptionReport) -> None:
    capped = replace(report.rows[0], formation_continue_min=520, animation_min=360, retenu_min=790)
    told = render(replace(report, rows=(capped,)), "html").decode()
    assert "animation pédagogique 6:00, dont 4:30 retenues" in told
    whole = replace(capped, retenu_min=880)
    assert "retenues :" not in render(replace(report, rows=(whole,)), "html").decode()


def test_a_gauge_adds_up(report: CirconscriptionReport) -> None:
    for row in report.rows:
        drawn = gauge(row)
        scale = GAUGE_WIDTH / max(row.due_min, row.presence_min + row.distance_min, 1)
        assert sum(s.width for s in drawn.modality) == pytest.approx(
            (row.presence_min + row.distance_min) * scale, abs=0.05
        )
        assert sum(s.width for s in drawn.nature) == pytest.approx(row.retenu_min * scale, abs=0.05)
        assert drawn.due_x <= GAUGE_WIDTH
        assert all(s.x + s.width <= GAUGE_WIDTH + 0.05 for s in (*drawn.modality, *drawn.nature))


def test_the_overview_counts_everybody_who_owes_once(report: CirconscriptionReport) -> None:
    bins = overview(report.rows)
    assert sum(one.total for one in bins) == sum(row.due_min > 0 for row in report.rows)
    assert [one.total for one in bins] == [1, 0, 0, 1, 1, 1]
    assert bins[-1].reached == 1


def test_an_empty_overview_divides_by_nothing() -> None:
    assert [one.total for one in overview(())] == [0] * 6


@given(st.text())
def test_no_text_can_start_a_formula(text: str) -> None:
    made = inert(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert "\n" not in made
    assert "\r" not in made
