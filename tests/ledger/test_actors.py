"""Who a statement names: every form of one person, and nobody guessed."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING

import pytest

from connector.ledger.sessions import Account, learn_accounts
from tests.ledger.answers import answer, reason_of, resolved
from tests.ledger.kit import ANNE, BRUNO, SITE, T0, TRAINER, account, bring, completed, mbox, received, row, take

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


ANNES = {
    "mbox": mbox("Anne@AC-exemple.fr"),
    "sha1": {"mbox_sha1sum": sha1(f"mailto:{ANNE}".encode(), usedforsecurity=False).hexdigest()},
    "roster account": account("uuid-anne", "https://trax.exemple.fr/"),
    "numeric id": account("39"),
    "user name": account("anne"),
    "former mbox": mbox("a.nom@ancien.fr"),
    "user name under a homePage of the site's own choice": account("anne", "https://magistere.exemple.fr"),
}


@pytest.mark.parametrize("form", ANNES)
def test_a_person_is_recognised_under_every_form(world: Ledger, form: str) -> None:
    with world.write() as connection:
        take(connection, received(completed(ANNES[form]), "1"))
        assert answer(connection) == resolved()


NOBODIES = {
    "unknown mbox": mbox("inconnue@ac-exemple.fr"),
    "number under a homePage of the site's own choice": account("39", "https://magistere.exemple.fr"),
    "account outside the roster": account("41"),
    "openid": {"openid": "https://openid.exemple.fr/anne"},
}


@pytest.mark.parametrize("form", NOBODIES)
def test_nobody_is_guessed(world: Ledger, form: str) -> None:
    with world.write() as connection:
        take(connection, received(completed(NOBODIES[form]), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")


def test_the_same_name_on_another_known_site_is_somebody_else(world: Ledger) -> None:
    with world.write() as connection:
        learn_accounts(connection, "https://autre.exemple.fr", [Account(7, "zoe", "zoe@ac-exemple.fr")], at_us=T0)
        take(connection, received(completed(account("anne", "https://autre.exemple.fr")), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")


def test_two_people_under_one_name_are_nobody_until_the_roster_says_who(world: Ledger) -> None:
    with world.write() as connection:
        bring(connection, row("C", courriel="tiers@ac-exemple.fr"))
        take(connection, received(completed(account("40")), "1"))
        assert reason_of(connection) == ("waiting", "personne_ambigue")
        bring(connection, row("B", courriel=BRUNO, compte_moodle=f"{SITE}|40"))
        assert answer(connection) == resolved("B")


def test_an_address_of_two_people_of_the_roster_is_nobody(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"))
        bring(connection, row("C", autres_courriels=ANNE))
        assert reason_of(connection) == ("waiting", "personne_ambigue")


def test_the_roster_beats_what_moodle_said(world: Ledger) -> None:
    with world.write() as connection:
        bring(connection, row("B", courriel=BRUNO, autres_courriels="a.nom@ancien.fr"))
        take(connection, received(completed(mbox("a.nom@ancien.fr")), "1"))
        assert answer(connection) == resolved("B")


def test_the_roster_s_account_says_whose_every_address_of_it_is(world: Ledger) -> None:
    with world.write() as connection:
        bring(connection, row("A", courriel=ANNE, compte_moodle=f"{SITE}|41"))
        take(connection, received(completed(mbox("tiers@ac-exemple.fr")), "1"))
        assert answer(connection) == resolved()


def test_an_account_outside_the_roster_that_trains_is_set_aside(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(account("50")), "1"))
        assert reason_of(connection) == ("set_aside", "formateur")


def test_a_trainer_of_the_roster_is_resolved_and_left_to_credit(world: Ledger) -> None:
    with world.write() as connection:
        bring(connection, row("F", courriel=TRAINER))
        take(connection, received(completed(account("50")), "1"))
        assert answer(connection) == resolved("F")
