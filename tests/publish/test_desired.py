"""What a prepared session becomes: one expected result per activity type, and the course around them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from connector.errors import DataError
from connector.moodle import activities
from connector.moodle.document import Availability
from connector.moodle.slot_mark import slot_uuid
from scenarios.achievement import KNOWN
from tests.publish.conftest import FILES, wanted_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from connector.moodle.document import ActivitySettings, Publication

EXPECTED = FILES / "expected"
CODE = "ESSAI-2026A"
PARIS = ZoneInfo("Europe/Paris")
IDS = [
    "mode-emploi",
    "accueil",
    "accueil~note",
    "lien",
    "echanges",
    "sondage",
    "rencontre",
    "visio",
    "sequence",
    "essai",
    "bilan",
    "test-final",
    "documents",
    "jeu",
]


def epoch(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=PARIS).timestamp())  # type: ignore[arg-type,misc]


def dumped(activity: ActivitySettings) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(activity.model_dump_json())
    return found


@pytest.mark.parametrize("activity_id", IDS)
def test_each_type_has_its_expected_result(wanted: Publication, activity_id: str) -> None:
    (activity,) = [one for one in wanted.activities or () if one.idnumber == f"{CODE}/{activity_id}"]
    assert dumped(activity) == json.loads((EXPECTED / f"{activity_id}.json").read_text(encoding="utf-8"))


def test_no_activity_is_left_without_an_expected_result(wanted: Publication) -> None:
    assert [one.idnumber for one in wanted.activities or ()] == [f"{CODE}/{one}" for one in IDS]
    assert wanted.order == tuple(f"{CODE}/{one}" for one in IDS)
    assert set(activities.BUILDERS) == set(KNOWN)


def test_course_sections_groups(wanted: Publication) -> None:
    assert wanted.course is not None
    assert wanted.course.shortname == CODE
    assert wanted.course.fullname == "Observer des calculs (Lyon 4, 2026-2027)"
    assert wanted.course.startdate == epoch(2026, 10, 5)
    assert wanted.course.enddate == epoch(2026, 12, 18, 23, 59)
    assert "<strong>Objectifs</strong>" in wanted.course.summary
    assert [one.idnumber for one in wanted.categories or ()] == ["parcours-sessions", "parcours-0693456G"]
    assert [(one.id, one.summary) for one in wanted.sections or ()] == [
        ("s1", "<p>Partons de <strong>votre</strong> classe.</p>"),
        ("s2", '<p><img src="@@PLUGINFILE@@/sch%C3%A9ma%20final.svg" alt="Le schéma"></p>'),
    ]
    assert [one.idnumber for one in wanted.groups or ()] == [f"{CODE}/groupe/A", f"{CODE}/groupe/B"]


def test_people(wanted: Publication) -> None:
    assert [(one.email, one.role, one.groups) for one in wanted.enrolments or ()] == [
        ("camille.arnaud@ac-exemple.fr", "student", ("A",)),
        ("ines.belkacem@ac-exemple.fr", "student", ("B",)),
        ("hugo.bertin@ac-exemple.fr", "student", ("A",)),
        ("anne.martin@ac-exemple.fr", "editingteacher", ()),
    ]


def test_a_trainer_who_is_a_participant_too_keeps_one_group(edited: Callable[..., Publication]) -> None:
    wanted = edited("session.yaml", ("anne.martin@", "hugo.bertin@"))
    found = [(one.role, one.groups) for one in wanted.enrolments or () if one.email == "hugo.bertin@ac-exemple.fr"]
    assert found == [("student", ("A",)), ("editingteacher", ("A",))]


def test_slots_are_events_in_local_time_across_the_clock_change(wanted: Publication) -> None:
    events = {one.uuid: one for one in wanted.events or ()}
    before, after = (events[slot_uuid(CODE, "rencontre", slot)] for slot in ("a1", "b1"))
    assert before.start == epoch(2026, 10, 7, 13, 30)
    assert after.start == epoch(2026, 11, 4, 13, 30)
    assert (after.start - before.start) % 86_400 == 3600
    assert (before.minutes, before.group, before.location) == (180, "A", "École Jean-Macé, Lyon")
    visio = events[slot_uuid(CODE, "visio", "v1")]
    assert (visio.minutes, visio.group, visio.location) == (60, None, "")


def test_an_event_keeps_its_identity_when_its_slot_moves(
    wanted: Publication, edited: Callable[..., Publication]
) -> None:
    moved = edited("session.yaml", ("2026-10-07T", "2026-10-08T"))
    assert [one.uuid for one in moved.events or ()] == [one.uuid for one in wanted.events or ()]
    assert moved.events != wanted.events


def test_groups_with_blanks_have_idnumbers_without(tmp_path: Path, edited: Callable[..., Publication]) -> None:
    people = tmp_path / "publication" / "participants.csv"
    people.write_text(people.read_text(encoding="utf-8").replace(";A", ";Groupe A"), encoding="utf-8")
    wanted = edited("session.yaml", ("groupes: [A, B]", "groupes: [Groupe A, B]"), ("groupe: A}", "groupe: Groupe A}"))
    assert [one.idnumber for one in wanted.groups or ()] == [f"{CODE}/groupe/Groupe~A", f"{CODE}/groupe/B"]


def test_access_restricts_to_groups_and_dates(edited: Callable[..., Publication]) -> None:
    said = "acces: {accueil: {groupes: [B, A], a_partir_du: J+7, jusqu_au: 2026-11-15}}\necheances: {"
    wanted = edited("session.yaml", ("echeances: {", said))
    found = {one.idnumber: one.availability for one in wanted.activities or ()}
    assert found[f"{CODE}/accueil"] == Availability(
        groups=("A", "B"), from_=epoch(2026, 10, 12), until=epoch(2026, 11, 15, 23, 59)
    )
    assert found[f"{CODE}/lien"].groups == ()


def test_two_files_of_one_name_in_one_place_are_refused_whole(
    tmp_path: Path, edited: Callable[..., Publication]
) -> None:
    folder = tmp_path / "publication"
    (folder / "plan.png").write_bytes(b"un autre plan")
    with pytest.raises(DataError) as caught:
        edited(
            "parcours.yaml",
            ("[un plan](images/plan.png)", "[un plan](images/plan.png), [un autre](plan.png)"),
            ("Gardez-les. ![](images/plan.png)", "Gardez-les. ![](images/plan.png) ![](plan.png)"),
        )
    assert str(caught.value).splitlines() == [
        f"{where} : deux fichiers différents s'appellent « plan.png » ; donnez un autre nom à l'un des deux."
        for where in (f"activité « À garder » ({CODE}/documents)", "description du parcours")
    ]


def test_one_file_in_two_places_or_twice_in_one_is_no_clash(edited: Callable[..., Publication]) -> None:
    """Negative control."""
    wanted = edited("parcours.yaml", ("Gardez-les. ![](images/plan.png)", "![](images/plan.png) ![](images/plan.png)"))
    (documents,) = [one for one in wanted.activities or () if one.idnumber == f"{CODE}/documents"]
    assert [(one.area, one.name) for one in documents.files].count(("intro", "plan.png")) == 1


def test_the_files_of_the_course_and_its_sections(wanted: Publication) -> None:
    assert wanted.course is not None
    assert '<a href="@@PLUGINFILE@@/plan.png" rel="noopener noreferrer">un plan</a>' in wanted.course.summary
    assert [one.name for one in wanted.course.files] == ["plan.png"]
    assert [[one.name for one in section.files] for section in wanted.sections or ()] == [[], ["schéma final.svg"]]


def test_the_word_obligatoire_is_never_ours(wanted: Publication) -> None:
    assert "obligatoire" not in wanted.to_json().lower()


def test_the_document_leaves_nothing_out_and_uses_the_names_of_the_contract(wanted: Publication) -> None:
    document = json.loads(wanted.to_json())
    assert set(document) == {
        "format", "code", "categories", "course", "sections", "activities", "order", "groups", "enrolments", "events",
        "snapshot",
    }  # fmt: skip
    assert set(document["activities"][0]["availability"]) == {"completed", "groups", "from", "until"}
    assert document["snapshot"]["format"] == "instantane/1"


def test_a_document_of_two_keys_says_two_keys(wanted: Publication) -> None:
    part = wanted.model_copy(update=dict.fromkeys(set(type(wanted).model_fields) - {"format", "code", "order"}))
    assert json.loads(part.to_json()) == {"format": wanted.format, "code": CODE, "order": list(wanted.order or ())}


def test_the_same_files_give_the_same_document(wanted: Publication) -> None:
    assert wanted_from(FILES).to_json() == wanted.to_json()
