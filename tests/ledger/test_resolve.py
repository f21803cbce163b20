"""Who, in which session, which activity; what waits, why, and what makes it come through."""

from __future__ import annotations

from hashlib import sha1
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import sqlalchemy as sa

from connector.ledger import actors
from connector.ledger.queue import REASONS, entries, waiting
from connector.ledger.resolve import settle
from connector.ledger.schema import evidence, pending, resolution, teacher, touched
from connector.ledger.sessions import Account, learn_accounts, link_course
from tests.ledger.kit import (
    ANNE,
    BRUNO,
    CODE,
    COURSE,
    MODULES,
    SITE,
    T0,
    TRAINER,
    account,
    activity,
    attended,
    bring,
    completed,
    mbox,
    publish,
    received,
    row,
    slot,
    take,
)
from xapi import emit
from xapi.statement import Actor
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from connector.ledger.db import Ledger

SLOT = OwnActivity(CODE, "presence-1", "a1").iri


def attested(email: str, code: str = CODE) -> dict[str, Any]:
    return emit.attestation(Actor("mbox", email), code=code, at_us=T0, attested=True)


class Answer(NamedTuple):
    who: str | None
    activity_id: str | None
    slot_id: str | None
    status: str
    reason: str | None


def answer(connection: sa.Connection) -> Answer:
    query = (
        sa.select(
            teacher.c.identifiant,
            resolution.c.activity_id,
            resolution.c.slot_id,
            resolution.c.status,
            resolution.c.reason,
        )
        .select_from(resolution.outerjoin(teacher))
    )  # fmt: skip
    assert connection.scalar(sa.select(sa.func.count()).select_from(pending)) == 0
    return Answer(*connection.execute(query).one())


def resolved(who: str = "A", activity_id: str = "accueil", slot_id: str | None = None) -> Answer:
    return Answer(who, activity_id, slot_id, "resolved", None)


def reason_of(connection: sa.Connection) -> tuple[str, str | None]:
    found = answer(connection)
    return found.status, found.reason


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


WHERE: dict[str, tuple[dict[str, Any], Answer | tuple[str, str]]] = {
    "module": (completed(mbox(ANNE), 102), resolved(activity_id="test-final")),
    "idnumber of another course": (completed(mbox(ANNE), 999, idnumber="AUTRE/accueil"), resolved()),
    "module before idnumber": (completed(mbox(ANNE), 101, idnumber=f"{CODE}/test-final"), resolved()),
    "slot": (attended(mbox(ANNE), SLOT), resolved(activity_id="presence-1", slot_id="a1")),
    "no course": (completed(mbox(ANNE), course=None), ("waiting", "cours_absent")),
    "unknown course": (completed(mbox(ANNE), course=99), ("waiting", "cours_inconnu")),
    "the course of another site": (completed(mbox(ANNE), site="https://autre.fr"), ("waiting", "cours_inconnu")),
    "unknown module": (completed(mbox(ANNE), 999), ("waiting", "activite_inconnue")),
    "empty idnumber": (completed(mbox(ANNE), 999, idnumber=""), ("waiting", "activite_inconnue")),
    "ticked, where one signs": (completed(mbox(ANNE), 103), ("set_aside", "emargement_seul")),
    "unknown slot": (
        attended(mbox(ANNE), OwnActivity(CODE, "presence-1", "z").iri), ("waiting", "creneau_inconnu")
    ),
    "attestation": (attested(ANNE), resolved(activity_id=None)),
    "attestation of an unknown session": (attested(ANNE, "INCONNUE"), ("waiting", "session_inconnue")),
    "a slot of somebody else": (attended(mbox(ANNE), "https://f2f.exemple.fr/1"), ("waiting", "presence_etrangere")),
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE)
def test_the_course_says_the_session_then_the_module_says_the_activity(world: Ledger, case: str) -> None:
    statement, expected = WHERE[case]
    with world.write() as connection:
        take(connection, received(statement, "1"))
        found = answer(connection)
        assert expected in (found, (found.status, found.reason))


def test_a_module_of_a_course_that_was_given_to_another_session_is_not_mixed_up(world: Ledger) -> None:
    with world.write() as connection:
        publish(connection, code="AUTRE")
        link_course(connection, "AUTRE", SITE, COURSE, {102: "test-final"})
        take(connection, received(completed(mbox(ANNE), 101), "1"))
        assert reason_of(connection) == ("waiting", "activite_inconnue")


