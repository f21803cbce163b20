"""Context activities as lists, which xAPI 1.0.0 let be one activity alone (xAPI 1.0.3, part 2, 2.4.6.2). Pure."""

from __future__ import annotations

from typing import Any


def with_lists(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a valid statement with every context activity in a list: itself where they all are."""
    changed = dict(statement)
    target = statement["object"]
    if target.get("objectType") == "SubStatement":
        changed["object"] = with_lists(target)
    kinds = statement.get("context", {}).get("contextActivities", {})
    if any(not isinstance(value, list) for value in kinds.values()):
        listed = {kind: value if isinstance(value, list) else [value] for kind, value in kinds.items()}
        changed["context"] = {**statement["context"], "contextActivities": listed}
    same = all(changed[name] is value for name, value in statement.items())
    return statement if same else changed
