"""What publishing would do, whatever the mode: read, planned, and told in one shape. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from connector.moodle.observation import Observation
from connector.publish.apply import observe
from connector.publish.comparison import Comparison
from connector.publish.drift import Reference
from connector.publish.plan import NO_WISHES, make_plan
from connector.publish.rollcall.apply import planned_roll
from connector.publish.stock.changes import told
from connector.publish.stock.copying import future_copy, made_earlier
from connector.publish.stock.plan import make_stock_plan
from connector.publish.stock.state import read_course

if TYPE_CHECKING:
    from connector.moodle.document import Publication
    from connector.moodle.transport import Transport
    from connector.publish.changes import Plan
    from connector.publish.journal import StepJournal
    from connector.publish.modes import Mode
    from connector.publish.plan import Wishes
    from connector.publish.stock.differences import Difference


class Place(NamedTuple):
    """A course that exists."""

    id: int
    url: str


@dataclass(frozen=True)
class Planned:
    """A plan: in which mode (None: without any site), in which course (None: one to be made).

    `by_hand` is what core services cannot do, `observation` what the plugin said of the site.
    """

    plan: Plan
    mode: Mode | None = None
    course: Place | None = None
    by_hand: tuple[Difference, ...] = ()
    observation: Observation = field(default_factory=Observation)

    @property
    def nothing(self) -> bool:
        """Whether the site is as the files say, drift and what is left to a person included."""
        return not (self.plan.changes or self.plan.drift or self.by_hand)


def with_roll(planned: Planned, transport: Transport, wanted: Publication, wishes: Wishes = NO_WISHES) -> Planned:
    """Add what publishing would do to the roll of a site that has mod_attendance."""
    place = planned.course
    roll, _ = planned_roll(transport, wanted, place.id if place else None, overwrite=wishes.overwrite)
    plan = planned.plan
    return replace(
        planned,
        plan=replace(plan, changes=(*plan.changes, *roll.changes), drift=(*plan.drift, *roll.drift)),
        by_hand=(*planned.by_hand, *roll.by_hand),
    )


def planned_offline(wanted: Publication, wishes: Wishes = NO_WISHES) -> Planned:
    """Plan as on a site with every module, where everybody has an account and nothing was ever published."""
    accounts = tuple(dict.fromkeys(one.email for one in wanted.enrolments or ()))
    every = tuple({one.module for one in wanted.activities or ()})
    return Planned(make_plan(wanted, Observation(accounts=accounts, modules=every), wishes))


def planned_with_plugin(transport: Transport, wanted: Publication, mode: Mode, wishes: Wishes = NO_WISHES) -> Planned:
    """Plan what the plugin would be sent."""
    observation = observe(transport, wanted)
    found = observation.session(wanted.code)
    place = Place(found.course.id, found.course.url) if found else None
    return Planned(make_plan(wanted, observation, wishes), mode, place, observation=observation)


def planned_into(
    transport: Transport,
    wanted: Publication,
    mode: Mode,
    course_id: int,
    journal: StepJournal,
    wishes: Wishes = NO_WISHES,
) -> Planned:
    """Plan what core services would write into a course; raises what `make_stock_plan` raises."""
    found = read_course(transport, course_id, wanted)
    plan = make_stock_plan(wanted, found, Comparison(journal.reference(wanted.code), wishes.overwrite), wishes.roles)
    place = Place(course_id, f"{transport.address}/course/view.php?id={course_id}")
    return Planned(told(wanted, found, plan), mode, place, plan.by_hand)


def planned_from(
    transport: Transport,
    wanted: Publication,
    mode: Mode,
    journal: StepJournal,
    wishes: Wishes = NO_WISHES,
) -> Planned:
    """Plan the copy of a model, or what is still to be written into the copy that an earlier run made."""
    made = made_earlier(transport, wanted.code, mode.number, journal)
    if made is not None:
        return planned_into(transport, wanted, mode, made, journal, wishes)
    future = future_copy(transport, wanted, mode.number)
    plan = make_stock_plan(wanted, future, Comparison(Reference(None)), wishes.roles)
    return Planned(told(wanted, future, plan, new=True), mode, None, plan.by_hand)