def unlinked(connection: sa.Connection) -> None:
    bring(connection, row("A", courriel=ANNE))
    publish(connection)


def test_what_waits_for_the_roster_comes_through(ledger: Ledger) -> None:
    with ledger.write() as connection:
        publish(connection)
        take(connection, received(completed(mbox(ANNE)), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        bring(connection, row("A", courriel=ANNE))
        assert answer(connection) == resolved()
        assert connection.scalars(sa.select(teacher.c.identifiant).join(touched)).all() == ["A"]


def test_what_waits_for_an_identity_comes_through(ledger: Ledger) -> None:
    with ledger.write() as connection:
        unlinked(connection)
        take(connection, received(completed(account("39")), "1"))
        connection.execute(touched.delete())
        learn_accounts(connection, SITE, [Account(39, "anne", ANNE)], at_us=T0)
        settle(connection)
        assert answer(connection) == resolved()
        assert connection.scalars(sa.select(teacher.c.identifiant).join(touched)).all() == ["A"]


def test_an_unknown_actor_who_turns_out_to_train_no_longer_waits(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(account("51")), "1"))
        assert reason_of(connection) == ("waiting", "personne_inconnue")
        learn_accounts(connection, SITE, [Account(51, "formatrice2", TRAINER)], at_us=T0)
        settle(connection)
        assert reason_of(connection) == ("set_aside", "formateur")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (completed(mbox(ANNE)), resolved()),
        (attended(mbox(ANNE), SLOT), resolved(activity_id="presence-1", slot_id="a1")),
        (attested(ANNE), resolved(activity_id=None)),
    ],
)
def test_what_waits_for_a_session_comes_through(ledger: Ledger, statement: dict[str, Any], expected: Answer) -> None:
    with ledger.write() as connection:
        bring(connection, row("A", courriel=ANNE))
        take(connection, received(statement, "1"))
        assert answer(connection).status == "waiting"
        publish(connection)
        assert answer(connection) == expected


def test_a_wrong_address_taken_back_touches_the_one_who_loses_it_and_the_one_who_gets_it(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox("partagee@ac-exemple.fr")), "1"))
        bring(connection, row("A", courriel=ANNE, autres_courriels="partagee@ac-exemple.fr"))
        assert answer(connection) == resolved("A")
        connection.execute(touched.delete())
        bring(connection, row("A", courriel=ANNE), row("B", courriel=BRUNO, autres_courriels="partagee@ac-exemple.fr"))
        assert answer(connection) == resolved("B")
        assert set(connection.scalars(sa.select(teacher.c.identifiant).join(touched))) == {"A", "B"}


@pytest.mark.parametrize(
    ("at", "expected"), [(-1, ("resolved", None)), (0, ("set_aside", "emargement_seul"))], ids=["before", "after"]
)
def test_an_activity_that_gets_slots_is_signed_from_then_on(
    world: Ledger, at: int, expected: tuple[str, str | None]
) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE), at=at), "1"))
        publish(connection, activites=(activity("accueil", creneaux=(slot(),)),))
        assert reason_of(connection) == expected


def test_a_module_tied_to_another_activity_moves_its_evidence(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"))
        link_course(connection, CODE, SITE, COURSE, MODULES | {101: "test-final"})
        settle(connection)
        assert answer(connection) == resolved(activity_id="test-final")


def test_settling_again_changes_nothing(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox(ANNE)), "1"), received(completed(mbox("x@y.fr")), "2"))
        connection.execute(touched.delete())
        before = connection.execute(sa.select(resolution)).all()
        assert actors.refresh(connection) == 0
        settle(connection)
        assert connection.execute(sa.select(resolution)).all() == before
        assert connection.scalar(sa.select(sa.func.count()).select_from(touched)) == 0


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


def test_every_reason_that_resolution_gives_is_explained(world: Ledger) -> None:
    given = {expected[1] for _, expected in WHERE.values() if len(expected) == 2}
    assert given | {"personne_inconnue", "personne_ambigue", "formateur", "rejeu"} <= REASONS.keys()
    assert all(reason.phrase.endswith(".") and reason.remedy.endswith(".") for reason in REASONS.values())


def test_evidence_of_nobody_known_is_kept_whole(world: Ledger) -> None:
    with world.write() as connection:
        take(connection, received(completed(mbox("x@ac-exemple.fr"), 999), "1"))
        assert connection.scalar(sa.select(sa.func.count()).select_from(evidence)) == 1
