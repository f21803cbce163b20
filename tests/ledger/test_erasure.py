"""Somebody is erased: no name is left anywhere, every total is what it was, and they do not come back."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from connector.errors import ConfigError, DataError
from connector.ledger import schema
from connector.ledger.db import open_ledger
from connector.ledger.erased import erased_people, keyed
from connector.ledger.erasure import DOMAIN, erase, lift, person_named
from connector.ledger.journal import record
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.ledger.sessions import Account, absorb_observation, absorb_snapshot, learn_accounts
from connector.obligation.policy import Derogation, LocalRules
from connector.obligation.reconcile import reconcile
from scenarios.calendar import SchoolYear
from scenarios.snapshot import PlannedParticipant
from tests.ledger.kit import (
    ANNE,
    BRUNO,
    CODE,
    SITE,
    SLOT,
    T0,
    account,
    as_json,
    attended,
    bring,
    completed,
    mbox,
    observation,
    publish,
    received,
    row,
    snapshot,
    take,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.ledger.db import Ledger
    from connector.ledger.ingest import Tally

YEAR = SchoolYear(2026)
FORMER = "a.nom@ancien.fr"
NAMES = (ANNE, FORMER, "uuid-anne", "Martin", "|anne")
LISTED = (
    PlannedParticipant(courriel="Anne@ac-exemple.fr", origine="invitation", cadre="animation"),
    PlannedParticipant(courriel=FORMER, origine="invitation", cadre="pdf"),
    PlannedParticipant(courriel=BRUNO, origine="invitation", cadre="animation"),
)
LOCAL = LocalRules({}, {("A", "2026-2027"): Derogation(600, "decision_ien", None, None)})
HASHES = sa.select(schema.evidence.c["statement_id", "sha256"])
DONE = (
    (mbox(ANNE), "by-mail", 101),
    (account("39"), "by-number", 102),
    (account("anne", "https://ailleurs.exemple.fr"), "by-alias", 101),
)


@pytest.fixture
def either(ledger: Ledger) -> Ledger:
    """The same on both databases."""
    return fill(ledger)


@pytest.fixture
def known(sqlite_ledger: Path, tmp_path: Path) -> Iterator[Ledger]:
    path = shutil.copy(sqlite_ledger, tmp_path / "registre.db")
    with closing(open_ledger(f"sqlite:///{path}")) as ledger:
        yield fill(ledger)


def fill(ledger: Ledger) -> Ledger:
    """Bring in Anne (A) and Bruno (B), what both did, and everything else that may name Anne."""
    keyed(ledger.engine, SecretStr("une clé de trente-deux caractères"))
    with ledger.write() as connection:
        people(connection)
        publish(connection, participants=LISTED)
        accounts(connection)
        take(
            connection,
            *(received(completed(who, cmid, at=rank), name, rank) for rank, (who, name, cmid) in enumerate(DONE)),
            received(attended(mbox(FORMER), SLOT, at=9000), "signed", 9001),
            received(completed(mbox(BRUNO)), "bruno", 5),
        )
        record(connection, T0, ANNE, "tableau.enseignants", "A", valeur=ANNE, page=1)
        record(connection, T0, "ien", "rapport.enseignant", "B")
        connection.execute(schema.password.insert().values(identifiant=ANNE, hash="h", changed_us=0))
        connection.execute(
            schema.contestation.insert().values(teacher_id=1, code=CODE, activity_id="accueil", at_us=T0, motif="m")
        )
        trainee = {"table_name": "ACA1", "session": "1", "source": "ACA1", "nom": "Martin", "prenom": "Anne"}
        connection.execute(schema.gaia_stagiaire.insert().values(email=ANNE, **trainee))
        reconcile(connection, LOCAL, YEAR)
    return ledger


def people(connection: sa.Connection, *, complete: bool = False) -> Any:
    return bring(
        connection,
        row("A", courriel=ANNE, compte_moodle="https://trax.exemple.fr|uuid-anne"),
        row("B", courriel=BRUNO, nom="Durand", prenom="Bruno"),
        complete=complete,
    )


def accounts(connection: sa.Connection) -> None:
    both = [Account(39, "anne", ANNE), Account(39, "anne", FORMER), Account(40, "bruno", BRUNO)]
    learn_accounts(connection, SITE, both, at_us=T0)
    settle(connection)


def totals(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Every line and balance, whoever they are of."""
    found: list[tuple[Any, ...]] = []
    for table in (schema.line, schema.balance):
        columns = [column for column in table.c if column.name != "regles"]
        found += map(tuple, connection.execute(sa.select(*columns).order_by(*table.primary_key)))
    return found


def everything(connection: sa.Connection) -> str:
    return "\n".join(
        repr(tuple(row)) for table in schema.metadata.sorted_tables for row in connection.execute(table.select())
    )


def forget(ledger: Ledger) -> str:
    with ledger.write() as connection:
        pseudonym = erase(connection, person_named(connection, "A"), author="dpo", at_us=T0)
        settle(connection)
    return pseudonym


def renamed(pseudonym: str) -> LocalRules:
    return LocalRules({}, {(pseudonym, year): said for (_, year), said in LOCAL.derogations.items()})


