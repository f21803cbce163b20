"""Mode M against the sandbox: exact calls, nothing written twice, what is left is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from connector.moodle.soap import SoapTransport
from connector.publish.stock.slots import CANCELLED
from tests.publish.stock_world import CODE, READ, publish, restored, written

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox

AGAIN = [call for call in READ if call != "core_course_get_course_module"]


def test_first_run_writes_in_five_calls_and_the_second_in_none(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    course = restored(sandbox, transport, wanted)
    outcome = publish(transport, wanted, course)
    assert sandbox.calls == [
        *READ,
        "core_user_get_users_by_field",
        "core_calendar_get_calendar_events",
        "core_course_update_courses",
        "enrol_manual_enrol_users",
        "core_group_add_group_members",
        "core_calendar_create_calendar_events",
        *AGAIN,
        "core_calendar_get_calendar_events",
    ]
    assert outcome.left.by_hand == ()
    sandbox.calls.clear()
    assert not publish(transport, wanted, course).done.writes
    assert sandbox.calls == [*READ, "core_calendar_get_calendar_events"]


def test_what_the_course_then_holds(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    publish(transport, wanted, course.id)
    assert wanted.course is not None
    assert (course.shortname, course.idnumber, course.fullname) == (CODE, CODE, wanted.course.fullname)
    people = {sandbox.site.people[number].email: roles for number, roles in course.enrolments.items()}
    assert people["camille.arnaud@ac-exemple.fr"] == {"student"}
    assert people["anne.martin@ac-exemple.fr"] == {"editingteacher"}
    groups = {
        group.name: {sandbox.site.people[number].email for number in group.members} for group in course.groups.values()
    }
    assert groups == {
        "A": {"camille.arnaud@ac-exemple.fr", "hugo.bertin@ac-exemple.fr"},
        "B": {"ines.belkacem@ac-exemple.fr"},
    }
    assert {event.name for event in course.calendar.values()} == {
        "Rencontre (groupe A)",
        "Rencontre (groupe B)",
        "Point d'étape",
    }
    assert any("École Jean-Macé, Lyon" in event.description for event in course.calendar.values())


def test_a_moved_slot_is_written_again_and_a_removed_one_said_cancelled(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    publish(transport, wanted, course.id)
    changed = edited(
        "session.yaml",
        ("2026-10-07T13:30, fin: 2026-10-07T16:30", "2026-10-14T13:30, fin: 2026-10-14T16:30"),
        ("  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n",
         "  visio:\n    - {id: v2, debut: 2026-11-13T17:00, fin: 2026-11-13T18:00}\n"),
    )  # fmt: skip
    publish(transport, changed, course.id)
    names = sorted(event.name for event in course.calendar.values())
    assert names == [f"{CANCELLED}Point d'étape", "Point d'étape", "Rencontre (groupe A)", "Rencontre (groupe B)"]
    assert {event.timestart for event in course.calendar.values() if event.name == "Rencontre (groupe A)"} == {
        1791977400
    }
    assert not publish(transport, changed, course.id).done.writes


def test_an_event_edited_in_moodle_is_put_back_and_others_are_left_alone(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    publish(transport, wanted, course.id)
    theirs, ours = dict(course.calendar), next(iter(course.calendar.values()))
    ours.name = "Déplacée"
    publish(transport, wanted, course.id)
    assert len(course.calendar) == len(theirs)
    assert "Déplacée" not in {event.name for event in course.calendar.values()}


def test_a_person_changes_groups(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    publish(transport, wanted, course.id)
    sandbox.calls.clear()
    changed = edited("participants.csv", ("hugo.bertin@ac-exemple.fr;A", "hugo.bertin@ac-exemple.fr;B"))
    publish(transport, changed, course.id)
    assert written(sandbox) == ["core_group_delete_group_members", "core_group_add_group_members"]


def test_removed_activities_are_hidden_and_shown_again_when_they_come_back(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    fewer = wanted.model_copy(
        update={"activities": tuple(one for one in wanted.activities or () if one.idnumber != f"{CODE}/lien")}
    )
    assert publish(transport, fewer, course.id).done.hide == (course.modules[f"{CODE}/lien"].cmid,)
    assert not course.modules[f"{CODE}/lien"].doc.visible
    assert not publish(transport, fewer, course.id).done.writes
    publish(transport, wanted, course.id)
    assert course.modules[f"{CODE}/lien"].doc.visible
    assert not course.modules[f"{CODE}/accueil~note"].doc.visible


def test_a_missing_group_is_created_before_it_is_joined(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication
) -> None:
    course = sandbox.site.courses[restored(sandbox, transport, wanted)]
    del course.groups[f"{CODE}/groupe/B"]
    outcome = publish(transport, wanted, course.id)
    assert outcome.done.groups == {f"{CODE}/groupe/B": "B"}
    assert course.groups[f"{CODE}/groupe/B"].members


def test_people_without_account_are_told(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = restored(sandbox, transport, wanted)
    sandbox.site.add_person("double", "Hugo", "Bertin", "hugo.bertin@ac-exemple.fr")
    outcome = publish(transport, wanted, course)
    assert outcome.left.people.unknown == ("hugo.bertin@ac-exemple.fr",)


def test_a_deadline_moves_with_its_calendar_event(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    course = restored(sandbox, transport, wanted)
    later = edited("parcours.yaml", ("J+21", "J+28"))
    outcome = publish(transport, later, course)
    assert [move.after for move in outcome.done.moves] == [1793055540 + 7 * 86400]
    assert outcome.left.by_hand == ()


def test_what_differs_is_told_field_by_field(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
) -> None:
    course = restored(sandbox, transport, wanted)
    changed = edited(
        "parcours.yaml",
        ("titre: Bienvenue", "titre: Bonjour"),
        ("achevement: {messages: 2}", "achevement: manuel"),
        ("prerequis: [accueil]", "prerequis: [accueil, lien]"),
        ("durees: {presence: 3h, distance: 4h35}", "durees: {presence: 3h, distance: 4h40}"),
        ("duree: 20min\n        achevement: vue", "duree: 25min\n        achevement: vue"),
        ("- id: sondage", "- id: sondage-deux"),
    )
    left = publish(transport, changed, course).left.by_hand
    assert {one.idnumber.partition("/")[2]: one.fields for one in left} == {
        "accueil": ("titre (« Bienvenue »)",),
        "accueil~note": ("titre (« Note aux formateurs : Bienvenue »)",),
        "lien": ("présentation",),
        "echanges": ("achèvement", "restrictions d'accès"),
        "sondage-deux": (),
    }


def test_names_that_moodle_shows_as_html_are_the_same_names(
    sandbox: Sandbox, transport: RestTransport, edited: Callable[..., Publication]
) -> None:
    edited("session.yaml", ("groupes: [A, B]", 'groupes: [A, B, "C & D"]'), ("groupe: B}", 'groupe: "C & D"}'))
    odd = edited(
        "parcours.yaml",
        ("titre: Observer des calculs", 'titre: "Calculs & mesures < 10"'),
        ("titre: Bienvenue", 'titre: "Bien & venue"'),
        ("titre: Produire", 'titre: "Produire & écrire"'),
        ("titre: Rencontre", 'titre: "Rencontre & co"'),
    )
    course = restored(sandbox, transport, odd)
    assert publish(transport, odd, course).left.by_hand == ()
    assert not publish(transport, odd, course).done.writes


def test_over_soap_too(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
    course = restored(sandbox, transport, wanted)
    soap = SoapTransport(sandbox.url, SecretStr(sandbox.token))
    assert publish(soap, wanted, course).done.writes
    assert not publish(transport, wanted, course).done.writes
