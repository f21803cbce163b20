"""What is done from a page reaches the LRS, the ledger and the queue: sheets, attestations, decisions, contests."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connector.ledger.db import open_ledger
from connector.tableau.app import create_app
from connector.tableau.place import Place
from tests.access import access
from tests.attendance.conftest import (  # noqa: F401 - fixtures
    CAMILLE,
    CODE,
    SLOT,
    _no_waiting,
    as_csv,
    attested,
    stage,
    terminal,
)
from tests.tableau.conftest import YEAR, Browser, Site
from xapi.lrs.serve import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attendance.conftest import Terminal

TRAINER = "anne.martin@ac-exemple.fr"
ACCESS = "".join((access("operateur", "operateur"), access("ien", "ien", "0693456G"), access("E0001", "enseignant")))
"""Beside those of the demonstration, whose trainer has one."""
SHEET = f"/sessions/{CODE}/emargement/{SLOT[0]}/{SLOT[1]}"


@pytest.fixture
def real(terminal: Terminal) -> Iterator[Site]:  # noqa: F811 - the fixture
    """The pages on the demonstration's installation, with its LRS and its Moodle sandbox."""
    folder = terminal.stage.folder
    with (folder / "parcours.toml").open("a", encoding="utf-8") as file:
        file.write(ACCESS)
    with closing(open_ledger(f"sqlite:///{folder / 'registre.db'}")) as ledger:
        place = Place(folder, ledger, "http://tableau.example")
        with serve_in_thread(create_app(place)) as url:
            yield Site(url, place)


def ticked(browser: Browser) -> list[str]:
    return ticked_in(browser.get(SHEET, groupe="A").text)


def ticked_in(page: str) -> list[str]:
    return [
        part.split('"')[0] for part in page.split('name="present" value="')[1:] if "checked" in part.split("<b>")[0]
    ]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("’", "'")


def test_a_sheet_is_ticked_then_corrected_by_a_file(real: Site, terminal: Terminal) -> None:  # noqa: F811
    trainer = real.enter(TRAINER)
    assert "groupe A" in trainer.get(f"/sessions/{CODE}/emargement").text
    assert ticked(trainer) == []
    answer = trainer.post(SHEET, {"groupe": "A", "present": [CAMILLE], "autres": "personne@ac-exemple.fr"})
    said = plain(answer.text)
    assert "Émargement enregistré" in said
    assert "1 ligne refusée" in said
    assert "Autres présents, adresse 1 : courriel" in said
    assert ticked(trainer) == [CAMILLE]
    rows = [
        ("session", "activite", "creneau", "courriel", "present"),
        (CODE, *SLOT, CAMILLE, "N"),
        (CODE, *SLOT, CAMILLE, "?"),
    ]
    sheet = {"feuille": ("feuille.csv", as_csv(rows))}
    said = plain(trainer.post(f"/sessions/{CODE}/emargement/fichier", files=sheet).text)
    assert "feuille.csv:3 : present : « ? »" in said
    assert "1 corrigée" in said
    assert ticked(trainer) == []
    wrong = trainer.post(f"/sessions/{CODE}/emargement/fichier", files={"feuille": ("feuille.csv", b"a;b")})
    assert wrong.status_code == 422
    assert "feuille.csv:1" in wrong.text
    assert trainer.post(f"/sessions/{CODE}/emargement/fichier").status_code == 422
    assert terminal.line("E0001", "presence-1")["motif"] == "absent"
    assert [entry[2]["fichier"] for entry in real.journal("emargement.saisir")] == ["tableau", "feuille.csv"]


def test_people_without_a_trace_and_before_the_end_are_attested_after_a_question(real: Site, attested: str) -> None:  # noqa: F811
    trainer = real.enter(TRAINER)
    where = f"/sessions/{attested}/attestation"
    assert trainer.post(where).status_code == 422
    assert trainer.post(where, {"personne": ["E9999"]}).status_code == 404
    asked = trainer.post(where, {"personne": [CAMILLE]})
    assert "Attester quand même" in asked.text
    assert "n’a ni activité achevée" in asked.text
    assert "La session finit le" in asked.text
    assert "Attester quand même" in trainer.post(where, {"personne": [CAMILLE], "accord": [CAMILLE]}).text
    assert real.journal("attestation.donner") == []
    done = trainer.post(where, {"personne": [CAMILLE], "accord": [CAMILLE], "avant_la_fin": "oui"})
    assert done.headers["Location"] == f"/sessions/{attested}?fait=atteste"
    ((author, subject, detail),) = real.journal("attestation.donner")
    assert (author, subject, detail["formateur"]) == (TRAINER, attested, TRAINER)
    assert trainer.post(where, {"personne": [CAMILLE], "faire": "retirer"}).status_code == 303
    assert len(real.journal("attestation.retirer")) == 1


def test_a_contested_line_waits_in_the_queue_and_a_decision_answers_it(real: Site, terminal: Terminal) -> None:  # noqa: F811
    trainer, teacher, ien = real.enter(TRAINER), real.enter("E0001"), real.enter("ien")
    trainer.post(SHEET, {"groupe": "A"})
    assert terminal.line("E0001", "presence-1")["motif"] == "absent"
    line = {"session": CODE, "activite": "presence-1"}
    own = "/enseignants/E0001"
    assert teacher.post(f"{own}/contestation", line | {"motif": "rien"}, params=YEAR).status_code == 422
    assert teacher.post(f"{own}/contestation", line | {"motif": "present"}, params=YEAR).status_code == 303
    assert "Contestée" in teacher.get(own, **YEAR).text
    assert "1\N{NO-BREAK SPACE}ligne contestée attend" in ien.get("/enseignants", **YEAR).text
    assert terminal.run("file", "--json") == 0
    (entry,) = (one for one in json.loads(terminal.out) if one["motif"] == "ligne_contestee")
    assert entry["sujet"].startswith(f"E0001\N{NO-BREAK SPACE}: {CODE}/presence-1 (j'étais présent")
    assert terminal.run("file", "--resoudre", entry["numero"]) == 0
    assert "contestée attend" not in ien.get("/enseignants", **YEAR).text
    assert terminal.run("file", "--rouvrir", entry["numero"]) == 0
    wrong = ien.post(f"{own}/decision", line | {"choix": "accorder:non_realisee"}, params=YEAR)
    assert wrong.status_code == 422
    answer = ien.post(f"{own}/decision", line | {"choix": "accorder:emargement_oublie"}, params=YEAR)
    assert answer.headers["Location"] == f"{own}?annee=2026-2027&fait=accorder"
    assert "contestée attend" not in ien.get("/enseignants", **YEAR).text
    assert terminal.line("E0001", "presence-1")["decision"] == "credite"
    assert [author for author, *_ in real.journal("decision.accorder")] == ["ien"]
    assert [author for author, *_ in real.journal("ligne.contester")] == ["E0001"]
