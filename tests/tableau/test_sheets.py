"""A trainer's sheets: which are to be entered and since when, and what is said when the LRS does not answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.attendance.conftest import CAMILLE, CODE, SLOT, _no_waiting, stage, terminal  # noqa: F401 - fixtures
from tests.tableau.test_acts import SHEET, TRAINER, plain, real, ticked_in  # noqa: F401 - the fixture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attendance.conftest import Terminal
    from tests.tableau.conftest import Site

SHEETS = f"/sessions/{CODE}/emargement"
DEAD = "http://127.0.0.1:9/xAPI"


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    """The first meeting is over, the second is not."""
    with time_machine.travel(datetime(2026, 11, 22, 8, 30, tzinfo=UTC)):
        yield


def test_cards_say_which_sheets_are_entered_and_from_when_they_are_due(real: Site, terminal: Terminal) -> None:  # noqa: F811
    trainer = real.enter(TRAINER)

    def said(path: str) -> str:
        return plain(trainer.get(path).text)

    assert "À saisir depuis le 07/10/2026 à 15 h" in said(SHEETS)
    assert "À saisir dès la fin de la séance, le 02/12/2026 à 15 h" in said(SHEETS)
    assert "3 séances passées attendent leur feuille" in said("/sessions")
    assert "4 feuilles d'émargement sont à saisir :" in said(f"/sessions/{CODE}")
    trainer.post(SHEET, {"groupe": "A", "present": [CAMILLE]})
    assert "Saisie le 22/11/2026 à 9 h 30 ; comptée à la prochaine mise à jour" in said(SHEETS)
    assert "2 séances passées attendent leur feuille" in said("/sessions")
    terminal.line("E0001", "presence-1")
    assert "Saisie le 22/11/2026 à 9 h 30 : 1 présent, 12 absents" in said(SHEETS)
    assert "3 feuilles d'émargement sont à saisir :" in said(f"/sessions/{CODE}")
    late = f"/sessions/{CODE}/emargement/presence-2/a2"
    assert "n'est pas finie" in plain(trainer.post(late, {"groupe": "A", "present": [CAMILLE]}).text)


def test_an_lrs_that_is_down_costs_no_tick_and_shows_no_address(real: Site, terminal: Terminal) -> None:  # noqa: F811
    trainer, operator = real.enter(TRAINER), real.enter("operateur")
    with terminal.configured(terminal.stage.lrs.address, f"{DEAD}/"):
        unread = trainer.get(SHEET, groupe="A")
        lost = trainer.post(SHEET, {"groupe": "A", "present": [CAMILLE], "autres": "autre@ac-exemple.fr"})
        shown = operator.get(SHEET, groupe="A").text
    assert [unread.status_code, lost.status_code] == [503, 503]
    for page in (unread.text, lost.text):
        assert "réessayez dans quelques minutes" in page
        assert "127.0.0.1" not in page
        assert "Relancez" not in page
    assert "imprimez-la" in unread.text
    assert ticked_in(lost.text) == [CAMILLE]
    assert "autre@ac-exemple.fr</textarea>" in lost.text
    assert DEAD in shown
    assert [(author, DEAD in detail["defaut"]) for author, _path, detail in real.journal("tableau.panne")] == [
        (TRAINER, True), (TRAINER, True), ("operateur", True)
    ]  # fmt: skip
    assert real.journal("emargement.feuille") == []
