"""Completions of whole courses, `parcours-completions/1`: what `local_parcours_completions` says that a site holds.

Read with `extra="ignore"` (see `functions.completions`): a newer plugin may say more than we use.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connector.moodle.document import Frozen
from connector.moodle.observation import Key, Person  # noqa: TC001 - pydantic evaluates the annotations

PAGE = 1000
"""Completions in one page: what the plugin gives at most."""


class CompletionsQuery(Frozen):
    """Which completions: of the sessions named (None: all that the caller may observe), of other courses by their ids.

    `since` is the first epoch second asked for; `after` is where a page ended. `whole`: each course with all its
    activities, not only those of the page.
    """

    format: Literal["parcours-completions-query/1"] = "parcours-completions-query/1"
    codes: tuple[str, ...] | None = None
    courses: tuple[int, ...] = ()
    since: int = 0
    after: str | None = None
    limit: int = Field(PAGE, ge=1, le=PAGE)
    whole: bool = False


class TrackedModule(Frozen):
    """An activity of a course; `tracking` is Moodle's: 0 none, 1 by hand, 2 automatic."""

    cmid: int
    modname: str
    idnumber: Key = ""
    tracking: int = 0


class CompletedCourse(Frozen):
    """A course that was read; `code` is None for one that the plugin did not publish."""

    id: int
    code: Key | None = None
    modules: tuple[TrackedModule, ...] = ()


class Completion(Frozen):
    """One person's completion of one activity, as Moodle's own table has it.

    `state`: 0 not complete, 1 complete, 2 with the pass grade, 3 without it. `timemodified`: epoch second of the last
    change. `overrideby`: the account that set it by hand for that person, if any.
    """

    cmid: int
    userid: int
    state: int = Field(ge=0, le=3)
    timemodified: int
    overrideby: int | None = None


class CompletionsPage(Frozen):
    """One page, oldest change first; `now` is the site's clock, `next` what to ask after, None at the end.

    A course that was asked for and is not in `courses` is not on the site.
    """

    format: Literal["parcours-completions/1"] = "parcours-completions/1"
    now: int
    courses: tuple[CompletedCourse, ...] = ()
    completions: tuple[Completion, ...] = ()
    people: tuple[Person, ...] = ()
    next: str | None = None
