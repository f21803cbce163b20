"""What we write is what real Moodle 4.5.6 and 5.1.3 export of the same session, published by the plugin.

tests/data/mbz holds those exports, flattened by tests/mbz/flat.py: ids, instants and addresses left out. The quiz's
questions went through Moodle's own GIFT import there: our parser is held to it.
"""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.mbz.flat import Flat, files_of, flat, questions

if TYPE_CHECKING:
    from connector.moodle.document import Publication

DATA = Path(__file__).parents[1] / "data" / "mbz"
CODE = "ESSAI-2026A"
FORUM = "CODE/echanges"
WORDS = {"True": "Vrai", "False": "Faux", "0.0049999999999999": "0.005"}
"""The site's language, and PHP's floats."""


@pytest.fixture(params=["4.5", "5.1"])
def real(request: pytest.FixtureRequest) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / f"{request.param}.json").read_text(encoding="utf-8"))
    return loaded


def differences(ours: Flat, theirs: Flat) -> dict[str, tuple[list[str], list[str] | None]]:
    """Return what we write otherwise than Moodle does; what we leave out has Moodle's default."""
    return {
        path: (texts, theirs.get(path)) for path, texts in ours.items() if normal(texts) != normal(theirs.get(path, []))
    }


def normal(texts: list[str]) -> list[str | float]:
    return [number(WORDS.get(text, text)) for text in texts]


def number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def activity(files: dict[str, bytes], folder: str) -> Flat:
    module = folder.removeprefix("activities/").rpartition("_")[0]
    found: Flat = {}
    for name in ("module", module, "grades", "roles"):
        found |= flat(ET.fromstring(files[f"{folder}/{name}.xml"]), CODE)  # noqa: S314 - ours
    return found


def test_every_activity(files: dict[str, bytes], wanted: Publication, real: dict[str, Any]) -> None:
    folders = {path.rpartition("/")[0] for path in files if path.endswith("/module.xml")}
    ours = {found["module/idnumber"][0]: found for found in (activity(files, folder) for folder in folders)}
    assert (
        set(ours) == set(real["activities"]) == {one.idnumber.replace(CODE, "CODE") for one in wanted.activities or ()}
    )
    odd = {key: sorted(differences(found, real["activities"][key])) for key, found in ours.items()}
    assert {key: paths for key, paths in odd.items() if paths} == {
        FORUM: ["activity/forum/intro"],  # the opening message, which has no author here
        "CODE/sequence": ["activity/assign/plugin_configs/plugin_config/" + name for name in PLUGIN_CONFIG],
        "CODE/essai": ["activity/assign/plugin_configs/plugin_config/" + name for name in PLUGIN_CONFIG],
    }


PLUGIN_CONFIG = ("name", "plugin", "subtype", "value")
"""Moodle writes those that are switched off too."""


def test_assignments_have_the_settings_that_count(files: dict[str, bytes], real: dict[str, Any]) -> None:
    for key, folder in (("CODE/sequence", "activities/assign_9"), ("CODE/essai", "activities/assign_10")):
        ours, theirs = (configs(found) for found in (activity(files, folder), real["activities"][key]))
        assert ours.items() >= {name: value for name, value in theirs.items() if value not in {"", "0"}}.items()


def configs(found: Flat) -> dict[tuple[str, ...], str]:
    rows = zip(*(found[f"activity/assign/plugin_configs/plugin_config/{name}"] for name in PLUGIN_CONFIG), strict=True)
    return {(name, plugin, subtype): value for name, plugin, subtype, value in rows}


def test_every_question(files: dict[str, bytes], real: dict[str, Any]) -> None:
    ours = questions(files["questions.xml"], CODE)
    assert set(ours) == set(real["questions"])
    assert {name: differences(found, real["questions"][name]) for name, found in ours.items()} == {
        name: {} for name in ours
    }


def test_sections_and_groups(files: dict[str, bytes], real: dict[str, Any]) -> None:
    assert differences(flat(ET.fromstring(files["groups.xml"]), CODE), real["groups"]) == {}  # noqa: S314 - ours
    for path, data in files.items():
        if path.endswith("/section.xml"):
            root = ET.fromstring(data)  # noqa: S314 - ours
            found = flat(root, CODE)
            found["section/sequence"] = [str(len(found["section/sequence"][0].split(",")))]
            assert differences(found, real["sections"][root.findtext("number")]) == {}


def test_every_file(files: dict[str, bytes], real: dict[str, Any]) -> None:
    ours = files_of(files["files.xml"])
    # A forum's opening message is in its introduction here; Moodle's backup without people has none.
    opening = [row for row in ours if row[:2] == ["mod_forum", "intro"]]
    assert [row[2] for row in opening] == ["plan.png"]
    assert [row for row in ours if row not in opening] == real["files"]
    for row in ours:
        data = files[f"files/{row[3][:2]}/{row[3]}"]
        assert (hashlib.sha1(data, usedforsecurity=False).hexdigest(), str(len(data))) == (row[3], row[4])
