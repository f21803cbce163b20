"""One call of a web-service function, and what the caller may reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.sandbox.acts import can_override
from connector.moodle.sandbox.exceptions import course_not_accessible, missing_module, missing_record, not_enrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import JsonValue

    from connector.moodle.sandbox.events import Event
    from connector.moodle.sandbox.params import Checked, Struct
    from connector.moodle.sandbox.site import Course, Module, Person, Site


@dataclass(frozen=True)
class Call:
    """One authenticated call; `raised` collects the events that it makes."""

    site: Site
    caller: Person
    params: dict[str, Checked]
    raised: list[Event]
    withheld: frozenset[str] = frozenset()

    def integer(self, name: str) -> int:
        """Return a parameter that `Value("int")` has checked."""
        value = self.params[name]
        assert isinstance(value, int)  # noqa: S101 - checked by the function's Spec
        return value

    def text(self, name: str) -> str:
        """Return a parameter that `Value("raw")` has checked."""
        return str(self.params[name])

    def rows(self, name: str) -> list[dict[str, object]]:
        """Return a parameter that `Many(Struct(…))` has checked."""
        listed = self.params[name]
        assert isinstance(listed, list)  # noqa: S101 - checked by the function's Spec
        return [dict(row) for row in listed if isinstance(row, dict)]

    def integers(self, name: str) -> list[int]:
        """Return a parameter that `Many(Value("int"))` has checked."""
        listed = self.params[name]
        assert isinstance(listed, list)  # noqa: S101 - checked by the function's Spec
        return [number for number in listed if isinstance(number, int)]

    def options(self) -> dict[str, str]:
        """Return the `options` list as a dictionary."""
        listed = self.params["options"]
        assert isinstance(listed, list)  # noqa: S101 - checked by the function's Spec
        return {str(option["name"]): str(option["value"]) for option in listed if isinstance(option, dict)}


@dataclass(frozen=True)
class Function:
    """A web-service function: what it takes, and what it does."""

    params: Struct
    run: Callable[[Call], JsonValue]


def accessible_course(call: Call, course_id: int) -> Course:
    """Return the course, or raise what Moodle answers when it is not there or not open to the caller."""
    course = call.site.courses.get(course_id)
    if course is None:
        raise missing_record("course", "id", str(course_id))
    if not call.caller.manager and (call.caller.id not in course.enrolments or not open_to(call.caller, course)):
        raise course_not_accessible(course_id)
    return course


def open_to(person: Person, course: Course) -> bool:
    """Tell whether the person may see the course in a list: hidden ones are for its staff."""
    return course.visible or can_override(person, course)


def accessible_module(call: Call) -> tuple[Course, Module]:
    """Return the module that the parameter `cmid` names, with its course, or raise what Moodle answers."""
    cmid = call.integer("cmid")
    module = call.site.module(cmid)
    if module is None:
        raise missing_module(cmid)
    course = call.site.courses[module.course_id]
    if not call.caller.manager and call.caller.id not in course.enrolments:
        raise not_enrolled()
    return course, module
