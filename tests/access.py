"""People of `[[acces]]` for the configuration of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.settings.sections import Role


def access(identifiant: str, role: Role, *perimetre: str) -> str:
    """Return the block of somebody, a line of its own before and after."""
    scope = f"perimetre = {list(perimetre)!r}\n" if perimetre else ""
    return f'\n[[acces]]\nidentifiant = "{identifiant}"\nrole = "{role}"\n{scope}'
