"""Modes M and S against the sandbox: exact calls, nothing written twice, what is left is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from connector.errors import ConfigError, DataError, FatalError, RetriableError
from connector.moodle import functions
from connector.moodle.soap import SoapTransport
from connector.publish.stock.apply import copy_of_model, publish_stock
from connector.publish.stock.slots import CANCELLED
from tests.publish.stock_world import PLUGIN, restored

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.publish.stock.apply import StockOutcome
    from connector.publish.stock.differences import Difference

CODE = "ESSAI-2026A"
READ = [
    "core_course_get_courses_by_field",
    "core_enrol_get_enrolled_users",
    "core_course_get_courses_by_field",
    "core_course_get_courses_by_field",
    "core_course_get_contents",
    *["core_course_get_course_module"] * 12,
    "core_group_get_course_groups",
]
AGAIN = [call for call in READ if call != "core_course_get_course_module"]


def publish(transport: RestTransport, wanted: Publication, course: int) -> StockOutcome:
    outcome = publish_stock(transport, wanted, course, accept=lambda _: True)
    assert outcome is not None
    return outcome


class TestRestoredCourse:
    def test_first_run_writes_in_five_calls_and_the_second_in_none(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
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

    def test_what_the_course_then_holds(self, sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        publish(transport, wanted, course.id)
        assert wanted.course is not None
        assert (course.shortname, course.idnumber, course.fullname) == (CODE, CODE, wanted.course.fullname)
        people = {sandbox.site.people[number].email: roles for number, roles in course.enrolments.items()}
        assert people["camille.arnaud@ac-exemple.fr"] == {"student"}
        assert people["anne.martin@ac-exemple.fr"] == {"editingteacher"}
        groups = {
            group.name: {sandbox.site.people[number].email for number in group.members}
            for group in course.groups.values()
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
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
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
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        publish(transport, wanted, course.id)
        theirs, ours = dict(course.calendar), next(iter(course.calendar.values()))
        ours.name = "Déplacée"
        publish(transport, wanted, course.id)
        assert len(course.calendar) == len(theirs)
        assert "Déplacée" not in {event.name for event in course.calendar.values()}

    def test_a_person_changes_groups(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        publish(transport, wanted, course.id)
        sandbox.calls.clear()
        changed = edited("participants.csv", ("hugo.bertin@ac-exemple.fr;A", "hugo.bertin@ac-exemple.fr;B"))
        publish(transport, changed, course.id)
        written = [call for call in sandbox.calls if "_get_" not in call]
        assert written == ["core_group_delete_group_members", "core_group_add_group_members"]

    def test_removed_activities_are_hidden_and_shown_again_when_they_come_back(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
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
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        del course.groups[f"{CODE}/groupe/B"]
        outcome = publish(transport, wanted, course.id)
        assert outcome.done.groups == {f"{CODE}/groupe/B": "B"}
        assert course.groups[f"{CODE}/groupe/B"].members

    def test_people_without_account_are_told(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = restored(sandbox, transport, wanted)
        sandbox.site.add_person("double", "Hugo", "Bertin", "hugo.bertin@ac-exemple.fr")
        outcome = publish(transport, wanted, course)
        assert outcome.left.people.unknown == ("hugo.bertin@ac-exemple.fr",)

    def test_a_deadline_moves_with_its_calendar_event(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        course = restored(sandbox, transport, wanted)
        later = edited("parcours.yaml", ("J+21", "J+28"))
        outcome = publish(transport, later, course)
        assert list(outcome.done.moves.values()) == [1793055540 + 7 * 86400]
        assert outcome.left.by_hand == ()

    def test_what_differs_is_told_field_by_field(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
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
        self, sandbox: Sandbox, transport: RestTransport, edited: Callable[..., Publication]
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

    def test_over_soap_too(self, sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
        course = restored(sandbox, transport, wanted)
        soap = SoapTransport(sandbox.url, SecretStr(sandbox.token))
        outcome = publish_stock(soap, wanted, course, accept=lambda _: True)
        assert outcome is not None
        assert outcome.done.writes
        assert not publish(transport, wanted, course).done.writes


class TestRefusals:
    def test_nothing_is_written_without_a_yes(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = restored(sandbox, transport, wanted)
        assert publish_stock(transport, wanted, course, accept=lambda _: False) is None
        assert not [call for call in sandbox.calls if "_get_" not in call]

    def test_the_course_of_another_session(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = restored(sandbox, transport, wanted)
        sandbox.site.courses[course].idnumber = "AUTRE-2026A"
        with pytest.raises(DataError, match="est celui de la session AUTRE-2026A"):
            publish(transport, wanted, course)

    @pytest.mark.parametrize("field", ["shortname", "idnumber"])
    def test_a_code_that_another_course_has(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, field: str
    ) -> None:
        course, other = restored(sandbox, transport, wanted), foreign(sandbox, transport, wanted)
        setattr(sandbox.site.courses[other], field, CODE)
        with pytest.raises(DataError, match=f"est déjà celui du cours {other}"):
            publish(transport, wanted, course)

    def test_a_course_with_nothing_of_the_session(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        for module in course.modules.values():
            module.doc = module.doc.model_copy(update={"idnumber": "x"})
        with pytest.raises(DataError, match="Restaurez-y d'abord la sauvegarde"):
            publish(transport, wanted, course.id)

    def test_two_activities_of_one_idnumber(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication
    ) -> None:
        course = sandbox.site.courses[restored(sandbox, transport, wanted)]
        for key, twin in (("lien", "AUTRE/accueil"), ("sondage", "AUTRE2/accueil"), ("accueil", "AUTRE3/lui")):
            module = course.modules[f"{CODE}/{key}"]
            module.doc = module.doc.model_copy(update={"idnumber": twin})
        with pytest.raises(DataError, match="2 activités portent l'idnumber"):
            publish(transport, wanted, course.id)

    def test_no_such_course(self, sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> None:
        restored(sandbox, transport, wanted)
        with pytest.raises(ConfigError, match="n'a pas de cours 9999"):
            publish(transport, wanted, 9999)

    def test_roles_that_are_not_moodle_s_own(
        self,
        sandbox: Sandbox,
        transport: RestTransport,
        wanted: Publication,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The course does not hold what was written: said, not believed."""
        course = restored(sandbox, transport, wanted)
        monkeypatch.setattr("connector.publish.stock.plan._ROLES", {"student": 4, "teacher": 5, "editingteacher": 3})
        with pytest.raises(FatalError, match="vérifiez la page des participants"):
            publish(transport, wanted, course)

    @pytest.mark.parametrize("write", range(4))
    def test_stopped_at_any_write_the_next_run_finishes(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, write: int
    ) -> None:
        course = restored(sandbox, transport, wanted)
        sandbox.faults.fail_at = len(READ) + 2 + write + 1
        with pytest.raises((FatalError, RetriableError)):
            publish(transport, wanted, course)
        sandbox.faults.fail_at = 0
        assert len([call for call in sandbox.calls if "_get_" not in call]) == write + 1
        assert publish(transport, wanted, course).done.writes
        assert not publish(transport, wanted, course).done.writes
        assert len(sandbox.site.courses[course].calendar) == 3


