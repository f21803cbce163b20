"""What core services say of a course: everything that they can change, and what they let us read of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConfigError
from connector.language import _
from connector.moodle import course_functions as core
from connector.moodle import functions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.moodle.course_functions import CalendarEvent, CourseGroup, ModuleDetails
    from connector.moodle.document import Publication
    from connector.moodle.functions import Course, EnrolledUser, Module, User
    from connector.moodle.transport import Transport


@dataclass(frozen=True)
class StockModule:
    """An activity, with the name of its section."""

    shown: Module
    details: ModuleDetails
    section: str

    @property
    def cmid(self) -> int:
        """Its number in Moodle."""
        return self.shown.id

    @property
    def idnumber(self) -> str:
        """Its idnumber, empty without one."""
        return self.details.idnumber or ""


@dataclass(frozen=True)
class StockCourse:
    """A course. `accounts` are those found for the e-mails asked for, in lower case; `namesakes` other courses that
    bear the session's code as shortname or idnumber.
    """

    course: Course
    namesakes: tuple[Course, ...]
    modules: tuple[StockModule, ...]
    groups: tuple[CourseGroup, ...]
    people: tuple[EnrolledUser, ...]
    accounts: Mapping[str, tuple[User, ...]]
    events: tuple[CalendarEvent, ...]

    def user(self, email: str) -> int | None:
        """Return the account of a person, None where they have none, or several."""
        inside = next((person.id for person in self.people if person.email.lower() == email), None)
        accounts = self.accounts.get(email, ())
        return accounts[0].id if inside is None and len(accounts) == 1 else inside


def read_course(
    transport: Transport, course_id: int, wanted: Publication, known: StockCourse | None = None
) -> StockCourse:
    """Read the course `course_id` for the session `wanted`; raise `ConfigError` when the token sees no such course.

    An activity costs a call, since Moodle lists no idnumbers: those of `known` are not asked for again.
    """
    found = functions.get_courses_by_field(transport, "id", str(course_id))
    if not found:
        raise ConfigError(
            _(
                "{address} n'a pas de cours {course_id}, ou le compte du jeton ne le voit pas.",
                address=transport.address,
                course_id=course_id,
            ),
            remedy=_("Le numéro est à la fin de l'adresse du cours : …/course/view.php?id=NUMÉRO."),
        )
    people = functions.get_enrolled_users(transport, course_id)
    return StockCourse(
        course=found[0],
        namesakes=_namesakes(transport, course_id, wanted.code),
        modules=_modules(transport, course_id, known),
        groups=core.get_groups(transport, course_id),
        people=people,
        accounts=accounts_of(transport, wanted, people),
        events=core.get_events(transport, course_id),
    )


def _namesakes(transport: Transport, course_id: int, code: str) -> tuple[Course, ...]:
    found = {
        course.id: course
        for field in ("idnumber", "shortname")
        for course in functions.get_courses_by_field(transport, field, code)
    }
    return tuple(course for number, course in found.items() if number != course_id)


def _modules(transport: Transport, course_id: int, known: StockCourse | None) -> tuple[StockModule, ...]:
    details = {module.cmid: module.details for module in known.modules} if known is not None else {}
    return tuple(
        StockModule(
            module,
            details[module.id] if module.id in details else core.get_course_module(transport, module.id),
            section.name,
        )
        for section in functions.get_contents(transport, course_id)
        for module in section.modules
    )


def accounts_of(
    transport: Transport, wanted: Publication, people: tuple[EnrolledUser, ...]
) -> Mapping[str, tuple[User, ...]]:
    """Look up those who are not in the course yet; an account that is suspended is as absent."""
    inside = {person.email.lower() for person in people}
    asked = list(dict.fromkeys(one.email for one in wanted.enrolments or () if one.email not in inside))
    accounts: dict[str, tuple[User, ...]] = {}
    for user in functions.get_users_by_field(transport, "email", asked):
        if not user.suspended:
            email = user.email.lower()
            accounts[email] = (*accounts.get(email, ()), user)
    return accounts
