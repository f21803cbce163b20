"""Modes M and S: what somebody edited in Moodle since the last publication is told apart, and stays."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from connector.cli.main import main
from connector.errors import FatalError, RetriableError
from connector.publish.apply import Choices
from connector.publish.comparison import Comparison
from connector.publish.drift import Reference, fingerprint
from connector.publish.plan import NO_WISHES
from connector.publish.stock.apply import publish_stock
from connector.publish.stock.plan import make_stock_plan
from connector.publish.stock.state import read_course
from connector.settings import FILE
from tests.publish.stock_world import CODE, READ, Unkept, publish, restored, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.moodle.document import Publication
    from connector.moodle.rest import RestTransport
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.sandbox.site import Course, CourseEvent
    from connector.publish.changes import Change
    from connector.publish.journal import PublicationJournal, StepJournal

HUGO, INES = "hugo.bertin@ac-exemple.fr", "ines.belkacem@ac-exemple.fr"
NAME = "Observer des calculs (Lyon 4, 2026-2027)"
WEEK = 7 * 86_400


@pytest.fixture
def steps(journal: PublicationJournal) -> StepJournal:
    return journal.steps("cours")


@pytest.fixture
def course(sandbox: Sandbox, transport: RestTransport, wanted: Publication, steps: StepJournal) -> Course:
    """A restored course, published once."""
    number = restored(sandbox, transport, wanted)
    publish(transport, wanted, number, steps)
    sandbox.calls.clear()
    return sandbox.site.courses[number]


def told(changes: tuple[Change, ...]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {(one.action, one.kind, one.name, one.fields) for one in changes}


def event(course: Course, name: str) -> CourseEvent:
    return next(one for one in course.calendar.values() if one.name == name)


def person(sandbox: Sandbox, email: str) -> int:
    return next(number for number, one in sandbox.site.people.items() if one.email == email)


def due(course: Course, by: int) -> None:
    """Move a deadline."""
    module = course.modules[f"{CODE}/sequence"]
    settings = module.doc.settings.model_copy(update={"due": module.doc.settings.model_dump()["due"] + by})
    module.doc = module.doc.model_copy(update={"settings": settings})


def show(course: Course, activity: str, *, visible: bool) -> None:
    module = course.modules[f"{CODE}/{activity}"]
    module.doc = module.doc.model_copy(update={"visible": visible})


def edit_everything(sandbox: Sandbox, course: Course) -> set[tuple[str, str, str, tuple[str, ...]]]:
    """Edit all that modes M and S write; return how a plan must tell it."""
    course.fullname, course.visible = "Renommé", False
    event(course, "Rencontre (groupe A)").timestart += WEEK
    del course.calendar[event(course, "Point d'étape").id]
    show(course, "lien", visible=False)
    due(course, WEEK)
    del course.enrolments[person(sandbox, INES)]
    del course.groups[f"{CODE}/groupe/B"]
    course.groups[f"{CODE}/groupe/A"].members.discard(person(sandbox, HUGO))
    return {
        ("modifier", "cours", NAME, ("fullname", "visible")),
        ("modifier", "evenement", "Rencontre (groupe A)", ("start",)),
        ("creer", "evenement", "Point d'étape", ()),
        ("modifier", "activite", "Un article", ("visible",)),
        ("modifier", "activite", "Ma séquence", ("settings.due",)),
        ("creer", "inscription", f"{INES} (participant)", ()),
        ("creer", "groupe", "B", ()),
        ("modifier", "inscription", f"{HUGO} (participant)", ("groups",)),
    }


def test_all_that_somebody_edits_is_told_and_stays_until_it_is_to_be_overwritten(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, course: Course, steps: StepJournal
) -> None:
    expected = edit_everything(sandbox, course)
    outcome = publish(transport, wanted, course.id, steps)
    assert told(outcome.kept) == expected
    assert {detail.origin for change in outcome.kept for detail in change.details} == {"moodle"}
    assert (outcome.done.changes, outcome.done.writes, written(sandbox)) == ((), False, [])
    assert publish(transport, wanted, course.id, steps).kept == outcome.kept  # told each time

    assert publish(transport, wanted, course.id, steps, overwrite=True).done.writes
    after = publish(transport, wanted, course.id, steps)
    assert (after.done.writes, after.kept, after.left.by_hand) == (False, (), ())
    assert (course.fullname, course.visible, len(course.calendar)) == (NAME, True, 3)
    assert person(sandbox, HUGO) in course.groups[f"{CODE}/groupe/A"].members


def test_without_the_memory_of_what_was_published_all_is_put_back(
    sandbox: Sandbox, transport: RestTransport, wanted: Publication, course: Course
) -> None:
    """Negative control of the above: it is the ledger that knows."""
    edit_everything(sandbox, course)
    assert publish(transport, wanted, course.id, Unkept()).kept == ()
    assert course.fullname == NAME


def test_a_person_may_say_yes(
    transport: RestTransport, wanted: Publication, course: Course, steps: StepJournal
) -> None:
    course.fullname = "Renommé"
    asked = []
    choices = Choices(overwrite=lambda plan: not asked.append(told(plan.drift)))
    outcome = publish_stock(transport, wanted, course.id, steps, wishes=NO_WISHES, choices=choices)
    assert outcome is not None
    assert (asked, outcome.kept, course.fullname) == ([{("modifier", "cours", NAME, ("fullname",))}], (), NAME)


def test_what_the_author_changes_is_written_beside_what_somebody_edited(
    transport: RestTransport,
    wanted: Publication,
    course: Course,
    steps: StepJournal,
    edited: Callable[..., Publication],
) -> None:
    course.fullname = "Renommé"
    due(course, WEEK)
    show(course, "lien", visible=False)
    course.groups[f"{CODE}/groupe/A"].name = "Groupe A"
    edited("participants.csv", (f"{HUGO};A", f"{HUGO};B"))
    edited("session.yaml", ("2026-11-12T17:00", "2026-11-12T16:30"), ("fin: 2026-12-18", "fin: 2026-12-17"))
    changed = edited("parcours.yaml", ("J+21", "J+42"))
    outcome = publish(transport, changed, course.id, steps)
    origins = {(one.kind, detail.name): detail.origin for one in outcome.kept for detail in one.details}
    assert origins == {
        ("cours", "fullname"): "moodle",
        ("activite", "settings.due"): "deux",
        ("activite", "visible"): "moodle",
    }
    assert [(one.name, one.fields) for one in outcome.left.by_hand] == [
        ("groupe A", ("nom (« Groupe A »)",)),
        ("Point d'étape", ("présentation",)),
    ]
    assert changed.course is not None
    assert (course.fullname, course.enddate) == ("Renommé", changed.course.enddate)
    assert {group.name: len(group.members) for group in course.groups.values()} == {"Groupe A": 1, "B": 2}
    assert event(course, "Point d'étape").timeduration == 90 * 60
    assert not publish(transport, changed, course.id, steps).done.writes


def test_what_was_taken_out_of_the_session_and_that_somebody_brings_back_is_theirs(
    transport: RestTransport, course: Course, steps: StepJournal, edited: Callable[..., Publication]
) -> None:
    slots = "  visio:\n    - {id: v1, debut: 2026-11-12T17:00, fin: 2026-11-12T18:00}\n"
    fewer = edited("session.yaml", (slots, ""), ("echeances:", "contextualisation: {retirer: [visio]}\necheances:"))
    assert publish(transport, fewer, course.id, steps).done.hide
    show(course, "visio", visible=True)
    event(course, "Annulé : Point d'étape").name = "Point d'étape"
    outcome = publish(transport, fewer, course.id, steps)
    assert told(outcome.kept) == {
        ("masquer", "activite", "Point d'étape", ("visible",)),
        ("annuler", "evenement", "Point d'étape", ("name",)),
    }
    assert not outcome.done.writes
    publish(transport, fewer, course.id, steps, overwrite=True)
    assert {one.name for one in course.calendar.values()} >= {"Annulé : Point d'étape"}
    assert not course.modules[f"{CODE}/visio"].doc.visible


def test_a_day_that_moodle_moved_keeps_its_time_of_day_and_is_no_edit(
    transport: RestTransport,
    course: Course,
    steps: StepJournal,
    sandbox: Sandbox,
    edited: Callable[..., Publication],
) -> None:
    """Moodle moves days only: what the course then holds is not what was asked for to the minute."""
    due(course, -3600)
    later = edited("parcours.yaml", ("J+21", "J+28"))
    outcome = publish(transport, later, course.id, steps, overwrite=True)
    assert [one.fields for one in outcome.left.by_hand] == [("échéance",)]
    latest = edited("parcours.yaml", ("J+28", "J+35"))
    outcome = publish(transport, latest, course.id, steps)
    assert (len(outcome.done.moves), outcome.kept) == (1, ())


@pytest.mark.parametrize("write", range(1, 4))
def test_what_a_publication_that_was_cut_had_written_is_no_edit(
    sandbox: Sandbox,
    transport: RestTransport,
    course: Course,
    steps: StepJournal,
    edited: Callable[..., Publication],
    write: int,
) -> None:
    """Cut after any write of a change, then the author changes it again: nobody else did anything."""
    edited("participants.csv", (f"{HUGO};A", f"{HUGO};B"))
    changed = edited("session.yaml", ("fin: 2026-12-18", "fin: 2026-12-17"), ("2026-11-12T17:00", "2026-11-12T16:30"))
    sandbox.faults.fail_at = len(READ) + 1 + write + 1
    with pytest.raises((FatalError, RetriableError)):
        publish(transport, changed, course.id, steps)
    sandbox.faults.fail_at = 0
    edited("participants.csv", (f"{HUGO};B", f"{HUGO};A"))
    again = edited("session.yaml", ("fin: 2026-12-17", "fin: 2026-12-16"), ("2026-11-12T16:30", "2026-11-12T16:00"))
    assert publish(transport, again, course.id, steps).kept == ()
    assert again.course is not None
    assert course.enddate == again.course.enddate
    assert event(course, "Point d'étape").timeduration == 2 * 3600
    assert publish(transport, again, course.id, steps).done.writes is False


def test_begun_is_what_the_site_may_hold_and_not_what_it_must() -> None:
    def prints(name: str) -> dict[str, object]:
        return {"objects": {"cours": {CODE: {"fullname": fingerprint(name)}}}}

    reference = Reference(prints("a"), [prints("b")])  # type: ignore[arg-type, list-item]
    assert reference.origin("cours", CODE, "fullname", "c", "b") == "auteur"
    assert reference.origin("cours", CODE, "fullname", "c", "x") == "deux"
    assert not Reference(None, [prints("b")]).published("cours", CODE)  # type: ignore[list-item]


class TestCommands:
    def run(self, data: Path, *arguments: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["--donnees", str(data), *arguments])
        return int(str(ended.value.code))

    def test_shown_apart_left_by_oui_and_overwritten_by_ecraser(
        self,
        data: Path,
        sandbox: Sandbox,
        transport: RestTransport,
        wanted: Publication,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        number = str(restored(sandbox, transport, wanted))
        assert self.run(data, "publier", CODE, "--cours", number, "--oui") == 0
        course = sandbox.site.courses[int(number)]
        course.fullname = "Renommé"
        capsys.readouterr()
        assert self.run(data, "planifier", CODE, "--cours", number, "--json") == 2
        plan = json.loads(capsys.readouterr().out)
        assert (plan["rien_a_faire"], plan["changements"]) == (True, [])
        assert [one["cle"] for one in plan["modifie_dans_moodle"]] == [CODE]
        assert self.run(data, "publier", CODE, "--cours", number, "--oui", "--json") == 2
        assert [one["champs"] for one in json.loads(capsys.readouterr().out)["laissees"]] == [["fullname"]]
        assert course.fullname == "Renommé"
        assert self.run(data, "planifier", CODE, "--cours", number, "--ecraser") == 2
        shown = capsys.readouterr().out.replace("\u00a0", " ")
        assert "Modifié dans Moodle depuis la dernière publication (à écraser)" in shown
        assert f"titre : Renommé dans Moodle, {NAME} dans vos fichiers" in shown
        assert self.run(data, "publier", CODE, "--cours", number, "--oui", "--ecraser") == 0
        assert course.fullname == NAME

    def test_a_site_that_has_moved_is_remembered_under_its_old_address(
        self,
        data: Path,
        sandbox: Sandbox,
        transport: RestTransport,
        wanted: Publication,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        number, old = str(restored(sandbox, transport, wanted)), "https://ancien.exemple.fr"
        assert self.run(data, "publier", CODE, "--cours", number, "--oui") == 0
        sandbox.site.courses[int(number)].fullname = "Renommé"
        with closing(sqlite3.connect(data / "registre.db")) as ledger, ledger:  # as it was before the site moved
            for table, column in (("bookmark", "source"), ("journal", "detail"), ("course", "site")):
                ledger.execute(f"UPDATE {table} SET {column} = replace({column}, ?, ?)", (sandbox.url, old))  # noqa: S608

        def edited_by() -> tuple[int, int]:
            capsys.readouterr()
            assert self.run(data, "planifier", CODE, "--cours", number, "--json") == 2
            plan = json.loads(capsys.readouterr().out)
            return len(plan["changements"]), len(plan["modifie_dans_moodle"])

        assert edited_by() == (1, 0)
        config = (data / FILE).read_text("utf-8")
        (data / FILE).write_text(config.replace("jeton_f", f'anciennes_adresses = ["{old}"]\njeton_f'), "utf-8")
        assert edited_by() == (0, 1)


def test_a_plan_reads_only(
    transport: RestTransport, wanted: Publication, course: Course, sandbox: Sandbox, steps: StepJournal
) -> None:
    course.fullname = "Renommé"
    compare = Comparison(steps.reference(CODE), overwrite=True)
    plan = make_stock_plan(wanted, read_course(transport, course.id, wanted), compare)
    assert plan.course == {"fullname": NAME}
    assert plan.changes[0].details[0].origin == "moodle"
    assert written(sandbox) == []