class TestCopyOfAModel:
    """Mode S: a session of January made from that of October."""

    JANUARY = (
        ("code: ESSAI-2026A", "code: ESSAI-2027B"),
        ("debut: 2026-10-05", "debut: 2027-01-05"),
        ("fin: 2026-12-18", "fin: 2027-03-26"),
        ("2026-10-07T", "2027-01-13T"),
        ("2026-11-04T", "2027-02-03T"),
        ("2026-11-12T", "2027-02-10T"),
    )

    def test_a_copy_its_dates_people_and_calendar(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        model = restored(sandbox, transport, wanted)
        publish(transport, wanted, model)
        january = edited("session.yaml", *self.JANUARY)
        told: list[tuple[Difference, ...]] = []
        sandbox.calls.clear()
        course = copy_of_model(transport, january, model, tell=told.append)
        publish(transport, january, course)
        assert [call for call in sandbox.calls if "_get_" not in call] == [
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
        assert {one.idnumber for one in told[0]} == {
            "ESSAI-2027B/rencontre",
            "ESSAI-2027B/visio",
            "ESSAI-2027B/sequence",
            "ESSAI-2027B/test-final",
        }

    def test_deadlines_follow_once_the_site_has_made_their_events(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        model = restored(sandbox, transport, wanted)
        january = edited("session.yaml", *self.JANUARY)
        course = copy_of_model(transport, january, model, tell=lambda _: None)
        left = {one.idnumber: one.fields for one in publish(transport, january, course).left.by_hand}
        assert left["ESSAI-2027B/sequence"] == ("échéance (relancez la publication après le prochain cron du site)",)
        sandbox.run_cron()
        outcome = publish(transport, january, course)
        assert len(outcome.done.moves) == 1
        assert "ESSAI-2027B/sequence" not in {one.idnumber for one in outcome.left.by_hand}
        assert not publish(transport, january, course).done.writes

    def test_a_second_run_goes_on_with_the_copy(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        model = restored(sandbox, transport, wanted)
        january = edited("session.yaml", *self.JANUARY)
        course = copy_of_model(transport, january, model, tell=lambda _: None)
        publish(transport, january, course)
        sandbox.calls.clear()
        assert copy_of_model(transport, january, model, tell=lambda _: None) == course
        assert sandbox.calls == ["core_course_get_courses_by_field"]

    def test_a_copy_that_was_interrupted_is_not_adopted_silently(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        model = restored(sandbox, transport, wanted)
        january = edited("session.yaml", *self.JANUARY)
        course = copy_of_model(transport, january, model, tell=lambda _: None)
        with pytest.raises(DataError, match=f"relancez avec --cours {course}"):
            copy_of_model(transport, january, model, tell=lambda _: None)
        assert publish(transport, january, course).done.course["idnumber"] == "ESSAI-2027B"

    def test_a_model_of_something_else(
        self, sandbox: Sandbox, transport: RestTransport, wanted: Publication, edited: Callable[..., Publication]
    ) -> None:
        model = sandbox.site.courses[restored(sandbox, transport, wanted)]
        for module in model.modules.values():
            module.doc = module.doc.model_copy(update={"idnumber": "x"})
        with pytest.raises(DataError, match="Aucune activité du cours"):
            copy_of_model(transport, edited("session.yaml", *self.JANUARY), model.id, tell=lambda _: None)
        assert "core_course_duplicate_course" not in sandbox.calls


def foreign(sandbox: Sandbox, transport: RestTransport, wanted: Publication) -> int:
    """Make somebody else's course."""
    sandbox.faults.withheld = frozenset()
    assert wanted.course is not None
    other = wanted.model_copy(
        update={
            "code": "AUTRE",
            "course": wanted.course.model_copy(update={"shortname": "AUTRE"}),
            **dict.fromkeys(("activities", "order", "groups", "enrolments", "events", "snapshot")),
        }
    )
    number = functions.publish(transport, other).course.id
    sandbox.faults.withheld = PLUGIN
    return number
