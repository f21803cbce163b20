"""No English reaches an author: every pydantic error that the models can raise has its sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import messages
from scenarios.achievement import KNOWN
from scenarios.errors import ScenarioError
from scenarios.load import load_any
from scenarios.model import Parcours
from scenarios.session import Session
from scenarios.yaml_nodes import parse_document

if TYPE_CHECKING:
    from pydantic import BaseModel

RAISED_BY = {
    "model": {"model_type", "model_attributes_type"},
    "model-fields": {"missing", "extra_forbidden", "model_attributes_type"},
    "literal": {"literal_error"},
    "tagged-union": {"union_tag_invalid", "union_tag_not_found", "model_attributes_type"},
    "tuple": {"tuple_type", "too_short"},
    "dict": {"dict_type"},
    "function-plain": {messages.REFUSED},
    "function-after": {messages.REFUSED},
    "nullable": set(),
    "default": set(),
    "model-field": set(),
    "definitions": set(),
    "definition-ref": set(),
}
"""Kind of core schema → the error types it raises (pydantic-core's validators). An unforeseen kind fails the test."""


IRRELEVANT = {"metadata", "serialization", "expected", "function", "cls", "config"}


def kinds(model: type[BaseModel]) -> set[str]:
    """Return the kinds of core schema that validate a model, by following its references."""
    whole: Any = model.__pydantic_core_schema__
    definitions = {one["ref"]: one for one in whole.get("definitions", [])}
    found: set[str] = set()
    pending, seen = [whole.get("schema", whole)], set()
    while pending:
        part = pending.pop()
        if isinstance(part, list | tuple):
            pending.extend(part)
        elif isinstance(part, dict):
            kind = part.get("type")
            if isinstance(kind, str):
                found.add(kind)
            if kind == "definition-ref" and part["schema_ref"] not in seen:
                seen.add(part["schema_ref"])
                pending.append(definitions[part["schema_ref"]])
            if kind != "function-plain":  # what is below says how to serialise and to describe, not how to validate
                pending.extend(value for key, value in part.items() if key not in IRRELEVANT)
    return found


@pytest.mark.parametrize("model", [Parcours, Session])
def test_every_error_type_has_its_sentence(model: type[BaseModel]) -> None:
    found = kinds(model)
    assert "model-fields" in found
    assert found <= set(RAISED_BY), found - set(RAISED_BY)
    raised = set().union(*(RAISED_BY[kind] for kind in found))
    assert raised <= set(messages._SENTENCES)


def test_every_sentence_is_about_something_that_can_happen() -> None:
    found = kinds(Parcours) | kinds(Session)
    assert set(messages._SENTENCES) == set().union(*(RAISED_BY[kind] for kind in found))


def test_activity_types_are_those_of_the_models() -> None:
    schema = Parcours.model_json_schema()["$defs"]
    mapping = schema["Sequence"]["properties"]["activites"]["items"]["discriminator"]["mapping"]
    assert set(mapping) == set(KNOWN)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["x", "", "page", "test", "parcours/1", "1h", "2026-10-05", "true", "50%", "vue", None]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from([*Parcours.model_fields, "id", "type", "contenu", "duree", "activites"]), inner
        ),
    ),
    max_leaves=12,
)


def yaml_of(value: Any) -> str:
    """Write a value as flow YAML, every text between quotes."""
    if value is None:
        return "~"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(map(yaml_of, value))}]"
    return "{" + ", ".join(f"{key}: {yaml_of(item)}" for key, item in value.items()) + "}"


@given(
    st.dictionaries(st.sampled_from(list(Parcours.model_fields)), VALUES), st.sampled_from(["parcours/1", "session/1"])
)
@settings(max_examples=150, deadline=None)
def test_any_structure_is_refused_in_french(tmp_path_factory: pytest.TempPathFactory, value: Any, kind: str) -> None:
    path = tmp_path_factory.mktemp("forme") / "f.yaml"
    path.write_text(yaml_of({**value, "format": kind}), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_any(path)
    text = str(refused.value).lower()
    assert not any(word in text for word in ("input", "should", "required", "expected", "permitted", "error"))


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_is_refused_or_read(text: str) -> None:
    try:
        problems = parse_document(text, Path("f")).problems
    except ScenarioError as exc:
        problems = exc.problems
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)


@given(st.binary())
@settings(max_examples=200, deadline=None)
def test_any_file_is_refused(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("octets") / "f.yaml"
    path.write_bytes(raw)
    with pytest.raises(ScenarioError):
        load_any(path)
