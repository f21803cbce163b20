"""The page in a real Chromium: search, filters, sorting, keyboard, narrow window, no script, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from connector.reports.renderings import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from connector.reports.circonscription import CirconscriptionReport

pytestmark = pytest.mark.browser

SHOWN = ".people > tbody:not([hidden])"


@pytest.fixture
def address(report: CirconscriptionReport, tmp_path: Path) -> str:
    path = tmp_path / "rapport.html"
    path.write_bytes(render(report, "html"))
    return path.as_uri()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(address)
    yield opened
    opened.close()
    assert said == []


def test_search_ignores_case_and_accents(page: Page) -> None:
    page.get_by_label("Rechercher un nom, une école").fill("ECHEVARRIA zoe")
    assert page.locator(SHOWN).count() == 1
    assert page.locator(".found").inner_text() == "1 enseignant sur 5."


def test_filters_by_school_and_state_add_up(page: Page) -> None:
    page.get_by_label("École", exact=True).select_option(index=1)
    assert page.locator(SHOWN).count() == 2
    page.get_by_label("État").select_option("atteint")
    assert page.locator(f"{SHOWN} th[scope=row]").all_inner_texts()[0].startswith("O'Brien")


def test_sorting_by_hours_left(page: Page) -> None:
    page.get_by_label("Ranger par").select_option("left")
    left = page.locator(f"{SHOWN}").evaluate_all("bodies => bodies.map(body => Number(body.dataset.left))")
    assert left == sorted(left, reverse=True)


def test_an_explanation_unfolds_by_keyboard_alone(page: Page) -> None:
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] .lines").first.is_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (320, 640)])
def test_nothing_overflows_and_axe_finds_nothing(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.response["violations"] == []


def test_the_page_reads_without_script(chromium: Browser, address: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("tbody[data-words]").count() == 5
    assert not page.locator(".tools").is_visible()
    context.close()


def test_paper_shows_the_table_and_not_the_tools(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator("tbody[data-words] th[scope=row]").first.is_visible()
    assert page.locator("thead").first.is_visible()
    assert not page.locator(".tools").is_visible()
    assert not page.locator("summary").first.is_visible()
    assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") in (1, 2)
