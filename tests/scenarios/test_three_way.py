"""A parcours that changes under a session: nothing that the session says is lost, nothing that changes is hidden."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.contextualise import contextualise
from scenarios.three_way import ORDER, PLACE, compare
from scenarios.yaml_nodes import parse_document, plain

if TYPE_CHECKING:
    from scenarios.three_way import Comparison, Difference
    from scenarios.yaml_nodes import Node

Activities = dict[str, dict[str, str]]
TEXTS = st.sampled_from(["un", "deux", "trois"])
KEYS = {"titre": TEXTS, "consigne": TEXTS, "duree": st.sampled_from(["15min", "15", "20min"])}
IDS = st.sampled_from(["a", "b", "c", "d", "e"])
FRAGMENT = st.fixed_dictionaries({}, optional=KEYS)


def tree(value: object) -> Node:
    return parse_document(json.dumps(value), Path("essai.yaml")).root


def activity(identifier: str, said: dict[str, str]) -> dict[str, str]:
    base = {"type": "page", "titre": "un", "modalite": "distance_asynchrone", "duree": "15min", "achevement": "vue"}
    return {"id": identifier, **base, **said}


def parcours(version: str, sequences: dict[str, Activities], **keys: str) -> Node:
    listed = [
        {"id": name, "titre": name, "activites": [activity(one, said) for one, said in activities.items()]}
        for name, activities in sequences.items()
    ]
    return tree({"matricule": f"26_ACA10_ESSAI_{version}", **keys, "sequences": listed})


def session(modifier: Activities, retirer: list[str], ajouter: list[dict[str, Any]]) -> Node:
    return tree({"contextualisation": {"modifier": modifier, "retirer": retirer, "ajouter": ajouter}})


def activities_of(root: Node) -> dict[str, dict[str, Any]]:
    found: Any = plain(root)
    return {one["id"]: one for sequence in found["sequences"] for one in sequence["activites"]}


def addition(identifier: str, place: str) -> dict[str, Any]:
    return {"sequence": place, "activite": activity(identifier, {"titre": "ici"})}


VERSION = st.dictionaries(IDS, FRAGMENT, min_size=1)
OVERLAY = st.tuples(
    st.dictionaries(st.sampled_from("abcdef"), FRAGMENT, max_size=3),
    st.lists(st.sampled_from("abcdef"), unique=True, max_size=2),
    st.lists(st.sampled_from("defg"), unique=True, max_size=2),
)


@settings(max_examples=80, deadline=None)
@given(VERSION, VERSION, OVERLAY)
def test_nothing_local_is_lost(
    before: Activities, after: Activities, overlay: tuple[Activities, list[str], list[str]]
) -> None:
    modifier, retirer, ajouter = overlay
    said = session(modifier, retirer, [addition(one, "s1") for one in ajouter])
    today = parcours("1.1", {"s1": after})
    found = compare(parcours("1.0", {"s1": before}), today, said)
    told = [problem.message for problem in found.sans_objet]
    result = activities_of(contextualise(today, said).root)

    for identifier, fragment in modifier.items():
        for key, value in fragment.items():
            places = [one for one in stands(found) if (one.id, one.cle, one.retiree) == (identifier, key, False)]
            if identifier in after:
                assert [one.local for one in places] == [value]
                assert result[identifier][key] == value, "the session's word is what is published"
            else:
                assert places == []
                assert any(f"« {identifier} »" in sentence for sentence in told)
    for identifier in retirer:
        if any(f"« {identifier} »" in sentence for sentence in told):
            continue
        assert any(one.id == identifier and one.retiree for one in stands(found))
        assert identifier not in result
    for identifier in ajouter:
        added = [one for one in found.gardes if (one.id, one.cle, one.retiree) == (identifier, None, False)]
        assert len(added) == 1 or any(f"« {identifier} »" in sentence for sentence in told)


@settings(max_examples=80, deadline=None)
@given(VERSION, VERSION, OVERLAY)
def test_nothing_that_changes_is_hidden_and_what_is_to_decide_was_changed_on_both_sides(
    before: Activities, after: Activities, overlay: tuple[Activities, list[str], list[str]]
) -> None:
    modifier, retirer, ajouter = overlay
    said = session(modifier, retirer, [addition(one, "s1") for one in ajouter])
    old, new = parcours("1.0", {"s1": before}), parcours("1.1", {"s1": after})
    found = compare(old, new, said)
    was, now = activities_of(old), activities_of(new)
    shown = {(one.id, one.cle) for one in (*found.repris, *found.gardes, *found.a_decider)}
    for identifier in was.keys() ^ now.keys():
        assert (identifier, None) in shown
    for identifier in was.keys() & now.keys():
        for key in ("titre", "consigne", "duree"):
            same = minutes(was[identifier].get(key)) == minutes(now[identifier].get(key))
            assert same or (identifier, key) in shown
    for one in found.a_decider:
        assert minutes(one.avant) != minutes(one.apres)
        assert one.retiree or minutes(one.local) != minutes(one.apres)
        assert one.id in (retirer if one.retiree else modifier)
    for one in found.repris:
        assert one.cle is None or one.cle not in modifier.get(one.id, {})


def minutes(value: object) -> object:
    return "15min" if value == "15" else value


def stands(found: Comparison) -> tuple[Difference, ...]:
    return (*found.gardes, *found.a_decider)


def test_what_each_side_changed_is_told_apart() -> None:
    old = parcours("1.0", {"s1": {"a": {"titre": "un", "consigne": "un"}, "b": {}}}, titre="Essai")
    new = parcours("1.1", {"s1": {"a": {"titre": "deux", "consigne": "deux"}}, "s2": {"c": {}}}, titre="Essai neuf")
    found = compare(old, new, session({"a": {"titre": "ici", "duree": "20min"}, "b": {"titre": "ici"}}, [], []))
    assert [(one.quoi, one.id, one.cle) for one in found.repris] == [
        ("parcours", "", "matricule"),
        ("parcours", "", "titre"),
        ("sequence", "s2", None),
        ("activite", "a", "consigne"),
        ("activite", "c", None),
        ("activite", "b", None),
    ]
    assert [(one.id, one.cle, one.local) for one in found.gardes] == [("a", "duree", "20min")]
    assert [(one.id, one.cle, one.avant, one.apres, one.local) for one in found.a_decider] == [
        ("a", "titre", "un", "deux", "ici")
    ]
    assert ["« b »" in problem.message for problem in found.sans_objet] == [True]
    assert (found.avant, found.apres) == ("26_ACA10_ESSAI_1.0", "26_ACA10_ESSAI_1.1")


def test_a_change_that_says_what_the_session_says_is_no_question() -> None:
    old, new = parcours("1.0", {"s1": {"a": {}}}), parcours("1.1", {"s1": {"a": {"duree": "20"}}})
    found = compare(old, new, session({"a": {"duree": "20min"}}, [], []))
    assert [(one.cle, one.local) for one in found.gardes] == [("duree", "20min")]
    assert found.a_decider == ()


def test_an_activity_that_the_session_removes_and_the_parcours_changes_is_to_decide() -> None:
    old, new = parcours("1.0", {"s1": {"a": {}, "b": {}}}), parcours("1.1", {"s1": {"a": {}, "b": {"titre": "deux"}}})
    (one,) = compare(old, new, session({}, ["b"], [])).a_decider
    assert (one.id, one.cle, one.retiree) == ("b", "titre", True)
    (kept,) = compare(old, new, session({}, ["a"], [])).gardes
    assert (kept.id, kept.cle, kept.retiree) == ("a", None, True)


def test_moves_are_shown() -> None:
    old = parcours("1.0", {"s1": {"a": {}, "b": {}}, "s2": {"c": {}}})
    new = parcours("1.1", {"s1": {"b": {}}, "s2": {"a": {}, "c": {}}})
    found = [(one.id, one.cle) for one in compare(old, new, session({}, [], [])).repris]
    assert found == [("", "matricule"), ("", ORDER), ("a", PLACE)]


def test_an_addition_takes_the_place_of_nothing() -> None:
    old, new = parcours("1.0", {"s1": {"a": {}, "b": {}}}), parcours("1.1", {"s1": {"a": {}}})
    found = compare(old, new, session({}, [], [addition("b", "s1")]))
    assert [(one.id, one.cle) for one in found.gardes] == [("b", None)]
    assert ("b", None) in [(one.id, one.cle) for one in found.repris]
    taken = compare(old, parcours("1.1", {"s1": {"a": {}, "b": {}, "g": {}}}), session({}, [], [addition("g", "s1")]))
    assert taken.gardes == ()
    assert "« g »" in taken.sans_objet[0].message
