"""In what a found object differs from a wanted one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic import JsonValue

    from connector.moodle.document import ActivitySettings
    from connector.moodle.observation import ObservedActivity

SETTINGS = "settings."
_NOT_COMPARED = ("module", "settings", "leave", "replaces", "instead")


def differences(wanted: BaseModel, found: BaseModel) -> tuple[str, ...]:
    """Return the names of the fields of `wanted` that `found` holds otherwise, in their order."""
    return tuple(name for name in type(wanted).model_fields if not _same(getattr(wanted, name), getattr(found, name)))


def activity_fields(wanted: ActivitySettings) -> tuple[str, ...]:
    """Return the names of all that is wanted of an activity, `settings.<key>` for each of its settings."""
    common = (name for name in type(wanted).model_fields if name not in _NOT_COMPARED)
    return (*common, *(f"{SETTINGS}{key}" for key in wanted.settings))


def activity_differences(wanted: ActivitySettings, found: ObservedActivity) -> tuple[str, ...]:
    """Return what differs between activities of one module, `settings.<key>` for each of the settings wanted."""
    return tuple(
        name
        for name in activity_fields(wanted)
        if not _same(_raw(wanted, name), _raw(found, name))
        or (name == "availability" and found.availability.other is not None)
    )


def value(of: BaseModel, name: str) -> JsonValue:
    """Return a field as JSON; `settings.<key>` for a setting, None where it is not there."""
    raw = _raw(of, name)
    if isinstance(raw, BaseModel):
        dumped: JsonValue = raw.model_dump(mode="json", by_alias=True, exclude_none=True)
        return dumped
    if isinstance(raw, tuple):
        return [one.model_dump(mode="json") if isinstance(one, BaseModel) else one for one in raw]
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    plain: JsonValue = raw  # type: ignore[assignment]  # the documents hold nothing else
    return plain


def _raw(of: BaseModel, name: str) -> object:
    if name.startswith(SETTINGS):
        settings: dict[str, object] = getattr(of, "settings", {})
        return settings.get(name.removeprefix(SETTINGS))
    return getattr(of, name)


def _same(wanted: object, found: object) -> bool:
    if isinstance(wanted, BaseModel) and isinstance(found, BaseModel):
        return not differences(wanted, found)
    return wanted == found
