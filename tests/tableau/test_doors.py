"""Passwords, links and sessions: what lets in, once, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from connector.errors import DataError
from connector.ledger import schema
from connector.tableau import doors

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

NOW = 1_800_000_000_000_000
PASSWORD = "quatre mots sans rapport"


def test_a_link_is_good_once(ledger: Ledger) -> None:
    with ledger.write() as connection:
        first = doors.make_link(connection, "ien.lyon4", NOW)
        second = doors.make_link(connection, "ien.lyon4", NOW)
        assert doors.take_link(connection, first, NOW) is None, "a new link replaces the earlier one"
        assert doors.take_link(connection, second, NOW) == "ien.lyon4"
        assert doors.take_link(connection, second, NOW) is None
        late = doors.make_link(connection, "ien.lyon4", NOW)
        assert doors.take_link(connection, late, NOW + doors.LINK_US) is None
        assert doors.take_link(connection, "\ud800", NOW) is None


def test_a_password_lets_its_owner_in(ledger: Ledger) -> None:
    with ledger.write() as connection:
        doors.set_password(connection, "ien.lyon4", PASSWORD, NOW)
        assert doors.check_password(connection, "ien.lyon4", PASSWORD)
        assert not doors.check_password(connection, "ien.lyon4", PASSWORD.upper())
        assert not doors.check_password(connection, "inconnu", PASSWORD)
        doors.set_password(connection, "ien.lyon4", PASSWORD + " !", NOW)
        assert not doors.check_password(connection, "ien.lyon4", PASSWORD)


@pytest.mark.parametrize("chosen", ["court", "x" * 129, "aaaaaaaaaaaaaaab", "IEN.Lyon4 tout court"])
def test_a_password_that_is_guessed_is_refused(ledger: Ledger, chosen: str) -> None:
    with ledger.write() as connection, pytest.raises(DataError, match="mot de passe"):
        doors.set_password(connection, "ien.lyon4", chosen, NOW)


def test_a_session_ends_when_it_is_left_and_in_any_case(ledger: Ledger) -> None:
    with ledger.write() as connection:
        secret = doors.open_session(connection, "ien.lyon4", NOW)
        found = doors.find_session(connection, secret, NOW + doors.IDLE_US)
        assert found is not None
        assert found.identifiant == "ien.lyon4"
        assert doors.find_session(connection, secret, NOW + doors.IDLE_US + 1) is None
        for at in range(NOW, NOW + doors.LONGEST_US, doors.IDLE_US // 2):
            doors.touch_session(connection, secret, at)
            again = doors.find_session(connection, secret, at)
            assert again is not None
            assert (again.csrf, again.to_note(at)) == (found.csrf, False)
        assert doors.find_session(connection, secret, NOW + doors.LONGEST_US + 1) is None
        assert doors.find_session(connection, "faux", NOW) is None


def test_a_new_password_closes_what_was_open(ledger: Ledger) -> None:
    with ledger.write() as connection:
        secret = doors.open_session(connection, "ien.lyon4", NOW)
        other = doors.open_session(connection, "ien.lyon5", NOW)
        doors.set_password(connection, "ien.lyon4", PASSWORD, NOW)
        assert doors.find_session(connection, secret, NOW) is None
        assert doors.find_session(connection, other, NOW) is not None
        doors.close_session(connection, other)
        assert doors.find_session(connection, other, NOW) is None


def test_what_is_kept_lets_nobody_in(ledger: Ledger) -> None:
    with ledger.write() as connection:
        doors.set_password(connection, "ien.lyon4", PASSWORD, NOW)
        secrets = [doors.make_link(connection, "ien.lyon4", NOW), doors.open_session(connection, "ien.lyon4", NOW)]
        tables = (schema.password, schema.entry_link, schema.web_session)
        kept = repr([connection.execute(table.select()).all() for table in tables])
        assert not any(secret in kept for secret in [*secrets, PASSWORD])
        assert "$argon2id$" in kept
        doors.forget(connection, ["ien.lyon4"])
        assert not any(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables
        )
