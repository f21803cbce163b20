"""Where sign-in sheets stand: entered or still to be, as the ledger knows from its last reading and its journal.

The marks themselves are in the LRS. What was collected from there counts people; an entry of the journal tells of a
sheet that was entered since.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

import sqlalchemy as sa

from connector.attendance.directory import read_directory
from connector.attendance.marks import Place
from connector.attendance.sheet import sign_in
from connector.ledger.journal import record
from connector.ledger.schema import MAX_US, evidence, journal, participant, resolution, slot, void
from connector.ledger.versions import newest
from xapi.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from connector.attendance.directory import Directory
    from connector.attendance.marks import Mark
    from connector.attendance.sheet import Sheet, SignIn
    from scenarios.snapshot import Snapshot

State = Literal["saisie", "en_partie", "a_saisir", "a_venir", "sans_objet"]
_ENTERED = "emargement.feuille"
_SECOND = 1_000_000


class SheetKey(NamedTuple):
    """One sheet of a session."""

    place: Place
    groupe: str | None


class Entry(NamedTuple):
    """When a sheet was last entered from here (microseconds since 1970 UTC), and for how many people."""

    at_us: int
    marks: int


@dataclass(frozen=True)
class Standing:
    """Where one sheet stands: `present` and `absent` are people of it whose mark is collected.

    A sheet is to be entered from the end of its slot on; one that nobody is expected to sign has no object.
    """

    sheet: Sheet
    state: State
    present: int
    absent: int
    entry: Entry | None

    @property
    def entered(self) -> datetime | None:
        """When the sheet was last entered from here, in the session's time zone."""
        return datetime.fromtimestamp(self.entry.at_us // _SECOND, self.sheet.debut.tzinfo) if self.entry else None

    @property
    def blank(self) -> int:
        """How many people of the sheet have no mark collected."""
        return len(self.sheet.people) - self.present - self.absent


def standings(
    sheets: SignIn, collected: Mapping[Place, Mapping[str, bool]], entries: Mapping[SheetKey, Entry], now_us: int
) -> tuple[Standing, ...]:
    """Return where each sheet stands at an instant; `collected` says by place who (address) is present or absent."""
    return tuple(
        _standing(sheet, collected.get(_place(sheet), {}), entries.get(key_of(sheet)), now_us)
        for sheet in sheets.sheets
    )


def _standing(sheet: Sheet, marks: Mapping[str, bool], entry: Entry | None, now_us: int) -> Standing:
    theirs = [marks[person.courriel] for person in sheet.people if person.courriel in marks]
    said = max(len(theirs), entry.marks if entry else 0)
    if not sheet.people:
        state: State = "sans_objet"
    elif said:
        state = "saisie" if said >= len(sheet.people) else "en_partie"
    else:
        state = "a_saisir" if to_us(sheet.fin) <= now_us else "a_venir"
    return Standing(sheet, state, sum(theirs), len(theirs) - sum(theirs), entry)


def key_of(sheet: Sheet) -> SheetKey:
    """Return what tells a sheet from the others of its session."""
    return SheetKey(_place(sheet), sheet.groupe)


def _place(sheet: Sheet) -> Place:
    return Place(sheet.activite, sheet.creneau)


def read_sheets(connection: sa.Connection, snapshot: Snapshot) -> tuple[SignIn, Directory]:
    """Return the sheets of a session, and the people whom its list and its trainers name."""
    addresses = {one.courriel for one in snapshot.participants} | {one.courriel for one in snapshot.formateurs}
    people = read_directory(connection, addresses)
    return sign_in(snapshot, people), people


def read_standings(connection: sa.Connection, snapshot: Snapshot, now_us: int) -> tuple[SignIn, tuple[Standing, ...]]:
    """Return the sheets of a session, and where each one stands at an instant."""
    sheets, people = read_sheets(connection, snapshot)
    expected = {person.courriel for sheet in sheets.sheets for person in sheet.people}
    collected = _collected(connection, snapshot.code, expected, people)
    return sheets, standings(sheets, collected, _entries(connection, snapshot.code), now_us)


def _collected(
    connection: sa.Connection, code: str, expected: Iterable[str], people: Directory
) -> dict[Place, dict[str, bool]]:
    """Return the marks in force that were collected, by the address that each person has on the list."""
    standing = {address: email for email in expected for address in people.addresses(email)}
    voided = sa.exists().where(void.c.target_id == evidence.c.statement_id)
    query = (
        sa.select(*resolution.c["activity_id", "slot_id"], *evidence.c["actor_value", "state"])
        .join(evidence, evidence.c.id == resolution.c.evidence_id)
        .where(resolution.c.code == code, resolution.c.slot_id.is_not(None), ~voided)
        .order_by(evidence.c.stored_us, evidence.c.rank)
    )
    found: dict[Place, dict[str, bool]] = defaultdict(dict)
    for row in connection.execute(query):
        if row.actor_value in standing:
            found[Place(row.activity_id, row.slot_id)][standing[row.actor_value]] = row.state == "done"
    return found


def _entries(connection: sa.Connection, code: str) -> dict[SheetKey, Entry]:
    """Return the last entry of each sheet; one corrected for a few people keeps the number of the fullest."""
    query = (
        sa.select(journal.c.at_us, journal.c.detail)
        .where(journal.c.subject == code, journal.c.action == _ENTERED)
        .order_by(journal.c.id)
    )
    found: dict[SheetKey, Entry] = {}
    for row in connection.execute(query):
        said = row.detail
        key = SheetKey(Place(said["activite"], said["creneau"]), said["groupe"])
        before = found[key].marks if key in found else 0
        found[key] = Entry(row.at_us, max(before, said["marques"]))
    return found


def note_entered(
    connection: sa.Connection, snapshot: Snapshot, people: Directory, marks: Sequence[Mark], author: str, now_us: int
) -> None:
    """Journal each sheet that these marks are of, with how many of its people have one."""
    marked: dict[Place, set[str]] = defaultdict(set)
    for mark in marks:
        marked[mark.place].add(mark.email)
    for sheet in sign_in(snapshot, people).sheets:
        number = sum(person.courriel in marked[_place(sheet)] for person in sheet.people)
        if number:
            record(
                connection, now_us, author, _ENTERED, snapshot.code, activite=sheet.activite, creneau=sheet.creneau,
                groupe=sheet.groupe, marques=number,
            )  # fmt: skip


def sheets_to_enter(connection: sa.Connection, codes: Sequence[str], now_us: int) -> dict[str, int]:
    """Return how many slots of each session are over without anybody's mark, for those where there are some."""
    same = (resolution.c[name] == slot.c[name] for name in ("code", "activity_id", "slot_id"))
    either = sa.or_(slot.c.groupe.is_(None), participant.c.groupe.is_(None), participant.c.groupe == slot.c.groupe)
    over = sa.select(*slot.c["code", "activity_id", "slot_id"]).where(
        slot.c.code.in_(codes),
        newest(slot),
        slot.c.gone_us == MAX_US,
        slot.c.end_us <= now_us,
        ~sa.exists().where(*same),
        sa.exists().where(participant.c.code == slot.c.code, either),
    )
    waiting: dict[str, set[Place]] = defaultdict(set)
    for row in connection.execute(over):
        waiting[row.code].add(Place(row.activity_id, row.slot_id))
    left = {code: places - {key.place for key in _entries(connection, code)} for code, places in waiting.items()}
    return {code: len(places) for code, places in left.items() if places}
