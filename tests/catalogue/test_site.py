"""The site: its files, and its pages in a real Chromium."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import etree, html

from connector.catalogue.site import write_site
from scenarios.load import load_parcours
from tests.language.test_catalogue import escaped
from tests.reports.test_page_in_chromium import STANDARDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from connector.catalogue.entries import Entry
    from tests.terminal import Terminal

SHOWN = ".catalogue > li:not([hidden])"


@pytest.fixture(scope="module")
def site(shipped: dict[str, Entry], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(list(shipped.values()), tmp_path_factory.mktemp("site")).parent


def test_every_link_leads_to_a_file_of_the_site(site: Path, shipped: dict[str, Entry]) -> None:
    assert etree.parse(site / "catalogue.xml").getroot().xpath("count(formation)") == len(shipped)
    for page in site.glob("*.html"):
        for target in html.fromstring(page.read_bytes()).xpath("//a/@href"):
            assert target.startswith(("#", "https://")) or (site / target).is_file(), (page.name, target)


def test_a_page_gives_the_script_and_neither_notes_nor_answers(site: Path, shipped: dict[str, Entry]) -> None:
    for name, entry in shipped.items():
        said = " ".join(html.fromstring((site / f"{name}.html").read_bytes()).text_content().split())
        for activity in load_parcours(entry.loaded.path).parcours.activites:
            assert " ".join(activity.titre.replace("'", "’").split()) in said
            note = (activity.note_formateur or "")[:60].replace("*", "").strip()
            assert not note or note not in said


def test_a_web_server_may_read_it(site: Path) -> None:
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in site.rglob("*") if path.is_file())


def test_the_command_writes_what_was_asked_for(here: Terminal) -> None:
    assert here.run("catalogue", "site", "--collection", "analyse", "--sortie", here.folder / "web") == 0
    pages = {path.name for path in (here.folder / "web").glob("*.html")}
    assert "laicite.html" in pages
    assert "calcul-mental.html" not in pages


def test_in_english_only_what_authors_and_closed_lists_say_is_french(here: Terminal) -> None:
    folder = here.folder / "web"
    assert here.run("--langue", "en", "catalogue", "site", "--sortie", folder) == 0
    for path in (folder / "index.html", folder / "calcul-mental.html"):
        page = html.fromstring(path.read_bytes())
        assert page.get("lang") == "en"
        for french in page.xpath("//*[@lang='fr']"):
            french.drop_tree()
        assert escaped(html.tostring(page, encoding="unicode")) == []


def test_what_an_author_wrote_stays_text(shipped: dict[str, Entry], tmp_path: Path) -> None:
    entry = shipped["laicite"]
    hostile = entry.parcours.model_copy(
        update={"titre": "<script>alert(1)</script>", "description": "<img src=x onerror=alert(1)>", "licence": None}
    )
    loaded = type(entry.loaded)(entry.loaded.path, hostile, entry.loaded.contents, ())
    write_site([type(entry)("hostile", loaded, 60, 60)], tmp_path)
    page = (tmp_path / "hostile.html").read_text("utf-8")
    assert len(re.findall("<script", page)) == 1
    assert "<img" not in page
    assert not (tmp_path / "paquets").exists()


@pytest.fixture
def page(chromium: Browser, site: Path) -> Iterator[Page]:
    """The first page; nothing may be said in the console, no other address asked for."""
    opened = chromium.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda request: said.append(request.url) if not request.url.startswith("file:") else None)
    opened.goto((site / "index.html").as_uri())
    yield opened
    opened.close()
    assert said == []


@pytest.mark.browser
def test_search_and_filters_add_up(page: Page, shipped: dict[str, Entry]) -> None:
    assert page.locator(SHOWN).count() == len(shipped)
    page.get_by_label("Rechercher").fill("LAICITE république")
    assert page.locator(f"{SHOWN} h3").all_inner_texts() == ["La laïcité"]
    assert page.locator(".found").inner_text() == f"1\N{NO-BREAK SPACE}parcours sur {len(shipped)}."
    page.get_by_label("Rechercher").fill("")
    page.get_by_label("Public").select_option("Formateurs académiques")
    page.get_by_label("Durée").select_option("Entre 3 h et 6 h")
    wanted = {
        entry.titre for entry in shipped.values() if "Formateurs académiques" in entry.public and "3h-6h" in entry.bands
    }
    assert set(page.locator(f"{SHOWN} h3").all_inner_texts()) == {title.replace("'", "’") for title in wanted}
    page.get_by_label("Collection").select_option("Action")
    assert page.locator(".offer:not([hidden])").count() == len(
        {entry.offer for entry in shipped.values() if entry.titre in wanted and entry.collection == "Action"}
    )


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "calcul-mental"])
def test_nothing_overflows_and_axe_finds_nothing(page: Page, site: Path, name: str) -> None:
    page.goto((site / f"{name}.html").as_uri())
    for width, height in ((1280, 900), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"runOnly": STANDARDS})
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]] == []


@pytest.mark.browser
def test_keyboard_paper_and_no_script(page: Page, chromium: Browser, site: Path, shipped: dict[str, Entry]) -> None:
    page.get_by_label("Durée").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("h2", has_text="Comment il se déroule").wait_for()
    page.go_back()
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(SHOWN).count() == len(shipped)
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto((site / "index.html").as_uri())
    assert plain.locator(".catalogue > li").count() == len(shipped)
    assert not plain.locator(".tools").is_visible()
    context.close()
