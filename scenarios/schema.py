"""JSON schemas of the authors' files, for the completion and the checks of their editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.model import Gabarit, Parcours
from scenarios.session import Session

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: dict[str, type[BaseModel]] = {"parcours": Parcours, "gabarit": Gabarit, "session": Session}
_FOR_DEVELOPERS = {"title", "description"}


def schema_of(kind: str) -> dict[str, Any]:
    """Return the JSON schema of `parcours` or `session` files, without the developers' English descriptions."""
    schema = _without_prose(KINDS[kind].model_json_schema())
    return {"$schema": DIALECT, "title": f"{kind}/1", **schema}


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_prose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_prose(part) for name, part in value.items()}
        if key in {"properties", "$defs"}
        else _without_prose(value)
        for key, value in schema.items()
        if key not in _FOR_DEVELOPERS
    }
