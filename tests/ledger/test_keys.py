"""Names have dates: a former one still names its person, a person's word beats the roster's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger.actors import AMBIGUOUS, UNKNOWN
from connector.ledger.keys import forget_key, history, settle_key
from connector.ledger.resolve import settle
from connector.ledger.schema import MAX_US, journal, mailbox
from tests.ledger.answers import answer, reason_of, resolved
from tests.ledger.kit import ANNE, BRUNO, SITE, T0, account, bring, completed, mbox, publish, received, row, take

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

FORMER = "anne.durand@ac-exemple.fr"


@pytest.fixture
def married(ledger: Ledger) -> Ledger:
    """Anne (A), whose address the roster changed after she had done something under the former one; Bruno (B)."""
    with ledger.write() as connection:
        bring(connection, row("A", courriel=FORMER), row("B", courriel=BRUNO))
        publish(connection)
        take(connection, received(completed(mbox(FORMER)), "1"))
        bring(connection, row("A", courriel=ANNE))
    return ledger


def test_a_changed_address_keeps_what_was_done_and_comes_later_under_it(married: Ledger) -> None:
    with married.write() as connection:
        assert answer(connection) == resolved()
        names = {key["value"]: (key["main"], key["until_us"]) for key in history(connection, "A")}
        assert names == {ANNE: (True, MAX_US), FORMER: (False, T0)}


def test_a_former_address_given_to_somebody_else_is_theirs(married: Ledger) -> None:
    with married.write() as connection:
        bring(connection, row("B", courriel=FORMER))
        assert answer(connection) == resolved("B")


def test_a_former_address_of_two_people_is_nobody(married: Ledger) -> None:
    with married.write() as connection:
        bring(connection, row("B", autres_courriels=FORMER))
        bring(connection, row("B", courriel=BRUNO))
        assert reason_of(connection) == ("waiting", "personne_ambigue")


def test_an_address_said_again_is_hers_as_before(married: Ledger) -> None:
    with married.write() as connection:
        bring(connection, row("A", courriel=FORMER, autres_courriels=ANNE))
        names = {key["value"]: (key["main"], key["until_us"]) for key in history(connection, "A")}
        assert names == {FORMER: (True, MAX_US), ANNE: (False, MAX_US)}
        assert bring(connection, row("A", courriel=FORMER, autres_courriels=ANNE)).nothing


def test_a_wrong_former_address_is_forgotten(married: Ledger) -> None:
    with married.write() as connection:
        assert forget_key(connection, "A", FORMER.upper(), author="essai", at_us=T0) == 2  # and its hash
        settle(connection)
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        assert forget_key(connection, "A", FORMER, author="essai", at_us=T0) == 0


def test_what_the_roster_says_today_is_mended_in_the_roster(married: Ledger) -> None:
    with married.write() as connection, pytest.raises(DataError, match="est dans le fichier des personnels"):
        forget_key(connection, "A", ANNE, author="essai", at_us=T0)


def test_a_person_s_word_beats_the_roster_s_and_can_be_taken_back(married: Ledger) -> None:
    with married.write() as connection:
        settle_key(connection, "B", "mbox", FORMER, reason=UNKNOWN, author="essai", at_us=T0)
        settle(connection)
        assert answer(connection) == resolved("B")
        settle_key(connection, "A", "mbox", FORMER, reason=UNKNOWN, author="essai", at_us=T0)
        settle(connection)
        assert answer(connection) == resolved("A")
        said = connection.execute(sa.select(journal.c.subject, journal.c.detail).where(journal.c.author == "essai"))
        assert [tuple(row) for row in said][-1] == ("A", {"genre": "mbox", "valeur": FORMER})


def test_a_person_s_word_survives_the_next_roster(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        publish(connection)
        take(connection, received(completed(account("trax", SITE)), "1"))
        settle_key(connection, "A", "account", f"{SITE}|trax", reason=UNKNOWN, author="essai", at_us=T0)
        bring(connection, row("A", courriel=ANNE, nom="Durand"))
        assert answer(connection) == resolved()


def test_nobody_of_that_identifiant_is_a_sentence(ledger: Ledger) -> None:
    with ledger.write() as connection, pytest.raises(DataError, match="n'est l'identifiant de personne"):
        settle_key(connection, "X", "mbox", ANNE, reason=UNKNOWN, author="essai", at_us=T0)


def test_a_person_s_word_on_an_address_of_two_survives_the_roster_that_mends_it(ledger: Ledger) -> None:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE), row("B", courriel=ANNE))
        publish(connection)
        take(connection, received(completed(mbox(ANNE)), "1"))
        assert reason_of(connection) == ("waiting", "personne_ambigue")
        settle_key(connection, "A", "mbox", ANNE, reason=AMBIGUOUS, author="essai", at_us=T0)
        for mended in (BRUNO, ANNE):
            bring(connection, row("A", courriel=ANNE), row("B", courriel=mended))
            assert answer(connection) == resolved("A")
        assert {(key["source"], key["main"]) for key in history(connection, "A")} == {
            ("personnels", True),
            ("personne", False),
        }
        assert connection.execute(sa.select(mailbox.c.main).where(mailbox.c.email == ANNE)).scalar_one()


def test_a_word_taken_back_leaves_the_roster_s(married: Ledger) -> None:
    with married.write() as connection:
        settle_key(connection, "A", "mbox", ANNE, reason=AMBIGUOUS, author="essai", at_us=T0)
        assert forget_key(connection, "A", ANNE, author="essai", at_us=T0) == 1
        assert [key["source"] for key in history(connection, "A") if key["value"] == ANNE] == ["personnels"]
