"""From what people say to statements: new ones, corrected ones, and nothing where the LRS holds them already.

What was said before is found by id, which needs the person, the object and a revision number, counted from 1: a
correction is a new revision, sent before the void of what it replaces. So yes, no, yes again are three statements and
end in yes; a crash in between leaves two in force, which the next run sees and mends; and only the right to write, and
to read one's own statements, is needed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from xapi import vocabulary
from xapi.emit import void
from xapi.names import account_key
from xapi.statement import Actor, decode_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xapi.client import Found
    from xapi.statement import Statement

Answer = TypeVar("Answer")

YES_NO = (True, False)
"""The answers of a fact that is one or the other."""

_READERS = 8
_SECOND = 1_000_000
_PROGRAM = Actor("account", account_key(vocabulary.PROGRAM_HOMEPAGE, "parcours"))


class Store(Protocol):
    """What is asked of an LRS; `xapi.client.LRSClient` is one."""

    def find(self, statement_id: UUID) -> Found | None:
        """Return a statement, in force or voided."""

    def post(self, statements: Sequence[dict[str, Any]]) -> list[UUID]:
        """Store statements, each with its id."""


class Fact(Protocol[Answer]):
    """One of a few answers about a person, at an instant (microseconds), until somebody says otherwise."""

    @property
    def answers(self) -> Sequence[Answer]:
        """Return all that may be answered."""

    @property
    def says(self) -> Answer:
        """Return which of them."""

    def same(self, said: Statement) -> bool:
        """Tell whether the statement in force, which gives the same answer, is this fact already."""

    def unneeded(self) -> bool:
        """Tell whether nothing has to be said where nothing ever was."""

    def statement(self, *, says: Answer, revision: int) -> dict[str, Any]:
        """Return the statement of an answer under a revision; its id does not depend on the instant."""


class _Said(NamedTuple, Generic[Answer]):
    """One statement that the LRS holds; what was voided says nothing any more."""

    id: UUID
    revision: int
    says: Answer
    statement: Statement
    voided: bool


@dataclass
class Declared:
    """How many facts were new, replaced another, or were known already."""

    new: int = 0
    corrected: int = 0
    known: int = 0
    statements: list[dict[str, Any]] = field(default_factory=list)


def declare(store: Store, facts: Sequence[Fact[Answer]], noted_us: Sequence[int | None] | None = None) -> Declared:
    """Make the LRS say these facts, and send nothing where it does; raises what the store raises.

    `noted_us` says when each was noted elsewhere (None: now): what the LRS has stored in a later second stays.
    """
    with ThreadPoolExecutor(_READERS) as readers:
        held = list(readers.map(lambda fact: _held(store, fact), facts))
    done = Declared()
    for fact, said, noted in zip(facts, held, noted_us or [None] * len(facts), strict=True):
        if noted is not None and _said_since(said, noted):
            done.known += 1
        else:
            _decide(fact, said, done)
    store.post(done.statements)
    return done


def in_force(store: Store, facts: Sequence[Fact[Answer]]) -> list[Answer | None]:
    """Return what the LRS now says of each fact's question; None where it says nothing."""
    with ThreadPoolExecutor(_READERS) as readers:
        held = readers.map(lambda fact: _held(store, fact), facts)
        return [last.says if (last := _last(said)) else None for said in held]


def _held(store: Store, fact: Fact[Answer]) -> list[_Said[Answer]]:
    """Walk the revisions of a fact's question until one that was never used."""
    found: list[_Said[Answer]] = []
    revision = 1
    while said := list(_of_revision(store, fact, revision)):
        found += said
        revision += 1
    return found


def _of_revision(store: Store, fact: Fact[Answer], revision: int) -> Iterable[_Said[Answer]]:
    for says in fact.answers:
        statement_id = UUID(fact.statement(says=says, revision=revision)["id"])
        held = store.find(statement_id)
        if held is not None:
            yield _Said(statement_id, revision, says, decode_statement(held.body), held.voided)


def _said_since(held: Sequence[_Said[Answer]], noted_us: int) -> bool:
    last = _last(held)
    stored_us = last.statement.stored_us if last is not None else None
    return stored_us is not None and stored_us // _SECOND > noted_us // _SECOND


def _alive(held: Sequence[_Said[Answer]]) -> list[_Said[Answer]]:
    return [said for said in held if not said.voided]


def _last(held: Sequence[_Said[Answer]]) -> _Said[Answer] | None:
    """Return what is in force; None where nothing is, or where two people said opposite things at once."""
    alive = _alive(held)
    last = [said for said in alive if said.revision == max(one.revision for one in alive)]
    return last[0] if len(last) == 1 else None


def _decide(fact: Fact[Answer], held: Sequence[_Said[Answer]], done: Declared) -> None:
    last, alive = _last(held), _alive(held)
    if last is not None and last.says == fact.says and fact.same(last.statement):
        done.known += 1
        done.statements += [_void(said) for said in alive if said is not last]
    elif not alive and fact.unneeded():
        done.known += 1
    else:
        revision = max((said.revision for said in held), default=0) + 1
        done.statements.append(fact.statement(says=fact.says, revision=revision))
        done.statements += [_void(said) for said in alive]
        done.new += not alive
        done.corrected += bool(alive)


def _void(said: _Said[Any]) -> dict[str, Any]:
    return void(_PROGRAM, said.id, timestamp_us=said.statement.timestamp_us)
