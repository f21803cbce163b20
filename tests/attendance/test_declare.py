"""What the LRS ends up saying: corrections, repetitions, crashes, and what somebody else did there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.attendance.attest import Attested
from connector.attendance.declare import YES_NO, declare, in_force
from xapi import vocabulary
from xapi.emit import attendance, void
from xapi.statement import Actor, Statement, decode_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xapi.client import Found, LRSClient

LEA = Actor("mbox", "lea@ac-exemple.fr")
END, LATER = 10**15, 10**15 + 10**9


@dataclass(frozen=True)
class Mark:
    says: bool
    at_us: int = END

    answers = YES_NO

    def same(self, said: Statement) -> bool:
        return said.timestamp_us == self.at_us

    def unneeded(self) -> bool:
        return False

    def statement(self, *, says: bool, revision: int) -> dict[str, Any]:
        place = {"code": "S", "activity_id": "p", "slot_id": "a1"}
        return attendance(LEA, **place, end_us=self.at_us, present=says, revision=revision)


YES, NO = Mark(says=True), Mark(says=False)


def alive(lrs: LRSClient) -> list[Statement]:
    """The marks in force, oldest first."""
    every = [decode_statement(item) for page in lrs.pages() for item in page.items]
    return [said for said in every if said.verb != vocabulary.VOIDED]


def answers(lrs: LRSClient) -> list[bool | None]:
    return [said.completion for said in alive(lrs)]


@pytest.mark.parametrize(
    "said",
    [[YES], [NO], [YES, NO], [YES, NO, YES], [NO, YES, NO, YES, NO], [YES, YES], [YES, NO, NO, YES, YES]],
    ids=lambda said: "-".join("yes" if mark.says else "no" for mark in said),
)
def test_the_last_word_is_the_only_one_in_force(lrs: LRSClient, said: list[Mark]) -> None:
    for mark in said:
        declare(lrs, [mark])
        assert answers(lrs) == [mark.says] == in_force(lrs, [mark])
    changes = sum(before != after for before, after in pairwise(said))
    assert lrs.find(UUID(YES.statement(says=said[-1].says, revision=changes + 1)["id"]))
    assert lrs.find(UUID(YES.statement(says=said[-1].says, revision=changes + 2)["id"])) is None


def test_saying_the_same_again_sends_nothing(lrs: LRSClient) -> None:
    first = declare(lrs, [YES])
    again = declare(lrs, [YES])
    assert (first.new, first.corrected, first.known) == (1, 0, 0)
    assert (again.new, again.corrected, again.known, again.statements) == (0, 0, 1, [])


def test_a_moved_slot_gives_its_marks_the_new_date(lrs: LRSClient) -> None:
    declare(lrs, [YES])
    assert declare(lrs, [replace(YES, at_us=LATER)]).corrected == 1
    assert [(said.completion, said.timestamp_us) for said in alive(lrs)] == [(True, LATER)]


class KilledError(Exception):
    pass


@dataclass
class Crashing:
    """An LRS whose sender dies after `kept` statements of a batch."""

    lrs: LRSClient
    kept: int

    def find(self, statement_id: UUID) -> Found | None:
        return self.lrs.find(statement_id)

    def post(self, statements: Sequence[dict[str, Any]]) -> list[UUID]:
        self.lrs.post(statements[: self.kept])
        raise KilledError


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_crash_anywhere_in_a_correction_is_mended_by_the_next_run(lrs: LRSClient, kept: int) -> None:
    declare(lrs, [YES])
    with pytest.raises(KilledError):
        declare(Crashing(lrs, kept), [NO])
    declare(lrs, [NO])
    assert answers(lrs) == [False]
    declare(lrs, [YES])
    assert answers(lrs) == [True]


def test_what_was_voided_by_hand_can_be_said_again(lrs: LRSClient) -> None:
    declare(lrs, [YES])
    lrs.post([void(LEA, UUID(YES.statement(says=True, revision=1)["id"]), timestamp_us=LATER)])
    assert (answers(lrs), in_force(lrs, [YES])) == ([], [None])
    assert declare(lrs, [YES]).new == 1
    assert answers(lrs) == [True]


def test_two_people_who_said_opposite_things_at_once_are_settled_by_the_next_one(lrs: LRSClient) -> None:
    lrs.post([YES.statement(says=says, revision=1) for says in (True, False)])
    assert in_force(lrs, [YES]) == [None]
    assert declare(lrs, [YES]).corrected == 1
    assert answers(lrs) == [True]


def attested(*, says: bool = True, at_us: int = END, dated: bool = False) -> Attested:
    return Attested("S", LEA.value, at_us, says, dated, None)


def test_an_attestation_keeps_its_first_date_unless_another_is_named(lrs: LRSClient) -> None:
    declare(lrs, [attested()])
    assert declare(lrs, [attested(at_us=LATER)]).known == 1
    assert declare(lrs, [attested(at_us=LATER, dated=True)]).corrected == 1
    assert [(said.completion, said.timestamp_us) for said in alive(lrs)] == [(True, LATER)]


def test_there_is_nothing_to_withdraw_where_nothing_was_attested(lrs: LRSClient) -> None:
    assert declare(lrs, [attested(says=False)]).statements == []
    declare(lrs, [attested()])
    assert declare(lrs, [attested(says=False, at_us=LATER)]).corrected == 1
    assert answers(lrs) == [False]
    assert declare(lrs, [attested(says=False, at_us=LATER)]).known == 1
    lrs.post([void(LEA, UUID(attested().statement(says=False, revision=2)["id"]), timestamp_us=LATER)])
    assert declare(lrs, [attested(says=False)]).statements == []
    assert declare(lrs, [attested(at_us=LATER)]).new == 1
    assert answers(lrs) == [True]
