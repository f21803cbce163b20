"""What the recorded pairs do not show of the plugin: moves, and an error that undoes everything."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.moodle.sandbox.exceptions import MoodleError
from connector.moodle.sandbox.plugin_publish import in_places, publish
from tests.sandbox.worlds import ACTIVITIES, CODE

if TYPE_CHECKING:
    from connector.moodle.sandbox import Sandbox


def send(sandbox: Sandbox, **parts: Any) -> dict[str, Any]:
    connector = next(person for person in sandbox.site.people.values() if person.manager)
    document = {"format": "parcours-publication/1", "code": CODE, **parts}
    result, _ = publish(sandbox.site, connector, json.dumps(document))
    return result


def keys(sandbox: Sandbox) -> list[str]:
    return [module.doc.idnumber.removeprefix(f"{CODE}/") for module in sandbox.site.courses[2].ordered_modules()]


def test_an_activity_that_changes_section_goes_to_its_end(sandbox: Sandbox) -> None:
    send(sandbox, sections=[{"id": "s2", "name": "Agir"}])
    send(sandbox, activities=[{**ACTIVITIES[3], "section": "s2"}, {**ACTIVITIES[0], "section": "s2"}])
    assert keys(sandbox)[-2:] == ["choix", "page"]
    assert keys(sandbox)[0] == "quiz"


def test_an_error_undoes_the_whole_publication(sandbox: Sandbox) -> None:
    before = copy.deepcopy(sandbox.site.courses)
    renamed = {**ACTIVITIES[0], "name": "Autre nom"}
    lost = {**ACTIVITIES[2], "section": "s9"}
    with pytest.raises(MoodleError, match="no published section"):
        send(sandbox, course={"visible": False}, activities=[renamed, lost])
    assert sandbox.site.courses == before


def test_one_of_two_accounts_with_one_address_is_not_guessed(sandbox: Sandbox) -> None:
    sandbox.site.add_person("double", "Autre", "Personne", "Salome.Cazal@ac-exemple.fr")
    row = {"email": "salome.cazal@ac-exemple.fr", "role": "student"}
    assert send(sandbox, enrolments=[row])["ambiguous_people"] == ["salome.cazal@ac-exemple.fr"]


@given(st.lists(st.text(max_size=3), unique=True, max_size=8), st.data())
def test_named_ones_take_the_places_that_they_held_together(current: list[str], data: st.DataObject) -> None:
    named = data.draw(st.lists(st.sampled_from(current), unique=True)) if current else []
    arranged = in_places(current, named)
    assert [key for key in arranged if key in named] == named
    assert [key if key not in named else None for key in arranged] == [
        key if key not in named else None for key in current
    ]
