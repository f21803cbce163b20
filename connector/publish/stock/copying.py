"""Mode S: the session's course as a copy of a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError, ParcoursError, UncertainError
from connector.language import N_, _
from connector.moodle import course_functions as core
from connector.moodle import functions
from connector.publish.stock.differences import differences
from connector.publish.stock.state import accounts_of, read_course
from connector.publish.stock.ties import tie
from connector.publish.stock.wording import to_do_by_hand

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.moodle.functions import Course
    from connector.moodle.transport import Transport
    from connector.publish.journal import StepJournal
    from connector.publish.stock.state import StockCourse


def copy_of_model(
    transport: Transport,
    wanted: Publication,
    model_id: int,
    journal: StepJournal,
    *,
    say: Callable[[str], None],
) -> int:
    """Make the session's course, a hidden copy of the model, where `made_earlier` finds none; return its number.

    What the copy will not have is said before anything is written. Raises `ConfigError` for a model that is
    not there, `DataError` when it has nothing of the session. A copy that Moodle gives up may leave an empty course:
    the error names it, now and at the next run.
    """
    model = read_course(transport, model_id, wanted)
    future = _copied(model, wanted)
    for line in to_do_by_hand(differences(wanted, future, tie(wanted, model_id, future.modules))):
        say(line)
    shortname, fullname = future.course.shortname, future.course.fullname
    if cut := journal.settle(wanted.code, done=False):
        say(cut)
    try:
        with journal.writing(wanted.code, modele=model_id):
            return core.duplicate_course(transport, model.course, shortname=shortname, fullname=fullname)
    except UncertainError:
        raise
    except ParcoursError as refusal:
        left = functions.get_courses_by_field(transport, "shortname", shortname)
        if left:
            raise type(refusal)(str(refusal), remedy=_left_empty(left[0])) from refusal
        if isinstance(refusal, FatalError):
            raise FatalError(str(refusal), remedy=_(_HALF_MADE)) from refusal
        raise


def made_earlier(transport: Transport, code: str, model_id: int, journal: StepJournal) -> int | None:
    """Return the copy that an earlier run made for the session `code`, were it cut right after.

    A copy bears the session's name as soon as it is whole, its code once publishing goes on: between the two, it is
    one of ours if the journal says so. Raises `DataError` when the name is that of any other course.
    """
    made = functions.get_courses_by_field(transport, "idnumber", code)
    if made:
        return made[0].id
    begun = functions.get_courses_by_field(transport, "shortname", code)
    if not begun:
        return None
    activities = _count(transport, begun[0].id)
    if journal.copied(code, begun[0].id) and activities >= _count(transport, model_id):
        return begun[0].id
    raise _name_taken(code, begun[0], empty=not activities)


def future_copy(transport: Transport, wanted: Publication, model_id: int) -> StockCourse:
    """Return what the session's course will be once the model is copied: nobody in it, its activities' events to come.

    Raises `ConfigError` for a model that is not there.
    """
    future = _copied(read_course(transport, model_id, wanted), wanted)
    return replace(future, accounts=accounts_of(transport, wanted, ()))


def _copied(model: StockCourse, wanted: Publication) -> StockCourse:
    """Return a model as its copy will be: Moodle makes the activities' own events at its next cron."""
    if wanted.course is None:
        message = "a copy needs the course's names"
        raise ValueError(message)
    names = {"shortname": wanted.course.shortname, "fullname": wanted.course.fullname, "idnumber": "", "visible": False}
    course = model.course.model_copy(update=names)
    return replace(model, course=course, people=(), events=tuple(one for one in model.events if not one.modulename))


def _count(transport: Transport, course_id: int) -> int:
    return sum(len(section.modules) for section in functions.get_contents(transport, course_id))


def _name_taken(code: str, holder: Course, *, empty: bool) -> DataError:
    """Say whose course has the name of the copy to make: what is left of a copy that failed, of one cut short…"""
    taken = _(
        "Le nom abrégé {code} est déjà celui du cours {id} (« {fullname} »).",
        code=code,
        id=holder.id,
        fullname=holder.fullname,
    )
    if empty:
        return DataError(taken, remedy=_left_empty(holder))
    return DataError(
        taken,
        remedy=_(
            "Si c'est une copie interrompue du modèle, relancez avec --cours {id} ; sinon, changez "
            "le code de la session.",
            id=holder.id,
        ),
    )


_HALF_MADE = N_(
    "Moodle a pu laisser un cours inachevé, qui porte le nom du modèle et un numéro : supprimez-le avant de relancer."
)


def _left_empty(course: Course) -> str:
    return _(
        "Il reste de cet essai, ou d'un autre, un cours vide, le {id} : supprimez-le dans Moodle avant de relancer.",
        id=course.id,
    )
