"""Coming in: links, passwords, cookies, rates, and what every answer carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from connector.settings import FILE
from connector.tableau import accompaniment, doors, entering, needs, people, protection, sessions, sheets
from connector.tableau.app import create_app
from connector.tableau.place import Place
from tests.tableau.conftest import TUTOR, Browser, token_in
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from tests.tableau.conftest import Site

PASSWORD = "quatre mots sans rapport"
IEN = "ien.lyon4"
EVERY_PAGE = (*entering.PAGES, *people.PAGES, *sessions.PAGES, *sheets.PAGES, *accompaniment.PAGES, *needs.PAGES)
SOMETHING = {
    "identifiant": "E0005",
    "qui": "E0005",
    "code": "CM-1",
    "form": "xlsx",
    "activite": "a",
    "creneau": "b",
    "numero": "1",
}
"""What stands in the address of a page."""


def sign_in(browser: Browser, named: str, given: str, suite: str = "") -> requests.Response:
    browser.csrf = token_in(browser.get("/connexion").text)
    return browser.post("/connexion", {"identifiant": named, "secret": given, "suite": suite})


def give_password(site: Site, who: str = IEN) -> None:
    with site.ledger.write() as connection:
        doors.set_password(connection, who, PASSWORD, site.place.clock())


def test_a_link_then_a_password_then_out(site: Site) -> None:
    browser, secret = site.visit(), site.link(IEN)
    browser.csrf = token_in(browser.get("/entree", cle=secret).text)
    assert browser.post("/entree", {"cle": secret}).headers["Location"] == "/motdepasse"
    again = site.visit()
    again.csrf = token_in(again.get("/entree", cle=secret).text)
    assert again.post("/entree", {"cle": secret}).status_code == 403, "good once"
    browser.csrf = token_in(browser.get("/motdepasse").text)
    assert browser.post("/motdepasse", {"nouveau": PASSWORD, "encore": "autre"}).status_code == 400
    assert browser.post("/motdepasse", {"nouveau": "court", "encore": "court"}).status_code == 400
    before = browser.session.cookies["parcours"]
    assert browser.post("/motdepasse", {"nouveau": PASSWORD, "encore": PASSWORD}).status_code == 303
    assert browser.session.cookies["parcours"] != before, "a new session"
    browser.csrf = token_in(browser.get("/motdepasse").text)
    assert browser.post("/sortie").headers["Location"] == "/connexion"
    assert browser.get("/enseignants").status_code == 303
    assert sign_in(site.visit(), IEN, PASSWORD).headers["Location"] == "/"
    assert [(subject, detail["par"]) for _, subject, detail in site.journal("acces.entrer")] == [
        (IEN, "lien"), (IEN, "motdepasse"), (IEN, "motdepasse")
    ]  # fmt: skip


def test_a_password_is_changed_with_the_one_before_or_by_a_new_link(site: Site) -> None:
    give_password(site)
    browser, other = site.enter(IEN), "quatre autres mots choisis"
    chosen = {"nouveau": other, "encore": other}
    assert 'name="ancien"' in browser.get("/motdepasse").text
    assert [browser.post("/motdepasse", chosen | {"ancien": given}).status_code for given in ("", "faux")] == [403, 403]
    assert browser.post("/motdepasse", chosen | {"ancien": PASSWORD}).status_code == 303
    forgetful, secret = site.visit(), site.link(IEN)
    forgetful.csrf = token_in(forgetful.get("/entree", cle=secret).text)
    forgetful.post("/entree", {"cle": secret})
    assert 'name="ancien"' not in forgetful.get("/motdepasse").text
    assert sign_in(site.visit(), IEN, other).status_code == 403, "a link lets in whoever has forgotten their password"


def test_the_current_password_is_not_guessed(site: Site) -> None:
    give_password(site)
    browser = site.enter(IEN)
    tries = [browser.post("/motdepasse", {"ancien": "faux"}).status_code for _ in range(6)]
    assert tries == [403] * 5 + [429]


def test_a_wrong_password_and_an_unknown_name_are_told_alike(site: Site) -> None:
    give_password(site)
    answers = [sign_in(site.visit(), named, "faux") for named in (IEN, "personne")]
    assert [answer.status_code for answer in answers] == [403, 403]
    texts = [answer.text.replace(token_in(answer.text), "").replace("personne", IEN) for answer in answers]
    assert texts[0] == texts[1]


def test_guessing_is_stopped_by_name_and_by_place(site: Site) -> None:
    give_password(site)
    tries = [sign_in(site.visit(), IEN, "faux").status_code for _ in range(6)]
    assert tries == [403] * 5 + [429]
    assert sign_in(site.visit(), IEN, PASSWORD).status_code == 429, "the right one too, for a while"
    links = []
    for _ in range(14):
        browser = site.visit()
        browser.csrf = token_in(browser.get("/entree", cle="x").text)
        links.append(browser.post("/entree", {"cle": "faux"}).status_code)
    assert links == [403] * 13 + [429], "no name is tried here: the place alone counts"


@pytest.mark.parametrize(
    ("suite", "leads"),
    [("/sessions?x=1", "/sessions?x=1"), ("//pirate.fr", "/"), ("https://pirate.fr", "/"), ("/\\pirate.fr", "/"),
     ("/\t/pirate.fr", "/"), ("", "/")],
)  # fmt: skip
def test_coming_in_leads_to_these_pages_only(site: Site, suite: str, leads: str) -> None:
    give_password(site)
    assert sign_in(site.visit(), IEN, PASSWORD, suite).headers["Location"] == leads
    assert site.visit().get("/langue/en", suite=suite).headers["Location"] == leads


def test_whoever_is_not_signed_in_is_led_to_the_door(site: Site) -> None:
    for method, path, _ in EVERY_PAGE:
        browser = site.visit()
        where = path.format_map(SOMETHING)
        answer = browser.get(where) if method == "GET" else browser.post(where)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/connexion"), path


def test_no_form_does_without_its_token(site: Site) -> None:
    browser = site.enter("operateur")
    for token in ("", "faux", "\N{GREEK SMALL LETTER ALPHA}", site.enter("operateur").csrf):
        browser.csrf = token
        for method, path, _ in EVERY_PAGE:
            if method == "POST":
                where = path.format_map(SOMETHING)
                assert browser.post(where).status_code == 403, path
    give_password(site)
    for path, right in (("/connexion", {"identifiant": IEN, "secret": PASSWORD}), ("/entree", {"cle": site.link(IEN)})):
        visitor = site.visit()
        good = token_in(visitor.get(path, cle="x").text)
        assert [visitor.post(path, right | {"jeton": one}).status_code for one in ("", "faux")] == [403, 403]
        assert site.visit().post(path, right | {"jeton": good}).status_code == 403, "from another browser"
        assert visitor.post(path, right | {"jeton": good}).status_code == 303


def test_an_access_taken_away_closes_the_pages_at_once(site: Site) -> None:
    browser = site.enter(IEN)
    assert browser.get("/enseignants").status_code == 200
    file = site.place.settings.folder / FILE
    file.write_text(file.read_text("utf-8").replace(f'identifiant = "{IEN}"', 'identifiant = "autre"'), "utf-8")
    assert browser.get("/enseignants").status_code == 303


def test_every_answer_is_strict_whatever_it_is(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.enter(IEN)
    answers = [
        browser.get("/connexion"), browser.get("/enseignants"), browser.get("/rien"), browser.get("/sortie"),
        browser.get("/style-fr.css"), browser.post("/sortie", {"jeton": ""}), site.visit().get("/enseignants"),
        browser.post("/sessions/CM-1/emargement/fichier", files={"feuille": ("f.csv", bytes(protection.MAX_BODY))}),
        browser.post("/motdepasse", {f"c{number}": "x" for number in range(2001)}, files={"f": ("x", b"")}),
    ]  # fmt: skip
    monkeypatch.setattr("connector.tableau.people.read_people", None)
    answers.append(browser.get("/enseignants"))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 200, 403, 303, 413, 400, 500]
    for answer in answers:
        assert [name for name in protection.HEADERS if name not in answer.headers] == [], answer.url
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "charset", ["utf-7", "unicode_escape", "punycode", "undefined", "utf-16", "rot13", "latin-1", "none"]
)
def test_a_form_is_utf_8(site: Site, charset: str) -> None:
    """Other charsets decode to what is no text, or fail to in ways of their own."""
    said = b'--B\r\nContent-Disposition: form-data; name="identifiant"\r\n\r\n+2AA-\\ud800\r\n--B--\r\n'
    answers = [
        site.visit().session.post(f"{site.url}/connexion", said, headers={"Content-Type": kind}, timeout=30)
        for kind in (f"multipart/form-data; boundary=B; charset={charset}", "multipart/form-data; boundary=B")
    ]
    assert [answer.status_code for answer in answers] == [400, 403]


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (IEN, "/enseignants/E0001%00", 400),
        (IEN, "/enseignants?recherche=%00", 400),
        (IEN, f"/enseignants?page={'9' * 5000}", 404),
        (IEN, "/enseignants?page=%D9%A3", 404),
        (IEN, f"/besoins/{'9' * 20}", 404),
        ("operateur", "/enseignants.csv?ecole=1", 404),
    ],
)
def test_what_no_database_has_room_for_is_not_asked_of_it(site: Site, who: str, path: str, status: int) -> None:
    assert site.enter(who).get(path).status_code == status


def test_a_form_holds_no_nul_and_no_number_without_end(site: Site) -> None:
    assert sign_in(site.visit(), "a\0b", "x").status_code == 400
    tutor = site.enter(TUTOR)
    assert tutor.post("/accompagnement/E0001", {"minutes": "60\0"}).status_code == 400
    act = {"faire": "retirer", "numero": "9" * 5000}
    assert tutor.post("/accompagnement/E0001/rencontre", act).status_code == 404


def test_cookies_are_for_this_site_alone(site: Site) -> None:
    give_password(site)
    cookie = sign_in(site.visit(), IEN, PASSWORD).headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    https = Place(site.place.settings.folder, site.ledger, "https://tableau.example/")
    with serve_in_thread(create_app(https)) as url:
        answer = Browser(url, requests.Session()).get("/connexion")
    assert answer.headers["Set-Cookie"].startswith("__Host-porte=")
    assert "secure" in answer.headers["Set-Cookie"].lower()
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_broken_configuration_is_a_sentence(site: Site) -> None:
    browser = site.enter(IEN)
    (site.place.settings.folder / FILE).write_text("[[", "utf-8")
    answer = browser.get("/enseignants")
    assert answer.status_code == 500
    assert "parcours.toml" in answer.text


def test_a_visitor_who_asks_for_too_many_pages_is_asked_to_wait(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    give_password(site)
    browser = site.visit()
    sign_in(browser, IEN, PASSWORD)
    assert browser.get("/sessions").status_code == 200
    monkeypatch.setattr(site.place.rates, "serve", lambda _name: False)
    answer = browser.get("/sessions")
    assert answer.status_code == 429
    assert "attendez une minute" in answer.text


def test_pages_are_counted_for_each_visitor() -> None:
    rates = protection.Rates()
    asked = [rates.serve(IEN) for _ in range(protection.PAGES_A_MINUTE + 1)]
    assert asked == [True] * protection.PAGES_A_MINUTE + [False]
    assert rates.serve("ien.lyon5")
