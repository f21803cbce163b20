"""Erasing a person from all that the program keeps: the ledger, the embedded LRS, the configuration, the reports."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import SecretStr

from connector.attendance import said_rolls
from connector.deliver import deliver
from connector.ledger import schema
from connector.ledger.erased import ACCOUNT, EMAIL
from connector.ledger.erasure import erase, person_named
from connector.ledger.hidden import forget_names
from connector.ledger.instants import now_us
from connector.ledger.one_writer import take_turn
from connector.ledger.resolve import settle
from connector.ops.privacy.purge import REPORTS
from connector.ops.privacy.reads import EVERYBODY, places_of
from connector.ops.raw_store import kept, raw_store
from connector.publish import journal
from connector.settings import FILE
from connector.settings.edit import without_person
from xapi.one_person import remove_about
from xapi.retention import Removed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from uuid import UUID

    from connector.ledger.db import Ledger
    from connector.ledger.erasure import Person
    from connector.ops.privacy.reads import Places
    from connector.settings import Settings

_KEY_BYTES = 32
_TELLING = 3
"""Letters from which a word says somebody apart in a text."""
_TEXTS = frozenset((".csv", ".html", ".json", ".jsonl", ".txt", ".xml", ".yaml", ".yml"))
SHEETS = "emargements"
"""The folder of sign-in sheets, in the data folder."""


@dataclass(frozen=True)
class Erasure:
    """The pseudonym, what left the embedded LRS, the reports that were removed since they named the person.

    `left` are the texts of the data folder that still do: lists and exports, which are not the program's to remove.
    """

    pseudonym: str
    raw: Removed
    reports: tuple[Path, ...]
    left: tuple[Path, ...]


def key_of_erased(settings: Settings) -> SecretStr:
    """Return the key by which erased people are known; it is drawn, for its owner alone, where there is none yet."""
    key = settings.erasure_key()
    if key is not None:
        return key
    text = secrets.token_urlsafe(_KEY_BYTES)
    deliver(f"{text}\n".encode(), settings.erasure_key_file)
    return SecretStr(text)


def known_person(connection: sa.Connection, settings: Settings, identifiant: str) -> Person:
    """Return a teacher with the accesses that are theirs; raises DataError for an unknown one."""
    person = person_named(connection, identifiant)
    own = (one for one in settings.acces if one.role != "operateur")
    logins = {one.identifiant for one in own if not {one.identifiant, *one.perimetre}.isdisjoint(person.words)}
    return replace(person, logins=frozenset(logins))


def erase_person(settings: Settings, ledger: Ledger, identifiant: str, author: str) -> Erasure:
    """Erase a teacher everywhere; the ledger, opened with `key_of_erased`, comes last, so that it can be run again.

    Raises DataError for an unknown teacher and for one who shares a name with somebody.
    """
    with ledger.write() as connection:
        take_turn(connection)  # before it is read how they are called: whoever collects may be learning another name
        person = known_person(connection, settings, identifiant)
        known, seen = statements_of(connection, person), places_of(connection, person)
        pseudonym = erase(connection, person, author=author, at_us=now_us())
        journal.forget_people(connection, person.emails)
        said_rolls.forget_people(connection, person.emails)
        settle(connection)
        raw = _from_raw_store(settings, ledger, person, known)
        _from_settings(settings, person, pseudonym)
        reports = tuple(_reports(settings, seen))
        for path in reports:
            path.unlink()
    ledger.scrub()
    forget_names(ledger)
    return Erasure(pseudonym, raw, reports, tuple(_still_naming(settings.folder, person)))


def agents(person: Person) -> Iterator[dict[str, Any]]:
    """Yield the agents that a person's names may be in statements."""
    for kind, value in sorted(person.names):
        if kind == EMAIL:
            yield {"mbox": f"mailto:{value}"}
        elif kind == ACCOUNT:
            homepage, _, name = value.rpartition("|")
            yield from ({"account": {"homePage": one, "name": name}} for one in (homepage, f"{homepage}/"))
        else:
            yield {kind: value}


def statements_of(connection: sa.Connection, person: Person) -> list[UUID]:
    """Return the ids of the statements that the ledger holds about a person."""
    evidence, said = schema.evidence.c, schema.resolution.c
    theirs = sa.select(said.evidence_id).where(said.teacher_id == person.teacher_id)
    return list(connection.scalars(sa.select(evidence.statement_id).where(evidence.id.in_(theirs))))


def _from_raw_store(settings: Settings, ledger: Ledger, person: Person, known: Iterable[UUID]) -> Removed:
    if not kept(settings.dsn_brut):
        return Removed()
    with raw_store(settings.dsn_brut, ledger.pseudonyms) as store:
        removed = remove_about(store.database, agents(person), known)
        store.database.scrub()
    return removed


def _from_settings(settings: Settings, person: Person, pseudonym: str) -> None:
    file = settings.folder / FILE
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    changed = without_person(text, person.identifiant, pseudonym, person.logins)
    if changed != text:
        deliver(changed.encode(), file)


def _reports(settings: Settings, seen: Places) -> Iterator[Path]:
    """Yield the files of the data folder that may name the person: theirs, and those of lists that showed them.

    All of them can be written again.
    """
    places = {place for found in seen.by_year.values() for place in found}
    words = {*seen.words, *seen.sessions, *places, EVERYBODY}
    for folder in (settings.folder / REPORTS, settings.folder / SHEETS):
        yield from (path for path in sorted(folder.glob("*")) if path.is_file() and _names(path.stem, words))
    for year, found in sorted(seen.by_year.items()):
        for place in sorted(found):
            yield from sorted((settings.folder / REPORTS / year / place).glob("*"))


def _still_naming(folder: Path, person: Person) -> Iterator[Path]:
    """Yield the texts of a folder, in order, that name a person; a word that says nobody apart is not looked for."""
    ends = {word.rpartition("|")[2] for word in person.words}  # the name of an account is behind its homePage
    called = {word for word in ends if len(word) >= _TELLING and (not word.isdecimal() or word == person.identifiant)}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXTS and path.is_file() and _names(path.read_text("utf-8", errors="replace"), called):
            yield path


def _names(text: str, words: Iterable[str]) -> bool:
    """Tell whether a text holds one of these words, whole, in whatever case."""
    return any(re.search(rf"(?<![\w.@]){re.escape(word)}(?![\w@]|\.\w)", text, re.IGNORECASE) for word in words)
