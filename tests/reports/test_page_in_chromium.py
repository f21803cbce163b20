"""The pages in a real Chromium: search, filters, sorting, keyboard, narrow window, paper, no script, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from connector.reports.renderings import render
from tests.reports.kit import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from connector.reports.report import Report

pytestmark = pytest.mark.browser

SHOWN = ".people > tbody:not([hidden])"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BOARDS = ("formateur", "reseau", "numerique", "statistiques", "besoins")
KINDS = ("circonscription", "enseignant", "session", "academie")


@pytest.fixture
def addresses(reports: dict[str, Report], tmp_path: Path) -> dict[str, str]:
    """The address of each report's page."""
    found = {}
    for kind in (*KINDS, *BOARDS):
        path = tmp_path / f"{kind}.html"
        path.write_bytes(render(reports[kind], "html"))
        found[kind] = path.as_uri()
    return found


@pytest.fixture
def page(chromium: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    """The circonscription's page; nothing may be said in the console, no other address asked for."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    opened.goto(addresses["circonscription"])
    yield opened
    opened.close()
    assert said == []


def unfold(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def names(page: Page) -> list[str]:
    return page.locator(f"{SHOWN} .who").all_inner_texts()


@pytest.mark.parametrize("words", ["ECHEVARRIA zoe", "e0003", "longnom ecole 1"])
def test_search_ignores_case_and_accents(page: Page, words: str) -> None:
    page.get_by_label("Rechercher un nom").fill(words)
    assert page.locator(SHOWN).count() == 1
    assert page.locator(".found").inner_text() == "1 enseignant sur 5."
    page.get_by_label("Rechercher un nom").fill("")
    assert page.locator(".found").inner_text() == "5 enseignants affichés."


def test_filters_by_school_session_and_state_add_up(page: Page) -> None:
    page.get_by_label("Session suivie").select_option(CODE)
    assert page.locator(SHOWN).count() == 5
    page.get_by_label("École", exact=True).select_option(index=1)
    assert page.locator(SHOWN).count() == 2
    page.get_by_label("État").select_option("atteint")
    assert [name.split()[0] for name in names(page)] == ["O'Brien"]


@pytest.mark.parametrize(("order", "first"), [("name", '=HYPERLINK("http://x") Anaïs'), ("share", "Échevarría")])
def test_sorting(page: Page, order: str, first: str) -> None:
    page.get_by_label("Ranger par").select_option(order)
    assert names(page)[0].startswith(first)
    page.get_by_label("Ranger par").select_option("left")
    left = [cells.split("\t")[-2] for cells in page.locator(f"{SHOWN} > tr:first-child").all_inner_texts()]
    assert left == ["18:00", "8:45", "2:00", "0:00", "0:00"]
    page.get_by_label("Ranger par").select_option("school")
    assert names(page)[0].startswith("O'Brien")


def test_an_explanation_unfolds_by_keyboard_alone_and_leads_to_its_rule(page: Page) -> None:
    page.get_by_label("Rechercher un nom").focus()
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened = page.locator(".why details[open]")
    assert opened.count() == 1
    owed = opened.locator(".due li").all_inner_texts()
    assert [text.startswith("Seuil") for text in owed] == [False, False, True], "two services, then a threshold scaled"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#r-non_emarge"
    page.keyboard.press("Enter")
    assert page.locator("#r-non_emarge").is_visible()


@pytest.mark.parametrize("kind", [*KINDS, *BOARDS])
def test_nothing_overflows_and_axe_finds_nothing(page: Page, addresses: dict[str, str], kind: str) -> None:
    page.goto(addresses[kind])
    unfold(page)
    for width, height in ((1280, 900), (390, 844), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"runOnly": STANDARDS})
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]] == []


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_label_of_the_picture_is_clipped(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    inside = """all => all.every(one => {
      const label = one.getBoundingClientRect(), figure = one.closest('figure').getBoundingClientRect();
      return label.left >= figure.left && label.right <= figure.right && one.scrollWidth <= one.clientWidth + 1;
    })"""
    assert page.locator(".steps .when").count() == 5
    assert page.locator(".steps .when").evaluate_all(inside)


def test_the_page_reads_without_script(chromium: Browser, addresses: dict[str, str]) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(addresses["circonscription"])
    assert page.locator(".people > tbody").count() == 5
    assert not page.locator(".tools").is_visible()
    page.locator(".why summary").first.click()
    assert page.locator(".why details[open] .lines").is_visible()
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_paper_shows_the_tables_and_not_the_tools(page: Page, addresses: dict[str, str], kind: str) -> None:
    page.goto(addresses[kind])
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.locator(".people, .matrix, .lines, .scroll > .grid").first.is_visible()
    assert not page.locator(".tools, .skip").first.is_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") in (1, 2, 3)


def test_a_right_to_left_name_leaves_the_line_in_order(page: Page) -> None:
    box = page.locator(".who", has_text="حداد").bounding_box()
    place = page.locator("th", has_text="حداد").locator(".school").bounding_box()
    assert box is not None
    assert place is not None
    assert abs(box["x"] - place["x"]) < 1
