"""Each visitor is spoken to in their language: all pages in English, at the same time as others in French."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from lxml import html

from tests.language.test_catalogue import escaped
from tests.reports.kit import ACTIVITIES, CODE, TRAINER
from tests.tableau.conftest import SCHOOL, YEAR

if TYPE_CHECKING:
    from tests.tableau.conftest import Browser, Site

NEEDS = ("/besoins", f"/besoins/nouveau?ecole={SCHOOL}", "/besoins/nouveau", "/besoins/1")
TITLES = ("Enseigner le calcul mental", *(titre for _name, titre, *_rest in ACTIVITIES))
ENGLISH = {"Accept-Language": "de;q=0.9, en-GB, fr;q=0.5"}


def read(browser: Browser, path: str, **query: str) -> str:
    return browser.get(path, **query).text


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("", ("/connexion", "/entree", "/nulle")),
        ("ien.lyon4", ("/enseignants", "/enseignants/E0005", "/sessions", "/motdepasse", "/enseignants/E0099", *NEEDS)),
        (TRAINER, ("/sessions", f"/sessions/{CODE}", "/accompagnement", "/accompagnement/E0001")),
        ("E0005", ("/enseignants/E0005",)),
    ],
)
def test_pages_in_english_hold_no_french(site: Site, who: str, paths: tuple[str, ...]) -> None:
    browser = site.enter(who) if who else site.visit()
    browser.session.headers.update(ENGLISH)
    for path in paths:
        page = read(browser, path, **YEAR)
        assert '<html lang="en">' in page
        assert escaped(page) == [], path
        assert unmarked(page) == [], path


def unmarked(page: str) -> list[str]:
    """Return the texts of a page that say a title of ours and are not said to be French (WCAG 2.2, 3.1.2)."""
    said = html.fromstring(page).xpath("//body//text()[not(ancestor::script or ancestor::style)]")
    ours = [text for text in said if any(title in text for title in TITLES)]
    return [text for text in ours if text.getparent().xpath("string(ancestor-or-self::*[@lang][1]/@lang)") != "fr"]


def test_titles_in_french_are_looked_for() -> None:
    assert unmarked("<html lang=en><body><p>Enseigner le calcul mental</p></body></html>") != []
    assert unmarked("<html lang=en><body><p lang=fr>Enseigner le calcul mental</p></body></html>") == []


def test_the_language_chosen_is_kept_and_wins_over_the_browser_s(site: Site) -> None:
    browser = site.enter("ien.lyon4")
    browser.session.headers.update({"Accept-Language": "fr-FR"})
    assert "Les enseignants" in read(browser, "/enseignants", **YEAR)
    answer = browser.get("/langue/en", suite="/enseignants?annee=2026-2027")
    assert answer.headers["Location"] == "/enseignants?annee=2026-2027"
    assert "The teachers" in read(browser, "/enseignants", **YEAR)
    assert browser.get("/langue/en", suite="//pirate.fr").headers["Location"] == "/"
    assert browser.get("/langue/de").status_code == 404


def test_the_configuration_says_the_language_of_who_says_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARCOURS_LANGUE")
    file = site.place._configuration.folder / "parcours.toml"
    assert "Se connecter" in read(site.visit(), "/connexion")
    file.write_text(file.read_text("utf-8") + '\n[interface]\nlangue = "en"\n', "utf-8")
    assert "Sign in" in read(site.visit(), "/connexion")
    file.write_text("[interface]\nlangue = 3\n", "utf-8")
    assert "Se connecter" in read(site.visit(), "/connexion"), "a broken configuration is told in French"


def test_errors_and_files_are_in_the_visitor_s_language_json_in_french(site: Site) -> None:
    browser = site.enter("ien.lyon4")
    browser.session.headers.update(ENGLISH)
    assert read(browser, "/enseignants.csv", **YEAR).splitlines()[0].endswith("P4;P5")
    assert "In-service training" in read(browser, "/enseignants.csv", **YEAR)
    assert "Crédité dans la session CM-1" in read(browser, "/enseignants/E0005/releve.json", **YEAR)
    assert (
        "Choose the decision and its reason in the list."
        in browser.post("/enseignants/E0005/decision", {"session": CODE, "activite": "module"}, params=YEAR).text
    )


def test_two_visitors_at_once_each_read_their_language(site: Site) -> None:
    french, english = site.enter("ien.lyon4"), site.enter("ien.lyon4")
    english.session.headers.update(ENGLISH)
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda one: read(one, "/enseignants", **YEAR), [french, english] * 6))
    assert ["The teachers" in page for page in pages] == [False, True] * 6
    assert ["Les enseignants" in page for page in pages] == [True, False] * 6
