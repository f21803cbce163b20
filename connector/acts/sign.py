"""Entering a sign-in sheet: its marks become statements, and Moodle is told who was there all along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.attendance.directory import read_directory
from connector.attendance.enter import enter, marks_in_force
from connector.attendance.lrs import writable_lrs
from connector.attendance.marks import Place, read_marks, to_come
from connector.attendance.standing import note_entered
from connector.attendance.writeback import Written, write_back
from connector.errors import ParcoursError
from connector.moodle.connect import connect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.attendance.cells import Row
    from connector.attendance.enter import Entered
    from connector.attendance.marks import Reading
    from connector.attendance.sheet import Sheet
    from connector.ledger.asker import Asker
    from connector.ledger.db import Ledger
    from connector.settings import Settings
    from scenarios.snapshot import Snapshot


@dataclass(frozen=True)
class Signed:
    """What became of a sheet: what was read in it, what was declared, what each Moodle site was told.

    `to_come` is how many people are marked present at a slot that is not over.
    """

    reading: Reading
    entered: Entered
    told: tuple[Written, ...]
    to_come: int

    @property
    def absent(self) -> list[str]:
        """The addresses that a site's course does not have."""
        return sorted({email for written in self.told for email in written.absent})

    @property
    def failures(self) -> list[ParcoursError]:
        """What Moodle refused; the marks are entered all the same."""
        return [failure for written in self.told for failure in written.failures]


def present_now(settings: Settings, snapshot: Snapshot, sheet: Sheet) -> dict[str, bool | None]:
    """Return what the LRS says of each address of a sheet: there, absent, or nothing yet (None)."""
    emails = [person.courriel for person in sheet.people]
    with writable_lrs(settings) as lrs:
        said = marks_in_force(lrs, snapshot, Place(sheet.activite, sheet.creneau), emails)
    return dict(zip(emails, said, strict=True))


def enter_sheet(
    settings: Settings, ledger: Ledger, who: Asker, snapshot: Snapshot, rows: Iterable[Row], source: str, now_us: int
) -> Signed:
    """Enter the rows of a sheet of the session; `source` is the file's name, for the journal.
    `now_us` (microseconds since 1970 UTC) tells the slots that are still to come.

    A wrong row costs no other. A second sheet corrects the first, and the same one changes nothing.
    """
    with ledger.read() as connection:
        people = read_directory(connection)
    reading = read_marks(rows, snapshot, people)
    with writable_lrs(settings) as lrs:
        entered = enter(lrs, snapshot, reading.marks)
    figures = {"nouvelles": entered.declared.new, "corrigees": entered.declared.corrected}
    who.note(ledger, "emargement.saisir", snapshot.code, fichier=source, **figures)
    with ledger.write() as connection:
        note_entered(connection, snapshot, people, reading.marks, who.author, now_us)
    told = []
    for site in settings.moodle:
        try:
            transport = connect(site, settings.moodle_token(site))
        except ParcoursError as exc:
            told.append(Written(failures=[exc]))
        else:
            told.append(write_back(ledger, transport, snapshot.code, entered.presences, people, reading.marks))
    return Signed(reading, entered, tuple(told), to_come(reading.marks, snapshot, now_us))
