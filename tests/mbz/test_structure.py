"""Every reference inside a backup leads somewhere; the same session gives the same bytes; bounds hold."""

from __future__ import annotations

import io
import json
import shutil
import xml.etree.ElementTree as ET
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DataError
from connector.moodle.document import (
    ActivitySettings,
    Availability,
    Completion,
    CourseSettings,
    File,
    Group,
    Publication,
    SectionSettings,
)
from connector.moodle.mbz import backup, numbers
from connector.moodle.mbz.backup import backup_files
from connector.moodle.mbz.xml import document, node
from connector.moodle.zipped import zipped
from scenarios import catalogue
from tests.mbz.conftest import content
from tests.publish.conftest import wanted_from

if TYPE_CHECKING:
    from collections.abc import Iterator

MINIMUM = {
    "moodle_backup.xml", "course/course.xml", "course/roles.xml", "files.xml", "groups.xml", "outcomes.xml",
    "questions.xml", "roles.xml", "scales.xml",
}  # fmt: skip
"""What Moodle refuses to do without, found by leaving out one file after the other."""


@pytest.fixture(scope="module", params=["essai", *catalogue.names()])
def trees(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ET.Element]:
    if request.param == "essai":
        files: dict[str, bytes] = request.getfixturevalue("files")
    else:
        folder = tmp_path_factory.mktemp("catalogue") / request.param
        shutil.copytree(catalogue.folder(request.param), folder)
        files = backup_files(wanted_from(folder), content)
    return {path: ET.fromstring(data) for path, data in files.items() if path.endswith(".xml")}  # noqa: S314 - ours


def modules(trees: dict[str, ET.Element]) -> Iterator[tuple[str, ET.Element]]:
    yield from ((path, tree) for path, tree in trees.items() if path.endswith("/module.xml"))


def ids(tree: ET.Element, tag: str) -> set[str]:
    return {str(element.get("id")) for element in tree.iter(tag) if element.get("id")}


def test_every_file_that_moodle_wants_is_there(trees: dict[str, ET.Element]) -> None:
    assert set(trees) >= MINIMUM
    for path, module in modules(trees):
        folder, name = path.rpartition("/")[0], module.findtext("modulename")
        assert {f"{folder}/{one}.xml" for one in ("module", name, "grades", "roles", "inforef")} <= set(trees)


def test_the_manifest_names_what_is_there_and_nothing_else(trees: dict[str, ET.Element]) -> None:
    manifest = trees["moodle_backup.xml"]
    listed = {one.text for one in manifest.iter("directory")}
    assert listed == {path.rpartition("/")[0] for path in trees if "/" in path}
    settings = {one.findtext("name"): one.findtext("value") for one in manifest.iter("setting")}
    for folder in listed - {"course"}:
        owner = str(folder).rpartition("/")[2]
        assert (settings[f"{owner}_included"], settings[f"{owner}_userinfo"]) == ("1", "0")
    assert settings["users"] == "0"


def test_sections_and_activities_name_each_other(trees: dict[str, ET.Element]) -> None:
    sections = {str(tree.get("id")): tree for path, tree in trees.items() if path.endswith("/section.xml")}
    for _, module in modules(trees):
        section = sections[str(module.findtext("sectionid"))]
        assert str(module.get("id")) in str(section.findtext("sequence")).split(",")
        assert module.findtext("sectionnumber") == section.findtext("number")
    held = [cmid for tree in sections.values() for cmid in str(tree.findtext("sequence")).split(",") if cmid]
    assert sorted(held) == sorted(str(module.get("id")) for _, module in modules(trees))


def test_restrictions_name_activities_and_groups_of_the_file(trees: dict[str, ET.Element]) -> None:
    cmids = {int(str(module.get("id"))) for _, module in modules(trees)}
    groups = {int(one) for one in ids(trees["groups.xml"], "group")}
    for _, module in modules(trees):
        text = str(module.findtext("availability"))
        for condition in conditions(json.loads(text)) if text.startswith("{") else ():
            assert condition.get("cm", next(iter(cmids))) in cmids
            assert condition.get("id", 0) in groups | {0}


