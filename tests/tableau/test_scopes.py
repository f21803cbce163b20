"""Every address, for every role, on what is theirs and on what is another's: nothing shows out of the scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.tableau import accompaniment, entering, needs, people, sessions, sheets
from tests.reports.kit import CODE, ELSEWHERE, OTHER, STRANGER, TRAINER, UAI
from tests.tableau.conftest import NAMED_TUTOR, SCHOOL, TUTOR, YEAR

if TYPE_CHECKING:
    from tests.tableau.conftest import Browser, Site

ROUTES = [
    (method, path)
    for method, path, _ in (
        *entering.PAGES,
        *people.PAGES,
        *sessions.PAGES,
        *sheets.PAGES,
        *accompaniment.PAGES,
        *needs.PAGES,
    )
    if path not in {"/", "/sortie"}
]
OWN = {"identifiant": "E0005", "code": CODE, "form": "xlsx", "activite": "rencontre", "creneau": "a1", "qui": "E0001"}
OWN["numero"] = "1"
ANOTHERS = OWN | {"identifiant": STRANGER, "code": ELSEWHERE, "qui": "E0005", "numero": "2"}
"""E0005 is on no list: a trainer of the session does not accompany them."""
PLACES = ("{identifiant}", "{code}", "{qui}", "{numero}")
PASSWORD = {("GET", "/motdepasse"), ("POST", "/motdepasse")}
RELEVE = {("GET", "/enseignants/{identifiant}"), ("GET", "/enseignants/{identifiant}/releve.{form}")}
CIRCONSCRIPTION = {
    ("GET", "/enseignants"), ("GET", "/enseignants.{form}"), ("POST", "/enseignants/{identifiant}/decision")
}  # fmt: skip
SESSIONS = {(method, path) for method, path, _ in sessions.PAGES if method == "GET"}
LEADING = {(method, path) for method, path, _ in (*sessions.PAGES, *sheets.PAGES)} - SESSIONS
ACCOMPANYING = {(method, path) for method, path, _ in accompaniment.PAGES}
FOLLOWING = {(method, path) for method, path in ACCOMPANYING if method == "GET"}
NEEDS = {(method, path) for method, path, _ in needs.PAGES}
MAY = {
    "ien.lyon4": PASSWORD | RELEVE | CIRCONSCRIPTION | SESSIONS | FOLLOWING | NEEDS,
    TRAINER: PASSWORD | SESSIONS | LEADING | ACCOMPANYING,
    TUTOR: PASSWORD | SESSIONS | ACCOMPANYING,
    NAMED_TUTOR: PASSWORD | SESSIONS | ACCOMPANYING,
    "E0005": PASSWORD | RELEVE | {("POST", "/enseignants/{identifiant}/contestation")},
    "operateur": PASSWORD | RELEVE | CIRCONSCRIPTION | SESSIONS | LEADING | NEEDS,
}
LINE = {"session": CODE, "activite": "accueil", "motif": "rien", "choix": "rien", "faire": "oublier", "numero": "1"}
LINE |= {"ecole": SCHOOL, "cycle": "C1", "theme": "français"}


def ask(browser: Browser, method: str, path: str, of: dict[str, str]) -> int:
    where = path.format(**of)
    if method == "GET":
        return browser.get(where, **YEAR).status_code
    return browser.post(where, LINE | {"session": of["code"]}, params=YEAR).status_code


@pytest.mark.parametrize("who", MAY)
def test_what_is_theirs_opens_and_the_rest_is_not_there(site: Site, who: str) -> None:
    browser = site.enter(who)
    refused = {route for route in ROUTES if ask(browser, *route, OWN) == 404}
    assert refused == set(ROUTES) - MAY[who]
    written = site.journal("acces.hors_perimetre")
    assert {author for author, *_ in written} == ({who} if who != "operateur" else set())
    assert len(written) == (len(refused) if who != "operateur" else 0)


@pytest.mark.parametrize("who", [who for who in MAY if who != "operateur"])
def test_what_is_anothers_is_not_there_and_asking_is_journalled(site: Site, who: str) -> None:
    browser = site.enter(who)
    routes = [route for route in ROUTES if any(name in route[1] for name in PLACES)]
    anothers = ANOTHERS | ({"qui": STRANGER} if who == "ien.lyon4" else {})
    for count, route in enumerate(routes, 1):
        assert (ask(browser, *route, anothers), route) == (404, route)
        assert len(site.journal("acces.hors_perimetre")) == count, route
    shown = {action for action in ("rapport.enseignant", "rapport.session") if site.journal(action)}
    assert shown == set()


@pytest.mark.parametrize(
    "query",
    [{"circonscription": OTHER}, {"ecole": "0690099Z"}, {"session": ELSEWHERE}, {"etat": "x"}, {"page": "0"},
     {"ordre": "x"}, {"annee": "2026"}],
)  # fmt: skip
def test_no_filter_leads_out_of_the_scope(site: Site, query: dict[str, str]) -> None:
    assert site.enter("ien.lyon4").get("/enseignants", **(YEAR | query)).status_code == 404
    assert [author for author, *_ in site.journal("acces.hors_perimetre")] == ["ien.lyon4"]


def test_lists_hold_the_scope_only(site: Site) -> None:
    mine = site.enter("ien.lyon4").get("/enseignants", **YEAR).text
    assert "Arnaud Camille" in mine
    assert STRANGER not in mine
    assert STRANGER in site.enter("operateur").get("/enseignants", **YEAR).text
    sessions_of = site.enter(TRAINER).get("/sessions").text
    assert (CODE in sessions_of, ELSEWHERE in sessions_of) == (True, False)
    assert "Attester les personnes" in site.enter(TRAINER).get(f"/sessions/{CODE}").text
    assert "Attester les personnes" not in site.enter(TUTOR).get(f"/sessions/{CODE}").text


def test_a_line_that_is_not_the_teachers_is_not_there(site: Site) -> None:
    browser = site.enter("ien.lyon4")
    form = {"session": ELSEWHERE, "activite": "accueil", "choix": "accorder:equivalence"}
    assert browser.post("/enseignants/E0005/decision", form, params=YEAR).status_code == 404


def test_a_search_ignores_case_and_accents_and_leaves_its_words_out_of_the_journal(site: Site) -> None:
    with site.ledger.write() as connection:
        connection.exec_driver_sql("UPDATE teacher SET recherche = 'arnaud camille e0005' WHERE identifiant = 'E0005'")
    page = site.enter("ien.lyon4").get("/enseignants", **YEAR, recherche="ÁRNAUD").text
    assert page.count('class="who"') == 1
    (entry,) = site.journal("tableau.enseignants")
    assert entry[2]["recherche"] == "oui"
    assert "RNAUD" not in str(entry)


def test_a_list_of_fifty_shows_the_next_page(site: Site) -> None:
    browser = site.enter("ien.lyon4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connector.tableau.reading.PAGE", 2)
        first = browser.get("/enseignants", **YEAR, ordre="nom").text
        last = browser.get("/enseignants", **YEAR, ordre="nom", page="3").text
    assert (first.count('class="who"'), last.count('class="who"')) == (2, 1)
    assert "ordre=nom&amp;page=2" in first
    assert "Page 3 sur 3" in last.replace("\N{NO-BREAK SPACE}", " ")


def test_the_picture_of_a_circonscription_heads_its_list_until_it_is_narrowed(site: Site) -> None:
    ien, operator = site.enter("ien.lyon4"), site.enter("operateur")
    title = "Où chacun en est, période après période"
    whole = ien.get("/enseignants", **YEAR).text
    assert (whole.count(title), whole.count("<title>Camille Arnaud")) == (1, 1)
    assert STRANGER not in whole
    for narrowed in ({"recherche": "arnaud"}, {"etat": "atteint"}, {"session": CODE}, {"page": "2"}):
        assert title not in ien.get("/enseignants", **YEAR, **narrowed).text
    assert title not in operator.get("/enseignants", **YEAR).text
    assert title in operator.get("/enseignants", **YEAR, circonscription=UAI).text
