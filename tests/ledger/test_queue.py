"""The queue: who, what, why, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.queue import entries, waiting
from connector.ledger.schema import evidence
from tests.ledger.kit import ANNE, SITE, account, bring, completed, mbox, received, row, take

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


def test_a_thousand_actors_are_worked_out_at_once(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, *(received(completed(mbox(f"p{n}@ac-exemple.fr")), str(n)) for n in range(1000)))
        assert waiting(connection) == 1000
        bring(connection, *(row(f"P{n}", courriel=f"p{n}@ac-exemple.fr") for n in range(1000)))
        assert waiting(connection) == 0


def test_the_queue_says_who_what_and_how_often(world: Ledger) -> None:
    with world.write() as connection:
        take(
            connection,
            received(completed(mbox("x@ac-exemple.fr"), 101), "1"),
            received(completed(mbox("x@ac-exemple.fr"), 102), "2"),
            received(completed(mbox(ANNE), course=99), "3"),
            received(completed(mbox(ANNE), 999), "4"),
            received(completed(mbox(ANNE), 103), "5"),
            received(completed(account("50")), "6"),
            received(completed(mbox(ANNE), 101), "7"),
            received(completed(mbox(ANNE), 101, state="undone"), "8", stored=60),
        )
        assert [entry[:3] for entry in entries(connection)] == [
            ("personne_inconnue", "x@ac-exemple.fr", 2),
            ("activite_inconnue", f"{SITE}/mod/page/view.php?id=999", 1),
            ("cours_inconnu", f"{SITE} : cours 99", 1),
        ]
        everything = {entry.reason for entry in entries(connection, settled=True)}
        assert everything >= {"emargement_seul", "formateur", "rejeu"}
        assert waiting(connection) == 4


def test_evidence_of_nobody_known_is_kept_whole(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox("x@ac-exemple.fr"), 999), "1"))
        assert connection.scalar(sa.select(sa.func.count()).select_from(evidence)) == 1
