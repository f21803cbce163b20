"""In what a found object differs from a wanted one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from connector.moodle.document import ActivitySettings
    from connector.moodle.observation import ObservedActivity


def differences(wanted: BaseModel, found: BaseModel) -> tuple[str, ...]:
    """Return the names of the fields of `wanted` that `found` holds otherwise, in their order."""
    return tuple(name for name in type(wanted).model_fields if not _same(getattr(wanted, name), getattr(found, name)))


def activity_differences(wanted: ActivitySettings, found: ObservedActivity) -> tuple[str, ...]:
    """Return what differs between activities of one module, `settings.<key>` for each of the settings wanted."""
    common = [name for name in type(wanted).model_fields if name not in ("module", "settings")]
    fields = [name for name in common if not _same(getattr(wanted, name), getattr(found, name))]
    if found.availability.other is not None and "availability" not in fields:
        fields.append("availability")
    return (*fields, *(f"settings.{key}" for key, value in wanted.settings.items() if found.settings.get(key) != value))


def _same(wanted: object, found: object) -> bool:
    if isinstance(wanted, BaseModel) and isinstance(found, BaseModel):
        return not differences(wanted, found)
    return wanted == found
