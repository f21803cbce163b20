"""A world in which most people and pages are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.ledger.sessions import Account, learn_accounts
from tests.ledger import real_chain
from tests.ledger.kit import ANNE, BRUNO, SITE, T0, TRAINER, bring, publish, row
from tests.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from connector.ledger.db import Ledger


@pytest.fixture
def world(ledger: Ledger) -> Ledger:
    """Anne (A) and Bruno (B) in the roster, and their accounts on the site of a published session."""
    with ledger.write() as connection:
        bring(
            connection,
            row("A", courriel=ANNE, compte_moodle="https://trax.exemple.fr|uuid-anne"),
            row("B", courriel=BRUNO),
        )
        learn_accounts(
            connection,
            SITE,
            [
                Account(39, "anne", ANNE),
                Account(39, "anne", "a.nom@ancien.fr"),
                Account(40, "bruno", BRUNO),
                Account(41, "40", "tiers@ac-exemple.fr"),
                Account(50, "formatrice", TRAINER),
            ],
            at_us=T0,
        )
        publish(connection)
    return ledger


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal on the data folder of the real chain, nothing of which is in the ledger yet."""
    real_chain.build(tmp_path)
    return Terminal(tmp_path, capsys)
