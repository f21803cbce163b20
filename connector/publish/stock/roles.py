"""The numbers of roles. Pure.

No core service lists them: they are those that the people enrolled bear, then as configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from connector.errors import DataError
from connector.language import N_, _
from connector.publish.changes import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.publish.stock.state import StockCourse

ROLE_IDS = {"student": 5, "teacher": 4, "editingteacher": 3}
"""Moodle's numbers of its own roles at installation."""

_COURSE = N_("celui des personnes déjà inscrites dans le cours")
_CHOSEN = N_("celui de parcours.toml")
_DEFAULT = N_("celui d'une installation de Moodle, que la clé « roles » de parcours.toml change")


class RoleNumber(NamedTuple):
    """A role's number on a site, and where it is known from, in French."""

    role: str
    number: int
    source: str

    def __str__(self) -> str:
        return _(
            "Le rôle « {roles} » donné ici est le numéro {number} : {source}.",
            roles=ROLES[self.role],
            number=self.number,
            source=_(self.source),
        )


def roles_of(found: StockCourse, chosen: Mapping[str, int]) -> dict[str, RoleNumber]:
    """Return the number of each role on this site, as far as it is known.

    What the course does not tell is as the configuration has `chosen`, else as at installation, unless what the course
    does tell shows that this site has other numbers.
    """
    told = {role.shortname: role.roleid for one in found.people for role in one.roles if role.roleid}
    untold = {name: number for name, number in ROLE_IDS.items() if name not in told and name not in chosen}
    others = any(told[name] != number for name, number in ROLE_IDS.items() if name in told)
    known = {name: RoleNumber(name, number, _COURSE) for name, number in told.items()}
    known |= {name: RoleNumber(name, number, _CHOSEN) for name, number in chosen.items() if name not in told}
    if not others and not set(untold.values()) & {one.number for one in known.values()}:
        known |= {name: RoleNumber(name, number, _DEFAULT) for name, number in untold.items()}
    return known


def unknown_role(role: str, found: StockCourse) -> DataError:
    """Return the refusal to give a role whose number nothing tells."""
    return DataError(
        _(
            "Les rôles de ce site ne portent pas les numéros d'une installation de Moodle, et le "
            "cours {id} n'a personne au rôle « {role} » qui dise le sien : rien n'a été écrit.",
            id=found.course.id,
            role=role,
        ),
        remedy=_(
            "Inscrivez-y à la main une personne avec ce rôle, ou dites ce numéro par la clé « roles "
            "» du site dans parcours.toml, puis relancez."
        ),
    )