def test_no_name_is_left_and_every_total_is_what_it_was_derived_again_or_not(either: Ledger) -> None:
    with either.read() as connection:
        before = totals(connection)
        assert all(name in everything(connection) for name in NAMES)
    local = renamed(forget(either))
    with either.write() as connection:
        reconcile(connection, local, YEAR)
        left = everything(connection)
        assert [name for name in (*NAMES, "Anne") if name in left] == []
        assert totals(connection) == before
        rebuild(connection)
        reconcile(connection, local, YEAR, complete=True)
        assert totals(connection) == before
        stored = connection.execute(sa.select(schema.snapshot)).one()
    assert stored.sha256 == snapshot().model_validate_json(stored.body).fingerprint()


def test_hashes_stay_those_of_what_was_received_so_that_the_same_is_known_again(known: Ledger) -> None:
    with known.read() as connection:
        before = set(connection.execute(HASHES))
    forget(known)
    with known.write() as connection:
        assert set(connection.execute(HASHES)) == before
        again = take(
            connection,
            *(received(completed(who, cmid, at=rank), name, rank) for rank, (who, name, cmid) in enumerate(DONE)),
        )
    assert (again.known, again.conflicts, again.evidence) == (3, 0, 0)


def come_back(connection: sa.Connection) -> Tally:
    """Have everything that named Anne come in once more, and news of her."""
    people(connection)
    accounts(connection)
    assert not absorb_snapshot(connection, snapshot(participants=LISTED), at_us=T0 + 1)
    observed = observation(
        as_json(snapshot(participants=LISTED)), people=[{"id": 39, "username": "anne", "email": ANNE, "roles": []}]
    )
    absorb_observation(connection, SITE, observation=observed, at_us=T0)
    return take(
        connection,
        *(
            received(completed(who, cmid, at=500 + rank), f"new-{name}", 500 + rank)
            for rank, (who, name, cmid) in enumerate(DONE)
        ),
    )


def test_nothing_that_comes_in_brings_them_back(known: Ledger) -> None:
    pseudonym = forget(known)
    with known.write() as connection:
        assert come_back(connection).evidence == 3
        left = everything(connection)
        assert [name for name in (*NAMES, "Anne") if name in left] == []
        whose = sa.select(schema.evidence.c.actor_value).where(schema.evidence.c.timestamp_us > T0 + 400 * 10**6)
        assert {value.partition("@")[2] for value in connection.scalars(whose.where(schema.evidence.c.cmid > 0))} == {
            DOMAIN
        }
        assert set(connection.scalars(sa.select(schema.teacher.c.identifiant))) == {pseudonym, "B"}
        reasons = connection.scalars(sa.select(schema.actor.c.reason)).all()
        assert reasons == [None] * len(reasons)


def test_a_site_that_moves_brings_nobody_back(known: Ledger) -> None:
    forget(known)
    with known.write() as connection:
        connection.execute(schema.site_alias.insert().values(address=SITE, site="https://neuf.exemple.fr"))
        assert erased_people(connection).bears("https://neuf.exemple.fr", 39)
        assert not erased_people(connection).bears("https://neuf.exemple.fr", 40)


def test_the_roster_says_whom_it_kept_out_and_closes_the_others_as_ever(known: Ledger) -> None:
    pseudonym = forget(known)
    with known.write() as connection:
        assert people(connection).erased == ("A",)
        closed = bring(connection, row("B", courriel=BRUNO), complete=True, today=date(2027, 3, 1)).closed
        assert closed == (pseudonym,)


def test_without_the_key_nothing_about_people_comes_in(known: Ledger) -> None:
    forget(known)
    for other in (None, SecretStr("une autre clé")):
        keyed(known.engine, other)
        with pytest.raises(ConfigError, match="cle_fichier"), known.write() as connection:
            take(connection, received(completed(mbox(BRUNO)), "later", 900))
        with pytest.raises(ConfigError, match="cle_fichier"), known.write() as connection:
            people(connection)


def test_a_name_that_is_somebody_else_s_too_is_settled_first(known: Ledger) -> None:
    with known.write() as connection:
        bring(connection, row("C", courriel=ANNE))
    with pytest.raises(DataError, match=ANNE):
        forget(known)
    with known.read() as connection:
        assert "A" in set(connection.scalars(sa.select(schema.teacher.c.identifiant)))


def test_whoever_comes_back_is_let_in_by_name(known: Ledger) -> None:
    forget(known)
    with known.write() as connection:
        assert lift(connection, ["personne"], author="dpo", at_us=T0) == 0
        assert (
            lift(connection, ["A", "Anne@ac-exemple.fr", "https://trax.exemple.fr|uuid-anne"], author="dpo", at_us=T0)
            == 4
        )
        assert people(connection).created == ("A",)


def test_the_file_of_sqlite_holds_no_trace_of_what_was_erased(known: Ledger, tmp_path: Path) -> None:
    forget(known)
    known.scrub()
    held = b"".join(one.read_bytes() for one in tmp_path.glob("registre.db*"))
    assert BRUNO.encode() in held
    assert [name for name in NAMES if name.encode() in held] == []
