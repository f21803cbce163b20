"""The rows of GAIA's three files: their fields in order, what they must hold, what makes each one row. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from connector.language import _
from xapi.names import normalise_email

_EMAIL = re.compile(r"[^@\s|;]{1,64}@[^@\s|;]+\.[^@\s|;]+")
_DISPOSITIF_MAX = 10
_NATIONAL = "N"


class RefusedLineError(ValueError):
    """The line is left out; the message is a French phrase."""


@dataclass(frozen=True)
class Formation:
    """One session of a module of a dispositif; `debut` and `fin` are local times, as GAIA writes them."""

    table_name: str
    dispositif: str
    dispositif_name: str
    module: str
    module_name: str
    session: str
    group: str
    debut: datetime
    fin: datetime
    place_type: str
    place: str

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it one session."""
        return (self.table_name, self.dispositif, self.module, self.session)

    @property
    def national(self) -> bool:
        """Whether its dispositif is a national one, which every académie's file repeats."""
        return self.dispositif[2:3] == _NATIONAL


@dataclass(frozen=True)
class Intervenant:
    """Somebody who trains in a module."""

    table_name: str
    module: str
    nom: str
    prenom: str
    email: str

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it one row."""
        return (self.table_name, self.module, self.email)


@dataclass(frozen=True)
class Stagiaire:
    """Somebody who is enrolled in a session."""

    table_name: str
    session: str
    nom: str
    prenom: str
    email: str

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it one row."""
        return (self.table_name, self.session, self.email)


def formation(cells: list[str]) -> Formation:
    """Read a line of `Formations`: 14 fields, the last one ignored, all but the place mandatory."""
    _expect(cells, 14, mandatory=12)
    table_name, dispositif, dispositif_name, module, module_name, session, group, *dates, place_type, place = cells[:-1]
    if len(dispositif) > _DISPOSITIF_MAX:
        raise RefusedLineError(
            _(
                "l'identifiant de dispositif « {dispositif} » dépasse {dispositif_max} caractères",
                dispositif=dispositif,
                dispositif_max=_DISPOSITIF_MAX,
            )
        )
    debut, fin = _instant(dates[0], dates[1]), _instant(dates[2], dates[3])
    if fin < debut:
        raise RefusedLineError(_("la session finit avant d'avoir commencé"))
    return Formation(
        table_name, dispositif, dispositif_name, module, module_name, session, group, debut, fin, place_type, place
    )


def intervenant(cells: list[str]) -> Intervenant:
    """Read a line of `Intervenants`: 6 fields, the last one ignored."""
    _expect(cells, 6, mandatory=5)
    table_name, module, nom, prenom, email, _ = cells
    return Intervenant(table_name, module, nom, prenom, _email(email))


def stagiaire(cells: list[str]) -> Stagiaire:
    """Read a line of `Stagiaires`: 5 fields."""
    _expect(cells, 5, mandatory=5)
    table_name, session, nom, prenom, email = cells
    return Stagiaire(table_name, session, nom, prenom, _email(email))


def _expect(cells: list[str], number: int, *, mandatory: int) -> None:
    if len(cells) != number:
        raise RefusedLineError(_("{attendus} champs attendus, {trouves} trouvés", attendus=number, trouves=len(cells)))
    for rank, cell in enumerate(cells[:mandatory], start=1):
        if not cell:
            raise RefusedLineError(_("le champ {rank} est vide", rank=rank))


def _instant(day: str, hour: str) -> datetime:
    try:
        return datetime.strptime(f"{day} {hour}", "%d/%m/%Y %H:%M")  # noqa: DTZ007 - GAIA writes local times
    except ValueError:
        raise RefusedLineError(
            _("« {day} {hour} » n'est pas une date JJ/MM/AAAA et une heure HH:MM", day=day, hour=hour)
        ) from None


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise RefusedLineError(_("« {text} » n'est pas une adresse électronique", text=text))
    return normalise_email(text)
