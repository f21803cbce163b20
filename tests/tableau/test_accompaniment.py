"""The follow-up log in the pages: a trainer notes, an IEN learns that it took place, and reads what is shared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from connector.suivi.log import MOST_CHARACTERS
from tests.reports.kit import CODE, TRAINER, us
from tests.tableau.conftest import TUTOR, YEAR
from tests.tableau.test_in_chromium import enter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.tableau.conftest import Site

PATH = "/accompagnement/E0001"
TEXT = "Préparer <la> rentrée.\nRevoir le calcul."
FORM = {"jour": "2026-11-20", "modalite": "presence", "minutes": "45", "texte": TEXT}


@pytest.fixture(autouse=True)
def _november(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.place, "clock", lambda: us(2026, 11, 22))


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page)).replace("\N{NO-BREAK SPACE}", " ")


def test_a_text_reaches_the_ien_once_it_is_shared_and_nobody_else(site: Site) -> None:
    anne, ien, tutor = (site.enter(who) for who in (TRAINER, "ien.lyon4", TUTOR))
    answer = anne.post(PATH, FORM, params=YEAR)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PATH}?fait=note&annee=2026-2027")
    page = anne.get(PATH, **YEAR, fait="note").text
    assert "Préparer &lt;la&gt; rentrée.\nRevoir le calcul." in page
    assert "La rencontre est notée." in page
    for other in (ien, tutor):
        told = plain(other.get(PATH, **YEAR).text)
        assert f"20/11/2026 en présence, 0:45, par {TRAINER}" in told
        assert "Ce qui a été noté n’est pas partagé." in told
        assert "rentrée." not in told
    overview = plain(ien.get("/accompagnement", **YEAR).text)
    assert "Enseignants vus 1/5" in overview
    assert "Rencontres 1 Durée en tout 0:45 Rencontres : 1 en présence, 0 à distance." in overview
    number = re.search(r'name="numero" value="(\d+)"', page)
    assert number is not None
    assert 'name="numero"' not in ien.get(PATH, **YEAR).text
    shared = anne.post(f"{PATH}/rencontre", {"numero": number[1], "faire": "partager"}, params=YEAR)
    assert shared.headers["Location"].endswith("fait=partager&annee=2026-2027")
    assert "Préparer &lt;la&gt; rentrée." in ien.get(PATH, **YEAR).text
    assert "rentrée." not in tutor.get(PATH, **YEAR).text
    anne.post(f"{PATH}/rencontre", {"numero": number[1], "faire": "reprendre"}, params=YEAR)
    assert "rentrée." not in ien.get(PATH, **YEAR).text
    anne.post(f"{PATH}/rencontre", {"numero": number[1], "faire": "oublier"}, params=YEAR)
    assert "0 rencontre, 0:00 en tout." in plain(anne.get(PATH, **YEAR).text)


def test_what_does_not_fit_is_a_sentence(site: Site) -> None:
    anne = site.enter(TRAINER)
    for changes, words in (
        ({"jour": "hier"}, "Donnez le jour"),
        ({"jour": "2026-11-23"}, "ne se note pas"),
        ({"modalite": "avion"}, "en présence ou à distance"),
        ({"minutes": "-3"}, "8 heures"),
        ({"minutes": "99999"}, "8 heures"),
        ({"texte": "é" * (MOST_CHARACTERS + 1)}, "1001 caractères"),
    ):
        answer = anne.post(PATH, FORM | changes, params=YEAR)
        assert (answer.status_code, words in plain(answer.text)) == (422, True), changes
    assert anne.post(f"{PATH}/rencontre", {"numero": "x", "faire": "oublier"}, params=YEAR).status_code == 404
    assert anne.post(f"{PATH}/rencontre", {"numero": "1", "faire": "lire"}, params=YEAR).status_code == 404


def test_every_read_is_journalled_under_what_was_shown(site: Site) -> None:
    anne, ien = site.enter(TRAINER), site.enter("ien.lyon4")
    anne.get("/accompagnement", **YEAR)
    anne.get(PATH, **YEAR)
    ien.get("/accompagnement", **YEAR)
    assert site.journal("suivi.session") == [(TRAINER, CODE, {})]
    assert site.journal("suivi.lister") == [("ien.lyon4", "tous", {"annee": "2026-2027", "perimetre": "0693456G"})]
    assert site.journal("suivi.enseignant") == [(TRAINER, "E0001", {"annee": "2026-2027"})]


@pytest.mark.browser
def test_a_meeting_is_noted_by_keyboard_alone_on_a_phone(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = enter(site, context, TRAINER)
    page.goto(f"{site.url}{PATH}?annee=2026-2027")
    page.get_by_label("Jour").fill("2026-11-20")
    page.get_by_label("Durée").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Revoir le calcul mental.")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**fait=note**")
    assert page.get_by_role("status").inner_text() == "La rencontre est notée."
    assert page.locator(".noted").inner_text() == "Revoir le calcul mental."
    assert page.locator(".tag").inner_text() == "partagé avec l’IEN"
    context.close()
