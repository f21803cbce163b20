"""`classe_virtuelle`: a BigBlueButton room where the site has it, a page elsewhere, and what happens in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.errors import FatalError
from connector.moodle.sandbox import Act, Kind
from connector.publish.apply import Choices, observe, publish
from connector.publish.plan import Wishes, make_plan
from connector.publish.planned import planned_offline
from tests.publish.conftest import FILES, SUPPLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import ActivitySettings, Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.sandbox.site import Module
    from connector.publish.changes import Plan
    from connector.publish.journal import PublicationJournal

KEY = "ESSAI-2026A/visio"
WAITING = "ESSAI-2026A/sequence"
HUGO = "hugo.bertin@ac-exemple.fr"
SLOT = "{id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}"
AS_PAGE = "classe virtuelle publiée comme page : BigBlueButton n'est pas activé sur ce site (« Point d'étape »)"


def room_of(wanted: Publication) -> ActivitySettings:
    return next(one for one in wanted.activities or () if one.idnumber == KEY)


def enable(sandbox: Sandbox, *, on: bool = True) -> None:
    sandbox.site.disabled = frozenset() if on else frozenset({"bigbluebuttonbn"})


def module(sandbox: Sandbox, key: str = KEY) -> Module:
    found = sandbox.site.module_by_idnumber(key)
    assert found is not None
    return found


@pytest.fixture
def send(transport: RestTransport, journal: PublicationJournal) -> Callable[..., Plan]:
    """Return a function that publishes and says the plan that was carried out."""

    def run(wanted: Publication, wishes: Wishes | None = None) -> Plan:
        outcome = publish(transport, wanted, journal, SUPPLY, wishes=wishes or Wishes())
        assert outcome is not None
        return outcome.plan

    return run


@pytest.fixture
def waiting(edited: Callable[..., Publication]) -> Publication:
    """The session, in which an activity waits for the virtual class."""
    return edited(
        "parcours.yaml",
        (
            "achevement: remise\n        contenu: {r",
            "achevement: remise\n        prerequis: [visio]\n        contenu: {r",
        ),
    )


def test_the_page_of_a_site_without_it_is_the_expected_one(wanted: Publication) -> None:
    page = room_of(wanted).instead
    assert page is not None
    expected = (FILES / "expected" / "visio-page.json").read_text(encoding="utf-8")
    assert json.loads(page.model_dump_json()) == json.loads(expected)


@pytest.mark.parametrize(
    ("slots", "opens", "closes", "apart"),
    [
        (SLOT, 1794498600, 1794502800, False),
        (
            "{id: v1, debut: 2026-11-13T17:00, fin: 2026-11-13T18:00}\n    - " + SLOT.replace("v1", "v2"),
            1794498600,
            1794589200,
            False,
        ),
        (SLOT.replace("}", ", groupe: A}"), 1794498600, 1794502800, True),
        (SLOT.replace("}", ", groupe: A}") + "\n    - " + SLOT.replace("v1", "v2"), 1794498600, 1794502800, False),
    ],
    ids=["one", "two days, out of order", "a group's", "a group's and everybody's"],
)
def test_a_room_opens_ten_minutes_before_and_closes_at_the_last_end(
    edited: Callable[..., Publication], slots: str, opens: int, closes: int, *, apart: bool
) -> None:
    room = room_of(edited("session.yaml", (SLOT, slots)))
    assert room.settings == {"open": opens, "close": closes, "separate_groups": apart}


def test_a_site_without_it_gets_the_page_says_so_and_stays_as_it_is(
    sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication
) -> None:
    first = send(wanted)
    assert first.remarks == (AS_PAGE,)
    assert module(sandbox).modname == "page"
    again = send(wanted)
    assert (again.publication, again.changes, again.drift, again.remarks) == (None, (), (), (AS_PAGE,))


def test_a_site_with_it_gets_the_room_and_nothing_is_said(
    sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication
) -> None:
    enable(sandbox)
    assert send(wanted).remarks == ()
    assert module(sandbox).modname == "bigbluebuttonbn"
    assert send(wanted).publication is None


def test_once_enabled_a_page_that_nobody_has_completed_makes_room(
    sandbox: Sandbox, send: Callable[..., Plan], waiting: Publication
) -> None:
    send(waiting)
    page = module(sandbox)
    enable(sandbox)
    plan = send(waiting)
    (change,) = plan.changes
    assert [(one.name, one.before, one.after) for one in change.details] == [("module", "page", "bigbluebuttonbn")]
    assert plan.remarks == ()
    room, aside = module(sandbox), module(sandbox, f"{KEY}~page")
    assert (room.modname, aside.cmid, aside.doc.visible) == ("bigbluebuttonbn", page.cmid, False)
    assert module(sandbox, WAITING).doc.availability.completed == (KEY,)
    course = sandbox.site.courses[room.course_id]
    assert [one.doc.idnumber for one in course.ordered_modules() if "~page" not in one.doc.idnumber] == list(
        waiting.order or ()
    )
    assert send(waiting).publication is None


def test_a_page_that_somebody_has_completed_stays_and_says_why(
    sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication
) -> None:
    send(wanted)
    sandbox.site.progress_of(sandbox.site.person_by_email(HUGO).id, module(sandbox).cmid).state = 1  # type: ignore[union-attr]
    enable(sandbox)
    plan = send(wanted)
    assert plan.publication is None
    assert plan.remarks == (
        "classe virtuelle laissée comme page, car des participants l'ont déjà achevée (« Point d'étape »)",
    )


def test_a_page_that_was_edited_in_moodle_stays_unless_it_is_overwritten(
    sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication
) -> None:
    send(wanted)
    page = module(sandbox)
    page.doc = page.doc.model_copy(update={"name": "Salle de la circonscription"})
    enable(sandbox)
    plan = send(wanted)
    assert plan.publication is None
    assert [change.key for change in plan.drift] == [KEY]
    assert "laissée comme page, car elle a été modifiée dans Moodle" in plan.remarks[0]
    assert send(wanted, Wishes(overwrite=True)).remarks == ()
    assert module(sandbox).modname == "bigbluebuttonbn"
    assert module(sandbox, f"{KEY}~page").doc.name == "Salle de la circonscription"


def test_a_page_completed_since_the_plan_was_made_is_not_replaced(
    transport: RestTransport,
    journal: PublicationJournal,
    sandbox: Sandbox,
    send: Callable[..., Plan],
    wanted: Publication,
) -> None:
    send(wanted)
    enable(sandbox)

    def accept(_: Plan) -> bool:
        sandbox.site.progress_of(sandbox.site.person_by_email(HUGO).id, module(sandbox).cmid).state = 1  # type: ignore[union-attr]
        return True

    with pytest.raises(FatalError):
        publish(transport, wanted, journal, SUPPLY, choices=Choices(accept))
    assert module(sandbox).modname == "page"


def test_a_room_stays_when_the_module_is_disabled_and_it_is_said(
    transport: RestTransport, sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication
) -> None:
    enable(sandbox)
    send(wanted)
    enable(sandbox, on=False)
    plan = make_plan(wanted, observe(transport, wanted))
    assert plan.changes == ()
    assert plan.remarks == (
        "classe virtuelle invisible : BigBlueButton n'est plus activé sur ce site (« Point d'étape »)",
    )


def test_offline_every_module_is_there(wanted: Publication) -> None:
    plan = planned_offline(wanted).plan
    assert plan.publication is not None
    assert room_of(plan.publication).module == "bigbluebuttonbn"
    assert plan.remarks == ()


def test_a_sheet_completes_the_room(sandbox: Sandbox, send: Callable[..., Plan], wanted: Publication) -> None:
    """A participant opens the room, and ticks nothing: signing is for the sheet."""
    enable(sandbox)
    send(wanted)
    sandbox.act(HUGO, KEY, Act(Kind.VIEW))
    assert sandbox.site.seen(sandbox.site.person_by_email(HUGO).id, module(sandbox).cmid).state == 0  # type: ignore[union-attr]
