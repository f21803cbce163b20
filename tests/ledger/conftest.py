"""A world in which most people and pages are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.ledger.sessions import Account, learn_accounts
from tests.ledger.kit import ANNE, BRUNO, SITE, T0, TRAINER, bring, publish, row

if TYPE_CHECKING:
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
