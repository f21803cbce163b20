"""What a person does in Moodle's own pages, on the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.moodle.sandbox.sandbox import Sandbox
    from connector.moodle.sandbox.site import Course

CODE = "ESSAI-2026A"


def course(sandbox: Sandbox) -> Course:
    found = sandbox.site.published(CODE)
    assert found is not None
    return found


def edit(sandbox: Sandbox, activity: str, **fields: Any) -> None:
    module = course(sandbox).modules[f"{CODE}/{activity}"]
    module.doc = module.doc.model_copy(update=fields)


def edit_settings(sandbox: Sandbox, activity: str, **settings: Any) -> None:
    doc = course(sandbox).modules[f"{CODE}/{activity}"].doc
    edit(sandbox, activity, settings=doc.settings.model_copy(update=settings))


def delete(sandbox: Sandbox, activity: str) -> None:
    key = f"{CODE}/{activity}"
    del course(sandbox).modules[key]
    course(sandbox).order.remove(key)


def rename_group(sandbox: Sandbox, old: str, new: str) -> None:
    """Moodle names groups by id: everything that names this one follows."""
    there = course(sandbox)
    (group,) = [one for one in there.groups.values() if one.name == old]
    group.name = new
    for event in there.events.values():
        if event.doc.group == old:
            event.doc = event.doc.model_copy(update={"group": new})
    for module in there.modules.values():
        named = module.doc.availability
        if old in named.groups:
            groups = tuple(new if name == old else name for name in named.groups)
            module.doc = module.doc.model_copy(update={"availability": named.model_copy(update={"groups": groups})})
