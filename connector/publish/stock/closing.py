"""Closing a session with core services: its course is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError
from connector.language import _
from connector.moodle import course_functions as core
from connector.moodle import functions
from connector.publish.drift import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.functions import Course
    from connector.moodle.transport import Transport
    from connector.publish.journal import StepJournal


@dataclass(frozen=True)
class Archived:
    """A session that is closed, and its course; `changed` tells whether it was open before."""

    code: str
    course_id: int
    url: str
    changed: bool


def close_course(
    transport: Transport,
    code: str,
    course_id: int,
    journal: StepJournal,
    *,
    accept: Callable[[str], bool],
    say: Callable[[str], None],
) -> Archived | None:
    """Hide a course; None when `accept`, given its name, refuses. Publishing the session again shows it.

    That the course is hidden is then no edit of somebody's, whoever hid it.
    Raises `DataError` when the course is no more, or is another session's, `FatalError` when it stays open.
    """
    before = _read(transport, code, course_id)
    if cut := journal.settle(code, done=not before.visible):
        say(cut)
    done = Archived(code, course_id, f"{transport.address}/course/view.php?id={course_id}", before.visible)
    course: JsonValue = {code: {"visible": fingerprint(said=False)}}
    hidden: dict[str, JsonValue] = {"objects": {"cours": course}}
    if not before.visible:
        journal.begin(code, [hidden])
        return done
    if not accept(before.fullname):
        return None
    with journal.writing(code, [hidden], cours=course_id):
        core.update_course(transport, course_id, {"visible": 0})
    if _read(transport, code, course_id).visible:
        raise FatalError(
            _("{address} n'a pas fermé la session {code}.", address=transport.address, code=code),
            remedy=_("Relancez la commande."),
        )
    return done


def _read(transport: Transport, code: str, course_id: int) -> Course:
    found = functions.get_courses_by_field(transport, "id", str(course_id))
    if not found:
        raise DataError(
            _(
                "{address} n'a plus le cours {course_id} de la session {code}, ou le compte du jeton ne le voit pas.",
                address=transport.address,
                course_id=course_id,
                code=code,
            ),
            remedy=_("Liez la session à son cours d'aujourd'hui par « parcours lier »."),
        )
    if found[0].idnumber not in {"", code}:
        raise DataError(
            _(
                "Le cours {course_id} (« {fullname} ») est celui de la session {idnumber}.",
                course_id=course_id,
                fullname=found[0].fullname,
                idnumber=found[0].idnumber,
            ),
            remedy=_("Liez {code} à son propre cours par « parcours lier ».", code=code),
        )
    return found[0]
