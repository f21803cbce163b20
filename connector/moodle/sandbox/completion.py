"""Moodle's completion rules and access restrictions, as measured on 4.5; pure but for the record that is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.moodle.sandbox.activity_documents import H5pActivity, QuizActivity
from connector.moodle.sandbox.exceptions import moodle_error

if TYPE_CHECKING:
    from connector.moodle.sandbox.activity_documents import ActivityDoc
    from connector.moodle.sandbox.site import Course, Module, Progress, Site

INCOMPLETE, COMPLETE, COMPLETE_PASS, COMPLETE_FAIL = range(4)
ACHIEVED = (COMPLETE, COMPLETE_PASS)
TRACKING = {"none": 0, "manual": 1, "automatic": 2}
RECOMPUTE = -1

_SUBMIT_RULES = {
    "assign": ("completionsubmit", "Make a submission"),
    "choice": ("completionsubmit", "Make a choice"),
    "feedback": ("completionsubmit", "Submit feedback"),
    "quiz": ("completionminattempts", "Make attempts: 1"),
}


@dataclass(frozen=True)
class Rule:
    """One completion condition with where the person stands, in Moodle's words."""

    name: str
    description: str
    status: int


def rules(doc: ActivityDoc, progress: Progress) -> list[Rule]:
    """Return the automatic conditions of an activity and where the person stands; none for other trackings."""
    wanted, found = doc.completion, []
    if wanted.view:
        found.append(Rule("completionview", "View", int(progress.viewed)))
    if wanted.passgrade:
        found.append(Rule("completionusegrade", "Receive a grade", _grade_state(doc, progress)))
        found.append(Rule("completionpassgrade", "Receive a passing grade", _grade_state(doc, progress)))
    if wanted.submit:
        found.append(Rule(*_SUBMIT_RULES[doc.module], int(progress.submitted)))
    if wanted.posts:
        done = int(progress.posts >= wanted.posts)
        found.append(Rule("completionposts", f"Make forum posts: {wanted.posts}", done))
    return found


def _grade_state(doc: ActivityDoc, progress: Progress) -> int:
    if not isinstance(doc, QuizActivity | H5pActivity) or progress.grade is None:
        return INCOMPLETE
    return COMPLETE_PASS if progress.grade >= doc.settings.grade_pass else COMPLETE_FAIL


def automatic_state(doc: ActivityDoc, progress: Progress) -> int:
    """Return the state that the conditions give together: one unmet is incomplete, one failed is failed."""
    states = {rule.status for rule in rules(doc, progress)}
    for decisive in (INCOMPLETE, COMPLETE_FAIL, COMPLETE_PASS):
        if decisive in states:
            return decisive
    return COMPLETE


def view(doc: ActivityDoc, progress: Progress, at: int) -> list[int]:
    """Record a view and return the states that Moodle announces.

    A first view announces the state before it (usually incomplete), then the new one: two events in one second.
    """
    if not doc.completion.view or (progress.viewed and progress.override_by is None):
        return []
    progress.viewed = True
    return [progress.state, *update(doc, progress, COMPLETE, at)]


def update(
    doc: ActivityDoc, progress: Progress, possible: int, at: int, *, override_by: int | None = None
) -> list[int]:
    """Bring the state up to date and return the states that Moodle announces (none when nothing changes).

    `possible` is the state hoped for; with `override_by`, and for manual tracking, it is the new state.
    """
    direct = override_by is not None or doc.completion.tracking == "manual"
    if doc.completion.tracking == "none" or possible == progress.state:
        return []
    if possible == RECOMPUTE and direct:
        return []  # nothing that a participant does moves a state that is set by hand
    if possible == COMPLETE and progress.state in (COMPLETE_PASS, COMPLETE_FAIL):
        return []
    if not direct and progress.override_by is not None and progress.state == COMPLETE:
        return []
    new = possible if direct else automatic_state(doc, progress)
    if new == progress.state:
        return []
    progress.state, progress.time, progress.override_by = new, at, override_by
    return [new]


def check_direct(cmid: int, state: int) -> None:
    """Refuse a state that nobody can set by hand."""
    if state not in (INCOMPLETE, COMPLETE):
        raise moodle_error(
            "err_system",
            "An internal error occurred in the completion system. (System administrators can enable debugging"
            " information to see more detail.)",
            f"Unexpected manual completion state for {cmid}: {state}",
        )


def unmet_restriction(site: Site, course: Course, module: Module, person_id: int, at: int) -> str | None:
    """Return the first access restriction that a participant does not meet, in Moodle's words, or `None`."""
    wanted = module.doc.availability
    for idnumber in wanted.completed:
        before = course.modules.get(idnumber)
        if before is None or site.seen(person_id, before.cmid).state not in ACHIEVED:
            name = before.doc.name if before else "(Missing activity)"
            return f"Not available unless: The activity <strong>{name}</strong> is marked complete"
    groups = [group for group in course.groups.values() if group.name in wanted.groups]
    if wanted.groups and not any(person_id in group.members for group in groups):
        return f"Not available unless: You belong to <strong>{' or '.join(wanted.groups)}</strong>"
    if at < wanted.from_:
        return "Not available yet"
    if wanted.until and at >= wanted.until:
        return "Not available any more"
    return None
