"""Which of Moodle's completions no statement says: pure.

Reading back adds, it does not take away (RULES.md section 2, rule 5): what takes a credit away becomes a statement only
when somebody did it by hand, by un-ticking or by an override. What Moodle has worked out again is for `lost`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from xapi.emit import MoodleModule, completion
from xapi.names import account_key
from xapi.statement import Actor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from connector.readback.reading import Row
    from connector.readback.said import Act, Acts

State = Literal["done", "failed", "undone"]

SECOND_US = 1_000_000
SAME_US = 30 * SECOND_US
"""Two of the same state this near are one act: the row and the event that tells of it are dated one after the other,
and a loaded server may take seconds in between."""

_LAST_US = 999_000
"""Moodle dates by the second, and its row is what that second ended in: our statement is of its last millisecond. So it
comes after the `uncompleted` and the `completed` that a first view sends for one second, however late these arrive."""

_STATES: dict[int, State] = {0: "undone", 1: "done", 2: "done", 3: "failed"}


def missing(
    site: str, rows: Sequence[Row], acts: Acts, ticked: Collection[int]
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Yield the rows that no statement says, each with its statement; `ticked` are the modules that count.

    `site` is the site's own address: a person is named by the number of their account there.
    """
    for row in rows:
        state = unsaid(row, acts.get((row.userid, row.cmid), ())) if row.cmid in ticked else None
        if state is not None:
            yield row, _statement(site, row, state)


def unsaid(row: Row, acts: Sequence[Act]) -> State | None:
    """Return the state that a statement should say for this row; None where nothing is to be said."""
    state = _STATES[row.state]
    if row.at == 0 or _withdraws(row, state, acts):
        return None
    at_us = row.at * SECOND_US
    near = [act for act in acts if abs(act.timestamp_us - at_us) <= SAME_US]
    return None if near and near[-1].state == state else state


def _withdraws(row: Row, state: State, acts: Sequence[Act]) -> bool:
    """Tell whether a row takes away what is not to be taken away: nothing was there, or nobody did it by hand."""
    last = acts[-1].state if acts else "undone"
    if state == "undone" and last == "undone":
        return True
    return state != "done" and last == "done" and not row.by_hand


def _statement(site: str, row: Row, state: State) -> dict[str, Any]:
    person = Actor("account", account_key(site, str(row.userid)))
    where = MoodleModule(site, row.course_id, row.modname, row.cmid, row.idnumber)
    return completion(person, where, state=state, timestamp_us=row.at * SECOND_US + _LAST_US)
