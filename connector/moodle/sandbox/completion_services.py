"""The three completion services: what somebody has completed, an override, one's own tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.moodle.sandbox import completion, events, rendering
from connector.moodle.sandbox.acts import can_override
from connector.moodle.sandbox.calls import Call, accessible_course, accessible_module
from connector.moodle.sandbox.events import Detail, Event
from connector.moodle.sandbox.exceptions import missing_record, moodle_error, no_permission

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.sandbox.site import Course, Module


def activities_completion(call: Call) -> JsonValue:
    """Answer `core_completion_get_activities_completion_status`."""
    course = call.site.courses.get(call.integer("courseid"))
    if course is None:
        raise missing_record("course", "id", str(call.integer("courseid")))
    person = call.site.people.get(call.integer("userid"))
    if person is None:
        raise moodle_error("invaliduser", "Invalid user")
    accessible_course(call, course.id)
    staff = can_override(call.caller, course)
    if person is not call.caller and not staff:
        raise no_permission("View activity completion reports")
    statuses: list[JsonValue] = []
    for module in course.ordered_modules():
        unmet = completion.unmet_restriction(call.site, course, module, call.caller.id, call.site.clock())
        visible = staff or (module.doc.visible and unmet is None)
        if module.doc.completion.tracking != "none" and visible:
            ids: dict[str, JsonValue] = {
                "cmid": module.cmid,
                "modname": module.modname,
                "instance": module.instance,
                "tracking": completion.TRACKING[module.doc.completion.tracking],
            }
            statuses.append(ids | rendering.completion_data(call.site, course, module, person, visible=visible))
    return {"statuses": statuses, "warnings": []}


def override(call: Call) -> JsonValue:
    """Answer `core_completion_override_activity_completion_status`, which takes people who are not enrolled too."""
    course, module = accessible_module(call)
    state, person = call.integer("newstate"), call.integer("userid")
    tracked = module.doc.completion.tracking != "none"
    progress = call.site.progress_of(person, module.cmid) if tracked else call.site.seen(person, module.cmid)
    if tracked:
        if not can_override(call.caller, course):
            raise no_permission("Override activity completion status")
        if progress.state != state:
            completion.check_direct(module.cmid, state)
        states = completion.update(module.doc, progress, state, call.site.clock(), override_by=call.caller.id)
        _announce(call, course, module, person, states)
    return {
        "cmid": module.cmid,
        "userid": person,
        "state": progress.state,
        "timecompleted": progress.time,
        "overrideby": progress.override_by,
        "tracking": completion.TRACKING[module.doc.completion.tracking],
    }


def _announce(call: Call, course: Course, module: Module, person: int, states: list[int]) -> None:
    call.raised.extend(
        Event(events.COMPLETION, person, course.id, call.site.clock(), module.cmid, detail=Detail(state=state))
        for state in states
    )


def complete_manually(call: Call) -> JsonValue:
    """Answer `core_completion_update_activity_completion_status_manually`."""
    course, module = accessible_module(call)
    if module.doc.completion.locked and not call.caller.manager:
        raise no_permission("Manually mark activities as complete")
    if module.doc.completion.tracking != "manual":
        raise moodle_error("cannotmanualctrack", "Activity does not provide manual completion tracking")
    state = completion.COMPLETE if call.params["completed"] else completion.INCOMPLETE
    progress = call.site.progress_of(call.caller.id, module.cmid)
    states = completion.update(module.doc, progress, state, call.site.clock())
    _announce(call, course, module, call.caller.id, states)
    return {"status": True, "warnings": []}