def conditions(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in tree["c"]:
        yield from conditions(child) if "c" in child else [child]


def test_slots_name_questions_of_their_own_quiz(trees: dict[str, ET.Element]) -> None:
    bank = trees["questions.xml"]
    entries, categories = ids(bank, "question_bank_entry"), ids(bank, "question_category")
    assert len(ids(bank, "question")) == len(list(bank.iter("question")))
    assert len(ids(bank, "answer") | ids(bank, "match")) == len([*bank.iter("answer"), *bank.iter("match")]) - len(
        list(bank.iter("numerical_record"))
    )
    used: set[str] = set()
    for path, module in modules(trees):
        folder, cmid = path.rpartition("/")[0], str(module.get("id"))
        named = {str(one.findtext("id")) for one in trees[f"{folder}/inforef.xml"].iter("question_category")}
        assert named <= categories
        if module.findtext("modulename") != "quiz":
            continue
        owned = {one.get("id") for one in bank.iter("question_category") if one.findtext("contextinstanceid") == cmid}
        assert owned == named
        slots = {
            str(one.findtext("questionbankentryid")) for one in trees[f"{folder}/quiz.xml"].iter("question_reference")
        }
        assert slots <= entries
        used |= slots
    assert used == entries


def test_true_and_false_are_answers_of_their_question(trees: dict[str, ET.Element]) -> None:
    for question in trees["questions.xml"].iter("question"):
        answers = ids(question, "answer")
        named = [one.text for tag in ("trueanswer", "falseanswer") for one in question.iter(tag)]
        named += [one.text for record in question.iter("numerical_record") for one in record.iter("answer")]
        assert set(named) <= answers


def test_marks_and_roles_are_referenced(trees: dict[str, ET.Element]) -> None:
    roles = ids(trees["roles.xml"], "role")
    for path, _ in modules(trees):
        folder = path.rpartition("/")[0]
        references = trees[f"{folder}/inforef.xml"]
        marks = {str(one.findtext("id")) for one in references.iter("grade_item")}
        assert marks == ids(trees[f"{folder}/grades.xml"], "grade_item")
        overridden = {str(one.findtext("roleid")) for one in trees[f"{folder}/roles.xml"].iter("override")}
        assert overridden == {str(one.findtext("id")) for one in references.iter("role")}
        assert overridden <= roles


def test_a_signed_activity_may_not_be_ticked_and_a_note_is_hidden(files: dict[str, bytes], wanted: Publication) -> None:
    for one in wanted.activities or ():
        folder = next(
            path for path, data in files.items() if f">{one.idnumber}<".encode() in data and "/module" in path
        )
        assert (b"togglecompletion" in files[folder.replace("module.xml", "roles.xml")]) == one.completion.locked
        assert (b"<visible>0</visible>" in files[folder]) == one.idnumber.endswith("~note")


def test_files_are_referenced_by_what_keeps_them(trees: dict[str, ET.Element]) -> None:
    kept = {str(file.get("id")): file for file in trees["files.xml"].iter("file")}
    named: dict[str, str] = {}
    for path, tree in trees.items():
        if path.endswith("inforef.xml"):
            for reference in tree.iter("fileref"):
                named |= {str(one.findtext("id")): path.rpartition("/")[0] for one in reference.iter("file")}
    assert set(named) == set(kept)
    for number, folder in named.items():
        component = str(kept[number].findtext("component"))
        assert folder.startswith({"course": ("course", "sections/")}.get(component, f"activities/{component[4:]}_"))
        if component != "course":
            context = numbers.context(int(folder.rpartition("_")[2]))
            assert kept[number].findtext("contextid") == str(context)


def test_a_group_and_dates_restrict() -> None:
    wanted = small(
        ActivitySettings(
            idnumber="X/b",
            section="s1",
            module="page",
            name="B",
            availability=Availability(completed=("X/a",), groups=("A", "B"), from_=5, until=9),
        )
    )
    module = ET.fromstring(backup_files(wanted, content)["activities/page_2/module.xml"])  # noqa: S314 - ours
    assert json.loads(str(module.findtext("availability"))) == {
        "op": "&",
        "c": [
            {"type": "completion", "cm": 1, "e": 1},
            {"type": "date", "d": ">=", "t": 5},
            {"type": "date", "d": "<", "t": 9},
            {"op": "|", "c": [{"type": "group", "id": 1}, {"type": "group", "id": 2}]},
        ],
        "showc": [True, True, True, False],
    }


def small(*more: ActivitySettings) -> Publication:
    activities = (ActivitySettings(idnumber="X/a", section="s1", module="label", name="A"), *more)
    return Publication(
        code="X",
        course=CourseSettings(shortname="X", fullname="Essai", startdate=1),
        sections=(SectionSettings(id="s1", name="Étape"),),
        activities=activities,
        order=tuple(one.idnumber for one in activities),
        groups=(Group(idnumber="X/groupe/A", name="A"), Group(idnumber="X/groupe/B", name="B")),
    )


class TestBytes:
    def test_the_same_session_gives_the_same_bytes(self, wanted: Publication) -> None:
        assert zipped(backup_files(wanted, content)) == zipped(backup_files(wanted, content))

    def test_the_archive_is_a_zip_without_dates_in_the_order_of_the_paths(self, files: dict[str, bytes]) -> None:
        with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
            assert archive.namelist() == sorted(files)
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert archive.read("moodle_backup.xml") == files["moodle_backup.xml"]

    def test_moodle_knows_a_backup_by_its_first_line(self, files: dict[str, bytes]) -> None:
        assert files["moodle_backup.xml"].startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<moodle_backup>\n')

    @given(st.text())
    def test_any_text_makes_well_formed_xml(self, text: str) -> None:
        read = ET.fromstring(document(node("x", {"y": text})))  # noqa: S314 - ours
        kept = "".join(one for one in text if one in "\t\n\r" or one >= " ")
        kept = "".join(one for one in kept if not "\ud800" <= one <= "\udfff" and one not in "\ufffe\uffff")
        assert (read.findtext("y") or "") == kept.replace("\r\n", "\n").replace("\r", "\n")


class TestBounds:
    def test_a_gift_that_moodle_would_refuse(self) -> None:
        with pytest.raises(DataError, match=r"« Test » \(X/b\) sont à corriger"):
            backup_files(small(quiz("Q {~a}")), content)

    @pytest.mark.parametrize(
        ("gift", "said"),
        [
            ("Q {T}\n\n" * (numbers.MAX_QUESTIONS + 1), "901 questions"),
            ("Q {=oui " + " ".join(f"~{n}" for n in range(100)) + "}", "a plus de 99 réponses"),
        ],
    )
    def test_too_many_questions_or_answers(self, gift: str, said: str) -> None:
        with pytest.raises(DataError, match=said):
            backup_files(small(quiz(gift)), content)

    def test_too_many_activities(self) -> None:
        many = (
            ActivitySettings(idnumber=f"X/{n}", section="s1", module="label", name="A")
            for n in range(numbers.MAX_ACTIVITIES)
        )
        with pytest.raises(DataError, match="1000 au plus"):
            backup_files(small(*many), content)

    def test_too_many_bytes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(backup, "MAX_BYTES", 1024 * 1024)
        page = ActivitySettings(
            idnumber="X/b", section="s1", module="page", name="P", settings={"content": "é" * 1024 * 1024}
        )
        with pytest.raises(DataError, match="ferait 2 Mo : 1 Mo au plus"):
            backup_files(small(page), content)

    def test_too_many_bytes_of_files_are_refused_before_they_are_read(self) -> None:
        huge = File(area="content", name="film.mp4", size=backup.MAX_BYTES + 1, sha1="0" * 40)
        film = ActivitySettings(idnumber="X/b", section="s1", module="resource", name="F", files=(huge,))
        with pytest.raises(DataError, match="ferait 200 Mo : 200 Mo au plus"):
            backup_files(small(film), content)

    def test_two_files_that_would_have_one_name(self) -> None:
        files = tuple(
            File(area=area, name="a.png", size=1, sha1=sha1 * 40) for area, sha1 in (("intro", "0"), ("post", "1"))
        )
        forum = ActivitySettings(idnumber="X/b", section="s1", module="forum", name="F", files=files)
        with pytest.raises(DataError, match=r"deux fichiers différents s'y appelleraient « a\.png »"):
            backup_files(small(forum), content)

    def test_a_module_that_no_backup_of_ours_holds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(backup, "MODULES", {"label": backup.MODULES["label"]})
        with pytest.raises(DataError, match="le module « quiz » ne peut pas être mis dans une sauvegarde"):
            backup_files(small(quiz("Q {T}")), content)


def quiz(gift: str) -> ActivitySettings:
    return ActivitySettings(
        idnumber="X/b",
        section="s1",
        module="quiz",
        name="Test",
        completion=Completion(tracking="automatic", passgrade=True),
        settings={"gift": gift, "grade_pass": 50, "attempts": 2},
    )
