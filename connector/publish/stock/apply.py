"""Publishing with core services: read, plan, write what differs one step at a time, read again.

Each step is found again by the next run: killed anywhere, or in doubt about a write, running it once more finishes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError, ParcoursError, UncertainError
from connector.moodle import course_functions as core
from connector.moodle import functions
from connector.publish.stock.differences import differences
from connector.publish.stock.plan import make_stock_plan
from connector.publish.stock.state import read_course
from connector.publish.stock.ties import tie

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.moodle.functions import Course
    from connector.moodle.transport import Transport
    from connector.publish.stock.differences import Difference
    from connector.publish.stock.plan import StockPlan
    from connector.publish.stock.state import StockCourse


@dataclass(frozen=True)
class StockOutcome:
    """What was written, the course as it now is, and what is left to a person."""

    done: StockPlan
    course: StockCourse
    left: StockPlan


def publish_stock(
    transport: Transport, wanted: Publication, course_id: int, *, accept: Callable[[StockPlan], bool]
) -> StockOutcome | None:
    """Bring a course to what core services can make of a session; `None` when `accept` refuses the plan.

    Raises `DataError` when the course is not the session's, `FatalError` when it does not hold what was written.
    """
    before = read_course(transport, course_id, wanted)
    plan = make_stock_plan(wanted, before)
    if not accept(plan):
        return None
    if not plan.writes:
        return StockOutcome(plan, before, plan)
    _write(transport, course_id, plan, before)
    after = read_course(transport, course_id, wanted, before)
    left = make_stock_plan(wanted, after)
    if left.writes:
        raise FatalError(
            f"{transport.address} ne rend pas ce qui vient d'être écrit dans le cours {course_id}.",
            remedy="Quelqu'un le modifie peut-être en ce moment, ou les rôles de ce site ne sont pas ceux de Moodle :"
            " vérifiez la page des participants, puis relancez.",
        )
    return StockOutcome(plan, after, left)


def copy_of_model(
    transport: Transport, wanted: Publication, model_id: int, *, tell: Callable[[tuple[Difference, ...]], None]
) -> int:
    """Return the session's course: the copy made earlier, else a new, hidden copy of the model.

    `tell` is given, before anything is written, what the copy will not have. Raises `ConfigError` for a model that is
    not there, `DataError` when it has nothing of the session, or when another course has the session's code. A copy
    that Moodle gives up may leave an empty course: the error names it, now and at the next run.
    """
    made = functions.get_courses_by_field(transport, "idnumber", wanted.code)
    if made:
        return made[0].id
    begun = functions.get_courses_by_field(transport, "shortname", wanted.code)
    if begun:
        raise _name_taken(transport, wanted.code, begun[0])
    model = read_course(transport, model_id, wanted)
    tell(differences(wanted, model, tie(wanted, model_id, model.modules)))
    if wanted.course is None:
        message = "a copy needs the course's names"
        raise ValueError(message)
    shortname = wanted.course.shortname
    try:
        return core.duplicate_course(transport, model.course, shortname=shortname, fullname=wanted.course.fullname)
    except UncertainError:
        raise
    except ParcoursError as refusal:
        left = functions.get_courses_by_field(transport, "shortname", shortname)
        if left:
            raise type(refusal)(str(refusal), remedy=_left_empty(left[0])) from refusal
        if isinstance(refusal, FatalError):
            raise FatalError(str(refusal), remedy=_HALF_MADE) from refusal
        raise


def _name_taken(transport: Transport, code: str, holder: Course) -> DataError:
    """Say whose course has the name of the copy to make: what is left of a copy that failed, of one cut short…"""
    taken = f"Le nom abrégé {code} est déjà celui du cours {holder.id} (« {holder.fullname} »)."
    if not any(section.modules for section in functions.get_contents(transport, holder.id)):
        return DataError(taken, remedy=_left_empty(holder))
    return DataError(
        taken,
        remedy=f"Si c'est une copie interrompue du modèle, relancez avec --cours {holder.id} ; sinon, changez le code"
        " de la session.",
    )


_HALF_MADE = (
    "Moodle a pu laisser un cours inachevé, qui porte le nom du modèle et un numéro : supprimez-le avant de relancer."
)


def _left_empty(course: Course) -> str:
    return (
        f"Il reste de cet essai, ou d'un autre, un cours vide, le {course.id} : supprimez-le dans Moodle avant de"
        " relancer."
    )


def _write(transport: Transport, course_id: int, plan: StockPlan, before: StockCourse) -> None:
    """Write the plan. A new event goes before the one it replaces; a course opens when all the rest is there."""
    groups = {group.name: group.id for group in before.groups}
    if plan.groups:
        groups |= {group.name: group.id for group in core.create_groups(transport, course_id, plan.groups)}
    opens = {key: value for key, value in plan.course.items() if key == "visible" and value}
    fields = {key: value for key, value in plan.course.items() if key not in opens}
    if fields:
        core.update_course(transport, course_id, fields)
    _write_people(transport, course_id, plan, groups)
    if plan.events.create:
        core.create_events(transport, course_id, plan.events.create)
    if plan.events.delete:
        core.delete_events(transport, plan.events.delete)
    for event, instant in plan.moves.items():
        core.move_event(transport, event, instant)
    for cmids, visible in ((plan.show, True), (plan.hide, False)):
        if cmids:
            core.set_visible(transport, course_id, cmids, visible=visible)
    if opens:
        core.update_course(transport, course_id, opens)


def _write_people(transport: Transport, course_id: int, plan: StockPlan, groups: dict[str, int]) -> None:
    people = plan.people
    if people.enrol:
        core.enrol(transport, course_id, people.enrol)
    if people.leave:
        core.change_members(transport, people.leave, "leave")
    if people.join:
        core.change_members(transport, [(groups[name], user) for user, name in people.join], "join")
