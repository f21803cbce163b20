"""Dates of activities that Moodle moves with their event of the calendar, to the day. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.publish.differences import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.moodle.document import ActivitySettings
    from connector.publish.stock.state import StockCourse, StockModule

DATES = {"due": "duedate", "open": "timeopen", "close": "timeclose"}
"""Settings that are such dates, with Moodle's name of each in a course page; the calendar's is the setting's own."""

UNTOLD = frozenset({"bigbluebuttonbn"})
"""Modules of whose dates a course page says nothing: what their description says of them is compared instead."""

_DAY = 86_400


def dates_of(one: ActivitySettings, module: StockModule) -> Iterator[tuple[str, int, int]]:
    """Yield the settings of an activity that are dates: the name, what the session says, what the course has.

    What `leave` names is not among them.
    """
    if module.shown.modname in UNTOLD:
        return
    shown = {date.dataid: date.timestamp for date in module.shown.dates}
    for setting, name in DATES.items():
        wanted = one.settings.get(setting)
        if isinstance(wanted, int) and f"{SETTINGS}{setting}" not in one.leave:
            yield setting, wanted, shown.get(name, 0)


def event_of(course: StockCourse, module: StockModule, setting: str) -> int | None:
    """Return the activity's own event of that date; after a restoration, none before the site's next cron."""
    key = (module.shown.modname, module.shown.instance, setting)
    return next((one.id for one in course.events if (one.modulename, one.instance, one.eventtype) == key), None)


def another_day(wanted: int, found: int) -> bool:
    """Tell whether a date that exists must move by days: its time of day cannot be changed."""
    return bool(wanted and found and round((wanted - found) / _DAY))
