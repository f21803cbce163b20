"""Mode S against the sandbox: a session of January made from that of October."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import ConfigError, DataError, FatalError
from connector.publish.stock.copying import copy_of_model, made_earlier
from tests.publish.stock_world import JANUARY, PLUGIN, Unkept, publish, restored, silent, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox


def test_a_copy_its_dates_people_and_calendar(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    model = restored(sandbox, transport, wanted)
    publish(transport, wanted, model)
    january = edited("session.yaml", *JANUARY)
    told: list[str] = []
    sandbox.calls.clear()
    course = copy_of_model(transport, january, model, Unkept(), say=told.append)
    publish(transport, january, course)
    assert written(sandbox) == [
        "core_course_duplicate_course",
        "core_course_update_courses",
        "enrol_manual_enrol_users",
        "core_group_add_group_members",
        "core_calendar_create_calendar_events",
        "core_calendar_delete_calendar_events",
        "core_course_update_courses",
    ]
    made = sandbox.site.courses[course]
    assert january.course is not None
    assert (made.shortname, made.idnumber, made.visible) == ("ESSAI-2027B", "ESSAI-2027B", True)
    assert (made.startdate, made.enddate) == (january.course.startdate, january.course.enddate)
    assert len(made.calendar) == 3
    assert min(event.timestart for event in made.calendar.values()) > january.course.startdate
    assert {line.partition("(")[2].partition(")")[0] for line in told[1:]} == {
        "ESSAI-2027B/rencontre",
        "ESSAI-2027B/visio",
        "ESSAI-2027B/sequence",
        "ESSAI-2027B/test-final",
    }


def test_deadlines_follow_once_the_site_has_made_their_events(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    model = restored(sandbox, transport, wanted)
    january = edited("session.yaml", *JANUARY)
    course = copy_of_model(transport, january, model, Unkept(), say=silent)
    left = {one.idnumber: one.fields for one in publish(transport, january, course).left.by_hand}
    assert left["ESSAI-2027B/sequence"] == ("échéance (relancez la publication après le prochain cron du site)",)
    sandbox.run_cron()
    outcome = publish(transport, january, course)
    assert len(outcome.done.moves) == 1
    assert "ESSAI-2027B/sequence" not in {one.idnumber for one in outcome.left.by_hand}
    assert not publish(transport, january, course).done.writes


def test_a_second_run_goes_on_with_the_copy(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    model = restored(sandbox, transport, wanted)
    january = edited("session.yaml", *JANUARY)
    course = copy_of_model(transport, january, model, Unkept(), say=silent)
    publish(transport, january, course)
    sandbox.calls.clear()
    assert made_earlier(transport, january.code, model, Unkept()) == course
    assert sandbox.calls == ["core_course_get_courses_by_field"]


def test_a_copy_that_was_interrupted_is_not_adopted_silently(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    model = restored(sandbox, transport, wanted)
    january = edited("session.yaml", *JANUARY)
    course = copy_of_model(transport, january, model, Unkept(), say=silent)
    with pytest.raises(DataError, match=f"relancez avec --cours {course}"):
        made_earlier(transport, january.code, model, Unkept())
    assert publish(transport, january, course).done.course["idnumber"] == "ESSAI-2027B"


def test_a_copy_that_moodle_gives_up_says_why_and_what_it_left(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    """As a real 4.5.6 does for an account that may not add questions: an empty, hidden course stays."""
    model = sandbox.site.courses[restored(sandbox, transport, wanted)]
    january = edited("session.yaml", *JANUARY)
    model.uncopiable = True
    with pytest.raises(ConfigError, match="son contrôle a échoué") as caught:
        copy_of_model(transport, january, model.id, Unkept(), say=silent)
    left = next(one for one in sandbox.site.courses.values() if one is not model)
    told = f"un cours vide, le {left.id} : supprimez-le dans Moodle"
    assert told in str(caught.value)
    assert "--cours" not in str(caught.value)
    with pytest.raises(DataError, match=f"est déjà celui du cours {left.id}") as again:
        made_earlier(transport, january.code, model, Unkept())
    assert told in str(again.value)
    assert sandbox.calls.count("core_course_duplicate_course") == 1

    del sandbox.site.courses[left.id]  # as told
    model.uncopiable = False
    made = copy_of_model(transport, january, model.id, Unkept(), say=silent)
    assert publish(transport, january, made).done.writes


def test_a_copy_that_breaks_off_says_that_something_may_be_left(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    """As 5.1.3 does in the same case: a PHP error, and a course half made under the model's name."""
    model = restored(sandbox, transport, wanted)

    class Breaking:
        address, upload = transport.address, transport.upload

        def call(self, function: str, params: Mapping[str, object], *, write: bool) -> JsonValue:
            if function == "core_course_duplicate_course":
                raise FatalError("get_questions_category(): … (TypeError, sans code).")
            return transport.call(function, params, write=write)

    with pytest.raises(FatalError, match=r"TypeError.* un cours inachevé, qui porte le nom du modèle"):
        copy_of_model(Breaking(), edited("session.yaml", *JANUARY), model, Unkept(), say=silent)


def test_a_copy_refused_before_anything_was_made_leaves_nothing_to_tell(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    """Negative control of the above."""
    model = restored(sandbox, transport, wanted)
    sandbox.faults.withheld = PLUGIN | {"core_course_duplicate_course"}
    with pytest.raises(ConfigError, match="n'autorise pas la fonction") as caught:
        copy_of_model(transport, edited("session.yaml", *JANUARY), model, Unkept(), say=silent)
    assert "supprimez-le" not in str(caught.value)


def test_a_model_of_something_else(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    model = sandbox.site.courses[restored(sandbox, transport, wanted)]
    for module in model.modules.values():
        module.doc = module.doc.model_copy(update={"idnumber": "x"})
    with pytest.raises(DataError, match="Aucune activité du cours"):
        copy_of_model(transport, edited("session.yaml", *JANUARY), model.id, Unkept(), say=silent)
    assert "core_course_duplicate_course" not in sandbox.calls
