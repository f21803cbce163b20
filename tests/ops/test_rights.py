"""The table of rights against what the program calls, what the plugin asks for, and what the documents say."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from connector.moodle import attendance_functions, course_functions, figures, functions, user_functions
from connector.moodle.plugin_zip import SOURCE
from connector.ops.doctor import rights
from connector.ops.doctor.judge_moodle import SUPPORTED
from connector.ops.doctor.wording import rights_text
from connector.publish.modes import STOCK_FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.ops.conftest import Doctor

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "plugin.md").read_text("utf-8")
PLUGIN_WAYS = [way for way in rights.WAYS if way.mode == "P"]
MOODLE_ASKS = {
    "webservice/rest:use", "moodle/course:view", "moodle/course:viewhiddencourses", "moodle/role:assign",
    "moodle/course:overridecompletion", "moodle/course:viewhiddenactivities",
    "moodle/course:ignoreavailabilityrestrictions", "moodle/h5p:deploy",
}  # fmt: skip
"""What Moodle asks for around the plugin: to call at all, to enter a course, to assign a role, to override, in an
activity that is hidden or restricted too, to put an H5P package where learners open it."""


def called(module: ModuleType) -> set[str]:
    """The functions that a module's wrappers say they call."""
    text = " ".join(line for line in inspect.getsource(module).splitlines() if ":calls:" in line)
    return set(re.findall(r"`(\w+)`", text))


def php(name: str) -> str:
    return (SOURCE / name).read_text("utf-8")


def asked_by_php() -> Iterator[str]:
    """The capabilities that the plugin's PHP requires, `mod/…:addinstance` once for each of its modules."""
    modules = [path.stem for path in (SOURCE / "classes/local/module").glob("*.php")]
    for path in SOURCE.rglob("*.php"):
        text = path.read_text("utf-8")
        for name in re.findall(r"""require_capability\(["']([^"']+)["']""", text):
            if "{" in name:
                helpers = ("base", "graded", "registry")
                yield from (f"mod/{module}:addinstance" for module in modules if module not in helpers)
            else:
                yield name


def test_every_function_that_the_program_can_call_is_granted_and_no_other() -> None:
    can_call = (
        called(functions)
        | called(figures)
        | called(course_functions)
        | called(attendance_functions)
        | called(user_functions)
    )
    assert set(rights.functions_of((*rights.WAYS, *rights.ROLLS))) == can_call - set(rights.TOLERATED)
    assert set(rights.TOLERATED) <= can_call


def test_the_plugins_own_service_holds_what_its_ways_call() -> None:
    service = php("db/services.php").partition("$services")[2]
    listed = set(re.findall(r"^ {12}'(\w+)',$", service, re.MULTILINE))
    assert listed == set(rights.functions_of(PLUGIN_WAYS))


def test_the_plugins_capabilities_are_granted() -> None:
    declared = set(re.findall(r"'(local/parcours:\w+)' =>", php("db/access.php")))
    granted = {name for name in rights.capabilities_of(rights.WAYS) if name.startswith("local/parcours:")}
    assert granted == declared
    assert granted == {name for way in PLUGIN_WAYS for name in way.capabilities if name.startswith("local/")}


def test_capabilities_of_mode_p_are_those_that_the_plugin_and_moodle_ask_for() -> None:
    asked = {*asked_by_php(), "local/parcours:observe"}
    assert set(rights.capabilities_of(PLUGIN_WAYS)) == asked | MOODLE_ASKS


def test_the_plugins_page_names_the_capabilities_of_mode_p() -> None:
    section = DOCUMENT.partition("## Rights")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+/\w+:\w+)`", section)) - {"webservice/soap:use"}
    assert named == set(rights.capabilities_of(PLUGIN_WAYS))


def test_modes_m_and_s_grant_what_the_modes_need() -> None:
    by_mode = {way.mode: set(way.functions) for way in rights.ways_of("publier")}
    assert by_mode["M"] == {functions.SITE_INFO, *STOCK_FUNCTIONS}
    assert by_mode["S"] - by_mode["M"] == {course_functions.DUPLICATE}


def test_supported_moodles_are_the_plugins() -> None:
    oldest, newest = (major * 100 + minor for major, minor in SUPPORTED)
    assert f"$plugin->supported = [{oldest}, {newest}];" in php("version.php")


def test_each_command_calls_exactly_its_functions(doctor: Doctor) -> None:
    stage = doctor.stage
    session = stage.folder / "parcours/calcul-mental/session.yaml"
    sheet = stage.folder / "feuille.csv"
    sheet.write_text(
        "session;activite;creneau;courriel;present\nCM-69L4-2026A;presence-1;a1;camille.arnaud@ac-exemple.fr;O\n",
        encoding="utf-8",
    )
    assert doctor.run("personnels", "importer", str(stage.folder / "personnels.csv")) == 0
    for command, arguments in (
        ("planifier", [str(session)]),
        ("publier", [str(session), "--oui"]),
        ("collecter", []),
        ("emargement saisir", ["CM-69L4-2026A", str(sheet)]),
        ("archiver", ["CM-69L4-2026A", "--oui"]),
        ("diagnostiquer", []),
    ):
        stage.sandbox.calls.clear()
        doctor.run(*command.split(), *arguments)
        way = next(way for way in rights.ways_of(command) if way.mode == "P")
        uncalled = {functions.PUBLISH} if command == "planifier" else set()
        assert set(stage.sandbox.calls) == set(way.functions) - uncalled, (command, doctor.err)


def test_rights_are_shown_as_text_markdown_and_json_without_touching_any_site(doctor: Doctor) -> None:
    assert doctor.run("diagnostiquer", "--droits") == 0
    text = doctor.out
    assert doctor.run("diagnostiquer", "--droits", "markdown") == 0
    markdown = doctor.out
    assert doctor.run("diagnostiquer", "--droits", "json") == 0
    document = json.loads(doctor.out)
    assert doctor.stage.sandbox.calls == []
    assert [(row["commande"], row["mode"]) for row in document["commandes"]] == [
        (way.command, way.mode) for way in (*rights.WAYS, *rights.ROLLS)
    ]
    for way in (*rights.WAYS, *rights.ROLLS):
        for name in (*way.functions, *way.capabilities):
            assert f"    {name}\n" in text
            assert f"`{name}`" in markdown
    assert markdown.rstrip() == rights_text("markdown")
    assert markdown.count("\n| ") == len(rights.WAYS) + len(rights.ROLLS)
