"""The plan: only what differs, field by field; nothing deleted; nothing for what we do not manage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DataError
from connector.moodle.observation import Observation
from connector.moodle.slot_mark import slot_uuid
from connector.publish.differences import activity_fields
from connector.publish.modules import everywhere
from connector.publish.plan import make_plan
from connector.publish.removed import CANCELLED
from tests.publish.conftest import FILES, wanted_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.publish.changes import Plan

CODE = "ESSAI-2026A"
EVERYBODY = wanted_from(FILES)
EMPTY = Observation.model_validate({"accounts": [one.email for one in EVERYBODY.enrolments or ()]})


def observed(publication: Publication) -> dict[str, Any]:
    """What a site answers that holds exactly `publication`."""
    document = json.loads(publication.to_json())
    for number, activity in enumerate(document["activities"]):
        activity |= {"cmid": 300 + number, "modname": activity.pop("module")}
    document["course"] |= {"id": 12, "url": "https://moodle.exemple.fr/course/view.php?id=12"}
    document["people"] = []
    document["snapshots"] = [{"revision": 1, "published_at": 1, "snapshot": document.pop("snapshot")}]
    del document["format"]
    return {"accounts": list(EMPTY.accounts), "sessions": [document]}


def read(answer: dict[str, Any]) -> Observation:
    return Observation.model_validate(json.loads(json.dumps(answer)), extra="ignore")


def plan_of(change: Callable[[dict[str, Any]], None], wanted: Publication = EVERYBODY) -> Plan:
    """Plan against a site that held the session exactly before `change`."""
    answer = observed(EVERYBODY)
    change(answer["sessions"][0])
    return make_plan(wanted, read(answer))


def sent_keys(plan: Plan) -> set[str]:
    return (
        set(json.loads(plan.publication.to_json())) - {"format", "code", "basis", "prints"}
        if plan.publication
        else set()
    )


def activity(session: dict[str, Any], activity_id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in session["activities"] if one["idnumber"] == f"{CODE}/{activity_id}")
    return found


def test_an_empty_site_gets_everything() -> None:
    plan = make_plan(EVERYBODY, EMPTY)
    assert plan.publication is not None
    assert plan.publication.model_copy(update={"basis": None, "prints": None}) == everywhere(EVERYBODY)
    assert plan.publication.basis == ""
    assert {change.action for change in plan.changes} == {"creer"}
    assert plan.unchanged == ()
    assert plan.unknown_people == ()


def test_a_site_that_holds_it_gets_nothing() -> None:
    plan = plan_of(lambda _: None)
    assert plan.publication is None
    assert plan.changes == ()
    assert plan.unchanged == EVERYBODY.order


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": "Autre"}, ("name",)),
        ({"intro": ""}, ("intro",)),
        ({"section": "s2"}, ("section",)),
        ({"visible": False}, ("visible",)),
        ({"completion": {"tracking": "manual"}}, ("completion",)),
        ({"availability": {"groups": ["A"]}}, ("availability",)),
        ({"availability": {"other": '{"op":"|"}'}}, ("availability",)),
        ({"expected": 3}, ("expected",)),
        ({"settings": {"content": "autre"}}, ("settings.content",)),
        ({"name": "Autre", "settings": []}, ("name", "settings.content")),
    ],
    ids=str,
)
def test_an_activity_is_sent_alone_with_the_fields_that_differ(change: dict[str, Any], fields: tuple[str, ...]) -> None:
    plan = plan_of(lambda session: activity(session, "accueil").update(change))
    assert plan.publication is not None
    assert sent_keys(plan) == {"activities"}
    assert [one.idnumber for one in plan.publication.activities or ()] == [f"{CODE}/accueil"]
    (only,) = plan.changes
    action = "deplacer" if fields == ("section",) else "modifier"
    assert (only.action, only.kind, only.fields) == (action, "activite", fields)
    assert f"{CODE}/accueil" not in plan.unchanged
    assert len(plan.unchanged) == len(EVERYBODY.order or ()) - 1


def test_settings_that_we_do_not_manage_are_left_alone() -> None:
    plan = plan_of(lambda session: activity(session, "accueil")["settings"].update(display=5))
    assert plan.publication is None


def test_activities_of_others_are_left_alone() -> None:
    def add(session: dict[str, Any]) -> None:
        session["people"].append({"id": 9, "username": "invite", "email": "x@ac-exemple.fr", "roles": ["manager"]})
        session["enrolments"].append({"email": "x@ac-exemple.fr", "role": "manager", "groups": []})
        session["groups"].append({"idnumber": f"{CODE}/groupe/Z", "name": "Z"})
        session["sections"].append({"id": "autre", "name": "Ajoutée", "summary": ""})

    assert plan_of(add).publication is None


def test_order_of_prerequisites_and_groups_says_nothing(edited: Callable[..., Publication]) -> None:
    wanted = edited("parcours.yaml", ("prerequis: [accueil]", "prerequis: [lien, accueil]"))
    answer = observed(wanted)
    activity(answer["sessions"][0], "echanges")["availability"]["completed"].reverse()
    assert make_plan(wanted, read(answer)).publication is None


def test_an_activity_that_is_no_longer_wanted_is_hidden(edited: Callable[..., Publication]) -> None:
    wanted = edited("session.yaml", ("echeances:", "contextualisation: {retirer: [sondage]}\necheances:"))
    plan = make_plan(wanted, read(observed(EVERYBODY)))
    assert plan.publication is not None
    (hidden,) = plan.publication.activities or ()
    assert not hidden.visible
    assert set(hidden.leave) == set(activity_fields(hidden)) - {"idnumber", "visible"}
    assert [change.action for change in plan.changes if change.kind == "activite"] == ["masquer"]

    answer = observed(EVERYBODY)
    activity(answer["sessions"][0], "sondage")["visible"] = False
    answer["sessions"][0]["snapshots"][0]["snapshot"] = wanted.snapshot
    assert wanted.course is not None
    answer["sessions"][0]["course"]["summary"] = wanted.course.summary  # it says what the session took away
    assert make_plan(wanted, read(answer)).publication is None


def test_a_slot_that_is_no_longer_wanted_is_said_cancelled(edited: Callable[..., Publication]) -> None:
    slot = (
        '    - {id: b1, debut: 2026-11-04T13:30, fin: 2026-11-04T16:30, lieu: "École des Tilleuls, Lyon", groupe: B}\n'
    )
    wanted = edited("session.yaml", (slot, ""))
    plan = make_plan(wanted, read(observed(EVERYBODY)))
    assert plan.publication is not None
    (event,) = plan.publication.events or ()
    assert event.uuid == slot_uuid(CODE, "rencontre", "b1")
    assert event.name == f"{CANCELLED}Rencontre"

    answer = observed(wanted)
    answer["sessions"][0]["events"].append(event.model_dump())
    assert make_plan(wanted, read(answer)).publication is None


def test_another_type_under_the_same_id_is_refused() -> None:
    with pytest.raises(DataError, match=r"« Bienvenue » \(ESSAI-2026A/accueil\) est déjà dans Moodle") as caught:
        plan_of(lambda session: activity(session, "accueil").update(modname="forum"))
    assert "donnez-lui un autre « id »" in str(caught.value)


def test_moved_activities_send_the_whole_order() -> None:
    plan = plan_of(lambda session: session["order"].reverse())
    assert plan.publication is not None
    assert sent_keys(plan) == {"order"}
    assert plan.publication.order == EVERYBODY.order


def test_moved_sections_are_all_named() -> None:
    plan = plan_of(lambda session: session["sections"].reverse())
    assert plan.publication is not None
    assert sent_keys(plan) == {"sections"}
    assert plan.publication.sections == EVERYBODY.sections


def test_a_changed_section_goes_alone() -> None:
    plan = plan_of(lambda session: session["sections"][1].update(name="Ancien"))
    assert plan.publication is not None
    assert [one.id for one in plan.publication.sections or ()] == ["s2"]


@pytest.mark.parametrize(
    ("key", "change", "expected"),
    [
        ("course", lambda session: session["course"].update(enddate=0), {"course"}),
        ("categories", lambda session: session["categories"].pop(), {"categories"}),
        ("groups", lambda session: session["groups"].pop(), {"groups"}),
        ("events", lambda session: session["events"][0].update(start=3), {"events"}),
        ("snapshot", lambda session: session["snapshots"].clear(), {"snapshot"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_key_alone(key: str, change: Callable[[dict[str, Any]], None], expected: set[str]) -> None:
    plan = plan_of(change)
    assert sent_keys(plan) == expected
    assert len(plan.changes) == 1


def test_only_the_newest_snapshot_counts() -> None:
    def add(session: dict[str, Any]) -> None:
        session["snapshots"].insert(0, {"revision": 2, "published_at": 2, "snapshot": {"format": "autre"}})

    assert sent_keys(plan_of(add)) == {"snapshot"}


class TestPeople:
    def test_somebody_in_another_group_is_sent_alone(self) -> None:
        plan = plan_of(lambda session: session["enrolments"][0].update(groups=["B"]))
        assert plan.publication is not None
        (one,) = plan.publication.enrolments or ()
        assert (one.email, one.groups) == ("camille.arnaud@ac-exemple.fr", ("A",))

    def test_no_account_no_write(self) -> None:
        answer = observed(EVERYBODY)
        answer["accounts"] = []
        answer["sessions"][0]["enrolments"] = answer["sessions"][0]["enrolments"][1:]
        plan = make_plan(EVERYBODY, read(answer))
        assert plan.publication is None
        assert plan.unknown_people == ("camille.arnaud@ac-exemple.fr",)

    def test_an_account_that_came_later_is_enrolled(self) -> None:
        plan = plan_of(lambda session: session["enrolments"].pop(0))
        assert sent_keys(plan) == {"enrolments"}

    def test_a_role_is_added_beside_another(self) -> None:
        plan = plan_of(lambda session: session["enrolments"][3].update(role="student"))
        assert plan.publication is not None
        (one,) = plan.publication.enrolments or ()
        assert one.role == "editingteacher"


PIECES = ["activities", "sections", "groups", "enrolments", "events"]


@given(st.data())
def test_whatever_is_missing_is_sent_and_nothing_else(data: st.DataObject) -> None:
    """Take anything out of the site: the plan names exactly that, and the site completed with it has no plan left."""
    answer = observed(EVERYBODY)
    session = answer["sessions"][0]
    taken: dict[str, int] = {}
    for key in PIECES:
        gone = data.draw(st.sets(st.integers(0, len(session[key]) - 1)), label=key)
        session[key] = [one for number, one in enumerate(session[key]) if number not in gone]
        taken[key] = len(gone)
    present = {one["idnumber"] for one in session["activities"]}
    session["order"] = [key for key in session["order"] if key in present]
    plan = make_plan(EVERYBODY, read(answer))
    for key in PIECES:
        found = len(getattr(plan.publication, key) or ()) if plan.publication else 0
        everything = len(getattr(EVERYBODY, key))
        assert found in ({taken[key], everything} if key == "sections" and taken[key] else {taken[key]})
    assert (plan.publication is None) == (not any(taken.values()))
