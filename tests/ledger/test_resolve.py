"""In which session, which activity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.ledger.queue import REASONS
from connector.ledger.sessions import link_course
from tests.ledger.answers import Answer, answer, reason_of, resolved
from tests.ledger.kit import (
    ANNE,
    CODE,
    COURSE,
    SITE,
    SLOT,
    attended,
    attested,
    completed,
    mbox,
    publish,
    received,
    take,
)
from xapi.vocabulary import OwnActivity

if TYPE_CHECKING:
    from connector.ledger.db import Ledger


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


def test_every_reason_that_resolution_gives_is_explained(world: Ledger) -> None:
    given = {expected[1] for _, expected in WHERE.values() if len(expected) == 2}
    assert given | {"personne_inconnue", "personne_ambigue", "formateur", "rejeu"} <= REASONS.keys()
    assert all(reason.phrase.endswith(".") and reason.remedy.endswith(".") for reason in REASONS.values())
