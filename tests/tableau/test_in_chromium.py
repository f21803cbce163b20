"""The pages in a real Chromium: live search, no script, keyboard alone, narrow windows, accessibility."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.attendance.conftest import CODE as SESSION
from tests.attendance.conftest import SLOT, _no_waiting, attested, stage, terminal  # noqa: F401 - fixtures
from tests.reports.kit import CODE, TRAINER
from tests.tableau.conftest import token_in
from tests.tableau.test_acts import TRAINER as ANNE
from tests.tableau.test_acts import real  # noqa: F401 - the fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.attendance.conftest import Terminal
    from tests.tableau.conftest import Site

pytestmark = pytest.mark.browser
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LIST, TEACHER = "/enseignants?annee=2026-2027", "/enseignants/E0005?annee=2026-2027"
MET = ("/accompagnement?annee=2026-2027", "/accompagnement/E0001?annee=2026-2027")
WIDTHS = ((1280, 900), (1100, 820), (390, 844), (320, 640))


def enter(site: Site, context: BrowserContext, who: str) -> Page:
    secret = site.enter(who).session.cookies["parcours"]
    context.add_cookies([{"name": "parcours", "value": secret, "url": site.url}])
    return context.new_page()


def wrong_in(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page, options={"runOnly": STANDARDS})
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]]


@pytest.mark.parametrize(
    ("who", "pages"),
    [
        ("", ("/connexion", "/entree?cle=x")),
        ("ien.lyon4", (LIST, TEACHER, "/sessions", "/enseignants/E0099", "/nulle", *MET)),
        (TRAINER, (f"/sessions/{CODE}", "/motdepasse", *MET)),
        ("E0005", (TEACHER,)),
    ],
)
def test_nothing_overflows_and_axe_finds_nothing(
    site: Site, chromium: Browser, who: str, pages: tuple[str, ...]
) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = enter(site, context, who) if who else context.new_page()
    for path in pages:
        page.goto(site.url + path)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        assert wrong_in(page) == [], path
    context.close()


def test_sheets_and_attestations_are_entered_in_english_and_axe_finds_nothing(
    real: Site,  # noqa: F811
    terminal: Terminal,  # noqa: F811
    attested: str,  # noqa: F811
    chromium: Browser,
) -> None:
    context = chromium.new_context(locale="en-GB")
    page = enter(real, context, ANNE)
    base = f"{real.url}/sessions/{SESSION}/emargement"
    page.goto(base)
    assert page.locator("html").get_attribute("lang") == "en"
    assert wrong_in(page) == []
    page.goto(f"{base}/{SLOT[0]}/{SLOT[1]}?groupe=A")
    assert wrong_in(page) == []
    with terminal.configured(terminal.stage.lrs.address, "http://127.0.0.1:9/xAPI/"):
        page.reload()
        assert page.get_by_role("alert").inner_text().startswith("A service that this page needs does not answer.")
        assert wrong_in(page) == []
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Save the sign-in sheet").click()
    assert page.locator("h1").inner_text() == "Sign-in sheet saved"
    assert wrong_in(page) == []
    page.goto(f"{real.url}/sessions/{attested}")
    page.locator("input[name=personne]").first.check()
    page.locator("button[value=attester]").click()
    assert page.locator("h1").inner_text() == "Certify anyway?"
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert wrong_in(page) == []
    page.get_by_role("button", name="Certify").click()
    page.wait_for_url("**fait=atteste**")
    page.get_by_role("link", name="Français").click()
    assert page.locator("html").get_attribute("lang") == "fr"
    context.close()


def test_the_list_follows_what_is_typed_without_leaving_the_page(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = enter(site, context, "ien.lyon4")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.url + LIST)
    page.evaluate("window.same = true")
    page.get_by_label("État").select_option("atteint")
    expect(page.locator(".who")).to_have_count(1)
    assert page.locator(".live").inner_text().startswith("1\N{NO-BREAK SPACE}enseignant")
    page.get_by_label("Rechercher").type("zzz")
    expect(page.locator(".who")).to_have_count(0)
    assert page.evaluate("window.same")
    assert "recherche=zzz" in page.url
    assert said == []
    context.close()


def test_the_list_is_searched_without_script(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = enter(site, context, "ien.lyon4")
    page.goto(site.url + LIST)
    page.get_by_label("État").select_option("dispense")
    page.get_by_role("button", name="Chercher").click()
    assert page.locator(".who").count() == 1
    context.close()


def test_a_line_is_contested_by_keyboard_alone_and_its_ien_sees_it_first(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = enter(site, context, "E0005")
    page.goto(site.url + TEACHER)
    page.locator(".act summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**fait=conteste**")
    assert page.get_by_role("status").inner_text().startswith("Votre contestation est enregistrée")
    context.close()
    other = chromium.new_context(locale="fr-FR")
    page = enter(site, other, "ien.lyon4")
    page.goto(site.url + LIST)
    assert page.locator("main h2").first.inner_text().startswith("1\N{NO-BREAK SPACE}ligne contestée")
    page.get_by_role("link", name="Arnaud Camille").first.click()
    assert page.locator("#contestees .asked").is_visible()
    assert wrong_in(page) == []
    other.close()


def test_a_link_lets_in_from_another_site(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    address = f"{site.url}/entree?cle={site.link('E0005')}"
    page.set_content(f'<a href="{address}">lien</a>')
    page.get_by_text("lien").click()
    page.get_by_role("button", name="Entrer").click()
    page.get_by_label("Nouveau mot de passe").fill("quatre mots sans rapport")
    page.get_by_label("Le même").fill("quatre mots sans rapport")
    page.get_by_role("button", name="Enregistrer").click()
    assert page.locator("h1").inner_text() == "Camille Arnaud"
    assert token_in(page.content())
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert (cookies["parcours"]["httpOnly"], cookies["parcours"]["sameSite"]) == (True, "Strict")
    context.close()
