from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import vocabulary
from xapi.emit import MoodleModule, attendance, attestation, completion, decision, void
from xapi.errors import StatementError
from xapi.lrs.validate import validate
from xapi.statement import Actor, decode_statement
from xapi.vocabulary import OwnActivity, parse_own

LEA = Actor("mbox", "lea.martin@ac-exemple.fr")
TRAINER = Actor("mbox", "anne.martin@ac-exemple.fr")
END = 1_791_374_400_000_000
MODULE = MoodleModule("https://Moodle.exemple.fr/", 3, "page", 12, "CM-2026/accueil")


def mark(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"code": "CM 2026/é", "activity_id": "presence-1", "slot_id": "a1", "end_us": END}
    return attendance(LEA, **(said | {"present": True} | changes))


def test_an_attendance_says_who_where_when_and_whether() -> None:
    read = decode_statement(validate(mark(present=False)))
    assert (read.actor, read.verb, read.completion) == (LEA, vocabulary.ATTENDED, False)
    assert read.timestamp_us == END
    assert read.object_id is not None
    assert parse_own(read.object_id) == OwnActivity("CM 2026/é", "presence-1", "a1")
    assert read.object_idnumber == "CM 2026/é/presence-1"
    assert read.course_idnumber == "CM 2026/é"


def test_the_same_facts_make_the_same_statement_and_any_other_fact_another() -> None:
    assert mark() == mark()
    different = [
        mark(),
        mark(present=False),
        mark(revision=2),
        mark(revision=3),
        mark(slot_id="a2"),
        attendance(Actor("mbox", "b@ac-exemple.fr"), code="C", activity_id="p", slot_id="a", end_us=END, present=True),
    ]
    ids = {statement["id"] for statement in different}
    assert len(ids) == len(different)
    assert {UUID(identifier).version for identifier in ids} == {5}


def test_what_people_say_is_found_again_whatever_its_date() -> None:
    """The id leads to the statement; its date, its trainer and what it says are read there."""
    assert mark(end_us=END + 1)["id"] == mark()["id"]
    first, moved = (attestation(LEA, code="C", at_us=at, attested=True) for at in (END, END + 1))
    assert (first["id"], first["timestamp"] == moved["timestamp"]) == (moved["id"], False)
    assert attestation(LEA, code="C", at_us=END, attested=True, trainer=TRAINER)["id"] == first["id"]
    others = [
        attestation(LEA, code="C", at_us=END, attested=False),
        attestation(LEA, code="C", at_us=END, attested=True, revision=2),
        attestation(LEA, code="D", at_us=END, attested=True),
        attestation(TRAINER, code="C", at_us=END, attested=True),
    ]
    assert len({statement["id"] for statement in (first, *others)}) == 5


@pytest.mark.parametrize("attested", [True, False])
def test_an_attestation_says_which_session_for_whom_and_by_whom(*, attested: bool) -> None:
    made = validate(attestation(LEA, code="CM 2026/é", at_us=END, attested=attested, trainer=TRAINER))
    read = decode_statement(made)
    assert (read.actor, read.verb, read.completion) == (LEA, vocabulary.ATTESTED, attested)
    assert (read.timestamp_us, read.object_idnumber) == (END, "CM 2026/é")
    assert read.object_id is not None
    assert parse_own(read.object_id) == OwnActivity("CM 2026/é")
    assert made["context"]["instructor"]["mbox"] == "mailto:anne.martin@ac-exemple.fr"
    assert "instructor" not in attestation(LEA, code="C", at_us=END, attested=attested)["context"]


@pytest.mark.parametrize(
    ("state", "verb", "outcome"),
    [
        ("done", vocabulary.COMPLETED, (True, None)),
        ("failed", vocabulary.COMPLETED, (True, False)),
        ("undone", vocabulary.UNCOMPLETED, (None, None)),
    ],
)
def test_a_completion_reads_like_the_one_moodle_sends(state: Any, verb: str, outcome: tuple[Any, Any]) -> None:
    actor = Actor("account", "https://moodle.exemple.fr|39")
    read = decode_statement(validate(completion(actor, MODULE, state=state, timestamp_us=END)))
    assert (read.actor, read.verb, (read.completion, read.success)) == (actor, verb, outcome)
    assert read.object_id == "https://moodle.exemple.fr/mod/page/view.php?id=12"
    assert read.object_idnumber == "CM-2026/accueil"
    assert read.course_id == "https://moodle.exemple.fr/course/view.php?id=3"
    assert read.event_name == vocabulary.EVENT_MODULE_COMPLETION


def test_a_void_names_its_target() -> None:
    target = UUID(mark()["id"])
    read = decode_statement(validate(void(LEA, target, timestamp_us=END)))
    assert (read.voids, read.timestamp_us) == (target, END)


def test_says_nothing_about_somebody_without_a_name() -> None:
    with pytest.raises(ValueError, match="anonymous"):
        void(Actor("anonymous", "", group=True), vocabulary.NAMESPACE, timestamp_us=END)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_our_iris_come_back(parts: list[str]) -> None:
    own = OwnActivity(*parts)
    assert parse_own(own.iri) == own


@pytest.mark.parametrize(
    "tail", ["", "session", "session/", "session/a/b", "slot/a", "activity/a//", "autre/a", "verb/attested"]
)
def test_other_iris_are_not_our_activities(tail: str) -> None:
    assert parse_own(vocabulary.ROOT + tail) is None
    assert parse_own("https://moodle.exemple.fr/") is None


def decided(**changes: Any) -> dict[str, Any]:
    said = {"verdict": "granted", "reason": "equivalence", "author": "ien.lyon4", "at_us": END}
    return decision(LEA, OwnActivity("CM 2026", "quiz"), **(said | changes))


@pytest.mark.parametrize(
    ("verdict", "completion", "success"),
    [("granted", True, True), ("refused", True, False), ("withdrawn", False, None)],
)
def test_a_decision_says_what_who_and_why(verdict: str, completion: bool, success: bool | None) -> None:
    read = decode_statement(validate(decided(verdict=verdict)))
    assert (read.verb, read.completion, read.success) == (vocabulary.DECIDED, completion, success)
    assert (read.decided_by, read.reason, read.timestamp_us) == ("ien.lyon4", "equivalence", END)
    assert parse_own(read.object_id or "") == OwnActivity("CM 2026", "quiz")


def test_a_decision_is_found_again_whatever_its_reason_and_author() -> None:
    assert decided(reason="x", author="y", at_us=END + 1)["id"] == decided()["id"]
    assert len({decided(verdict=one)["id"] for one in ("granted", "refused", "withdrawn")}) == 3


@pytest.mark.parametrize("missing", ["instructor", "extensions"])
def test_a_decision_without_its_author_or_reason_is_refused(missing: str) -> None:
    said = decided()
    del said["context"][missing]
    with pytest.raises(StatementError):
        decode_statement(said)
