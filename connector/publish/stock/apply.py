"""Publishing with core services: read, plan, write what differs one step at a time, read again.

Each step is found again by the next run: killed anywhere, or in doubt about a write, running it once more finishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import DataError, FatalError
from connector.language import _
from connector.moodle import course_functions as core
from connector.publish.comparison import Comparison
from connector.publish.stock.changes import told
from connector.publish.stock.outcome import StockOutcome
from connector.publish.stock.plan import make_stock_plan
from connector.publish.stock.settled import halfway_prints, stock_prints
from connector.publish.stock.state import read_course
from connector.publish.stock.ties import groups_of
from connector.publish.stock.wording import to_do_by_hand

if TYPE_CHECKING:
    from connector.moodle.document import Publication
    from connector.moodle.transport import Transport
    from connector.publish.apply import Choices
    from connector.publish.drift import Reference
    from connector.publish.journal import StepJournal
    from connector.publish.plan import Wishes
    from connector.publish.stock.plan import StockPlan
    from connector.publish.stock.state import StockCourse


def publish_stock(
    transport: Transport,
    wanted: Publication,
    course_id: int,
    journal: StepJournal,
    *,
    wishes: Wishes,
    choices: Choices,
) -> StockOutcome | None:
    """Bring a course to what core services can make of a session; `None` when the plan is not accepted.

    What somebody edited in Moodle since the last publication stays, unless it is to be overwritten, or a person says
    so. The intent is journalled before the first write, and what came of it; what an earlier run left is said. Raises
    `DataError` when the course is not the session's, `FatalError` when it does not hold what was written.
    """
    before = read_course(transport, course_id, wanted)
    reference = journal.reference(wanted.code)
    plan = _decided(wanted, before, reference, wishes, choices)
    if cut := journal.settle(wanted.code, done=not plan.writes):
        choices.say(cut)
    for line in (*to_do_by_hand(plan.by_hand), *map(str, plan.people.given)):
        choices.say(line)
    if not plan.writes:
        journal.published(wanted.code, stock_prints(wanted, before, plan.ties))
        return StockOutcome(plan, before, plan)
    if not choices.accept(told(wanted, before, plan)):
        return None
    begun = (stock_prints(wanted, before, plan.ties), halfway_prints(wanted, before))
    with journal.writing(wanted.code, begun, cours=course_id):
        _write(transport, wanted, course_id, plan, before)
    after = read_course(transport, course_id, wanted, before)
    left = _left(transport, wanted, after, Comparison(reference, plan.overwrites), wishes)
    journal.published(wanted.code, stock_prints(wanted, after, left.ties))
    return StockOutcome(plan, after, left)


def _decided(
    wanted: Publication, before: StockCourse, reference: Reference, wishes: Wishes, choices: Choices
) -> StockPlan:
    """Return the plan, what was edited in Moodle being overwritten where a person says so."""
    plan = make_stock_plan(wanted, before, Comparison(reference, wishes.overwrite), wishes.roles)
    if plan.drift and not plan.overwrites and choices.overwrite(told(wanted, before, plan)):
        return make_stock_plan(wanted, before, Comparison(reference, overwrite=True), wishes.roles)
    return plan


def _left(
    transport: Transport, wanted: Publication, after: StockCourse, compare: Comparison, wishes: Wishes
) -> StockPlan:
    """Return what is left to a person, once all was written; raise `FatalError` when something is left to write."""
    refusal = None
    try:
        left = make_stock_plan(wanted, after, compare, wishes.roles)
        if not left.writes:
            return left
    except DataError as exc:  # of a course that could be planned a moment ago
        refusal = exc
    raise FatalError(
        _(
            "{address} ne rend pas ce qui vient d'être écrit dans le cours {id}.",
            address=transport.address,
            id=after.course.id,
        ),
        remedy=_(
            "Quelqu'un le modifie peut-être en ce moment, ou les rôles de ce site ne sont pas ceux "
            "de Moodle : vérifiez la page des participants, et la clé « roles » du site dans "
            "parcours.toml, puis relancez."
        ),
    ) from refusal


def _write(transport: Transport, wanted: Publication, course_id: int, plan: StockPlan, before: StockCourse) -> None:
    """Write the plan. A new event goes before the one it replaces; a course opens when all the rest is there."""
    groups = {name: group.id for name, group in groups_of(wanted, before.groups).items()}
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
    for move in plan.moves:
        core.move_event(transport, move.event, move.after)
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
