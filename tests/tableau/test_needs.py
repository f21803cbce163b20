"""Needs in the pages of an IEN: entered, refused with what was typed, met, withdrawn, from a file, sent as files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.reports.kit import CODE, OTHER
from tests.tableau.conftest import SCHOOL, YEAR
from tests.tableau.test_in_chromium import WIDTHS, enter, wrong_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium

    from tests.tableau.conftest import Browser, Site

HEADER = "ecole;cycle;theme;precision;duree;effectif;enseignants"
LIST = "/besoins?annee=2026-2027"
SAID = {"ecole": SCHOOL, "cycle": "C3", "theme": "sciences et technologie", "precision": "énergie"}


@pytest.fixture
def ien(site: Site) -> Browser:
    return site.enter("ien.lyon4")


def send(browser: Browser, text: str) -> tuple[int, str]:
    answer = browser.post("/besoins/fichier", params=YEAR, files={"fichier": ("besoins.csv", text.encode())})
    return answer.status_code, answer.text


def test_a_need_is_entered_met_and_withdrawn(site: Site, ien: Browser) -> None:
    answer = ien.post("/besoins", {**SAID, "enseignant": ["E0001", "E0003"]}, params=YEAR)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/besoins/3?annee=2026-2027&fait=besoin")
    page = ien.get("/besoins/3", fait="besoin").text
    assert "Le besoin est enregistré" in page
    assert "Enseigner l’énergie au cycle 3" in page
    assert page.count("Pas inscrit") == 2
    assert (
        ien.post("/besoins", {**SAID, "enseignant": ["E0003", "E0001"]}, params=YEAR)
        .headers["Location"]
        .endswith("fait=besoin_connu")
    )
    assert "Sciences et technologie · énergie" in ien.get("/besoins", **YEAR).text
    assert ien.post("/besoins/3/retrait").status_code == 303
    assert "Sciences et technologie" not in ien.get("/besoins", **YEAR).text
    assert "Retiré par ien.lyon4" in ien.get("/besoins/3").text
    assert ien.post("/besoins/3/retrait").status_code == 422
    assert [(who, subject) for who, subject, _ in site.journal("besoin.retirer")] == [("ien.lyon4", "3")]


def test_what_is_wrong_is_told_beside_what_was_typed(site: Site, ien: Browser) -> None:
    answer = ien.post("/besoins", {**SAID, "effectif": "2", "enseignant": ["E0001"]}, params=YEAR)
    assert answer.status_code == 422
    assert "pas les deux" in answer.text
    assert re.search(r'<option value="C3" selected>', answer.text)
    assert 'value="énergie"' in answer.text
    assert re.search(r'value="E0001" checked', answer.text)
    assert "<details open>" in answer.text
    assert site.journal("acces.hors_perimetre") == []
    assert ien.post("/besoins", {**SAID, "jeton": "autre"}, params=YEAR).status_code == 403
    refused = ien.post("/besoins", {**SAID, "ecole": "0380001B"}, params=YEAR)
    assert (refused.status_code, "De quelle école" in refused.text) == (422, True)
    assert [subject for _, subject, _ in site.journal("acces.hors_perimetre")] == ["0380001B"]


def test_a_file_is_entered_whole_or_not_at_all(site: Site, ien: Browser) -> None:
    status, page = send(ien, f"{HEADER}\n{SCHOOL};C1;français;;;;\n{SCHOOL};C1;franssais;;;;\n")
    assert status == 422
    assert "besoins.csv:3" in page
    assert "vouliez-vous dire «\N{NO-BREAK SPACE}français" in page
    assert send(ien, "autre;chose\n")[0] == 422
    assert len(site.journal("besoin.saisir")) == 2, "those of the world"
    assert send(ien, f"{HEADER}\n{SCHOOL};C1;français;;;;\n")[0] == 303
    assert len(site.journal("besoin.saisir")) == 3
    assert ien.post("/besoins/fichier", params=YEAR).status_code == 422


def test_files_say_what_the_pages_say(site: Site, ien: Browser) -> None:
    board = json.loads(ien.get("/besoins.json", **YEAR).content)
    assert board["chiffres"]["besoins"] == 1, "not the one of another circonscription"
    assert [row["code"] for row in board["sessions"]] == [CODE]
    assert {row["identifiant"] for row in board["personnes"]} == {"E0001", "E0003"}
    assert ien.get("/besoins.xlsx", **YEAR).content.startswith(b"PK")
    for number in ("2", "999", "x", "9" * 40, "²"):
        assert ien.get(f"/besoins/{number}").status_code == 404
    assert OTHER not in ien.get("/besoins", **YEAR).text
    assert {subject for _, subject, _ in site.journal("rapport.besoins")} == {"tous"}


def test_a_read_of_names_is_journalled_as_one_of_the_school(site: Site, ien: Browser) -> None:
    ien.get("/besoins/nouveau", ecole=SCHOOL, **YEAR)
    ien.get("/besoins/1")
    said = site.journal("tableau.besoin")
    assert [(subject, detail["annee"]) for _, subject, detail in said] == [(SCHOOL, "2026-2027")] * 2


@pytest.mark.browser
def test_a_need_is_entered_by_keyboard_alone_on_a_phone_and_axe_finds_nothing(site: Site, chromium: Chromium) -> None:
    context = chromium.new_context(locale="fr-FR", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = enter(site, context, "ien.lyon4")
    page.goto(site.url + LIST)
    assert wrong_in(page) == []
    page.get_by_role("link", name="Saisir un besoin").focus()
    page.keyboard.press("Enter")
    page.get_by_label("École", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Cycle", exact=True).focus()
    for key in ("ArrowDown", "ArrowDown", "Tab", "ArrowDown", "ArrowDown", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("ardoise")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert wrong_in(page) == []
    page.get_by_role("button", name="Enregistrer le besoin").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Le besoin est enregistré")
    assert page.locator("h1").inner_text() == "Mathématiques · ardoise"
    expect(page.locator("main")).to_contain_text("Enseigner le calcul mental")
    assert wrong_in(page) == []
    for path in (LIST, "/besoins/1", f"/besoins/nouveau?annee=2026-2027&ecole={SCHOOL}"):
        page.goto(site.url + path)
        for width, height in WIDTHS:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    context.close()
