"""TRAX logs name people by UUIDs: its actor table says which account each one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import DataError
from connector.ledger.moved_sites import declare_moved
from connector.ledger.rebuild import rebuild
from connector.ledger.resolve import settle
from connector.ledger.sessions import Account, learn_accounts
from connector.ledger.trax_actors import parse_actors
from tests.ledger.answers import answer, reason_of, resolved
from tests.ledger.kit import ANNE, SITE, T0, account, bring, completed, publish, received, row, take
from xapi import vocabulary

if TYPE_CHECKING:
    from connector.ledger.db import Ledger
    from connector.ledger.reading import Received

UUID = "0b7f3c1e-9a4d-4c58-8f0e-3d1f6a2b9c77"
PLATFORM = "http://xapi.moodle.exemple.fr"
TABLE = f"id,mid,email,type,uuid\n1,39,{ANNE},user,{UUID.upper()}\n2,3,,cohort,{UUID[:-1]}8\n"


def marked(homepage: str) -> dict[str, object]:
    """A completion as TRAX logs says it, in a course that is known."""
    verb = {"verb": {"id": vocabulary.MARKED_COMPLETION}, "result": {"completion": True}}
    return completed(account(UUID, homepage)) | verb


def test_users_are_read_whatever_the_separator_and_cohorts_are_left_out() -> None:
    expected = [Account(39, UUID, ANNE)]
    for separator in ",;\t":
        assert parse_actors(TABLE.replace(",", separator).encode(), "a.csv") == expected


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("39;x;a@b.fr", "a.csv:2 : uuid : « x » n'est pas un UUID."),
        (f"trente;{UUID};a@b.fr", "a.csv:2 : mid : « trente » n'est pas le numéro d'un compte Moodle."),
        (f"39;{UUID};anne", "a.csv:2 : email : « anne » n'est pas une adresse électronique."),
        (f"39;{UUID};\n\n40;{UUID};", "a.csv:4 : uuid : « " + UUID + " » est déjà à la ligne 2."),
        ("", "a.csv:1 : le fichier ne contient aucun acteur."),
    ],
)
def test_each_mistake_is_named_with_its_line(rows: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_actors(f"mid;uuid;email\n{rows}\n".encode(), "a.csv")
    assert said in str(caught.value)


def test_another_table_is_a_sentence() -> None:
    with pytest.raises(DataError, match="colonnes manquantes : « uuid », « mid »"):
        parse_actors(b"nom;prenom\n", "a.csv")
    with pytest.raises(DataError, match=r"a\.csv:2 : le fichier n'est pas en UTF-8"):
        parse_actors(b"mid;uuid\n\xe9\n", "a.csv")


@pytest.fixture
def world(ledger: Ledger) -> Ledger:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        publish(connection)
    return ledger


def test_a_uuid_waits_and_comes_through_with_the_table(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(marked(SITE), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        learn_accounts(connection, SITE, parse_actors(TABLE.encode(), "a.csv"), at_us=T0)
        settle(connection)
        assert answer(connection) == resolved()


def test_an_account_known_by_its_number_needs_no_address(world: Ledger) -> None:
    with world.write() as connection:
        learn_accounts(connection, SITE, [Account(39, "anne", ANNE), Account(39, UUID, "")], at_us=T0)
        take(connection, received(marked(SITE), "1"))
        assert answer(connection) == resolved()


def test_the_platform_s_own_iri_is_an_address_of_the_site(world: Ledger) -> None:
    with world.write() as connection:
        learn_accounts(connection, SITE, [Account(39, UUID, ANNE)], at_us=T0)
        learn_accounts(connection, PLATFORM, [Account(1, "autre", "autre@ac-exemple.fr")], at_us=T0)
        take(connection, received(marked(PLATFORM), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        declare_moved(connection, PLATFORM, SITE, author="essai", at_us=T0)
        rebuild(connection)
        assert answer(connection) == resolved()


def said_by_trax(name: str, verb: str) -> Received:
    """As TRAX logs 0.21 writes it: activities and courses by UUID under its own IRI, its own name of the event."""
    course = {"id": f"{SITE}/xapi/activities/course/{UUID[:-1]}1", "definition": {"type": vocabulary.TYPE_COURSE}}
    statement = completed(account(UUID, SITE)) | {
        "verb": {"id": verb},
        "object": {"id": f"{SITE}/xapi/activities/quiz/{UUID[:-1]}2"},
        "result": {"completion": True},
        "context": {
            "contextActivities": {"parent": [course]},
            "extensions": {
                "http://vocab.xapi.fr/extensions/platform-event": "\\core\\event\\course_module_completion_updated"
            },
        },
    }
    return received(statement, name)


def test_what_it_says_of_activities_gives_no_hours_whoever_is_known(world: Ledger) -> None:
    """A tick by hand waits; an automatic completion, whose actor may be the trainer who graded, is only counted."""
    with world.write() as connection:
        learn_accounts(connection, SITE, [Account(39, UUID, ANNE)], at_us=T0)
        assert take(connection, said_by_trax("1", vocabulary.COMPLETED)).dropped == {vocabulary.COMPLETED: 1}
        assert take(connection, said_by_trax("2", vocabulary.MARKED_COMPLETION)).evidence == 1
        assert reason_of(connection) == ("waiting", "cours_absent")
