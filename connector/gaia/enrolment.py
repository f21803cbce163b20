"""From GAIA's enrolments to a session's list: added, never removed, the file otherwise left as it was written."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger.schema import gaia_formation, gaia_stagiaire
from scenarios.participants import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenarios.participants import Participant
    from scenarios.session import Gaia


@dataclass(frozen=True)
class Enrolled:
    """Somebody whom GAIA enrols in a session; `origine` and `cadre` are those of the link, empty for the session's."""

    email: str
    nom: str
    prenom: str
    origine: str
    cadre: str


@dataclass(frozen=True)
class Merged:
    """A list completed: its text, who was added, and the addresses on it that GAIA does not (or no longer) enrol."""

    text: str
    added: tuple[Enrolled, ...]
    others: tuple[str, ...]


def enrolled(connection: sa.Connection, links: Sequence[Gaia]) -> tuple[list[Enrolled], list[Gaia]]:
    """Return whom GAIA enrols in the linked sessions, by e-mail, and the links that GAIA does not know.

    Somebody enrolled by several links has the origin and the frame of the first one.
    """
    people: dict[str, Enrolled] = {}
    unknown = []
    formation, trainee = gaia_formation.c, gaia_stagiaire.c
    for link in links:
        known = sa.and_(
            formation.dispositif == link.dispositif,
            formation.module == link.module,
            formation.session == link.session,
        )
        if not connection.execute(sa.select(sa.exists().where(known))).scalar_one():
            unknown.append(link)
            continue
        query = (
            sa.select(trainee.email, trainee.nom, trainee.prenom)
            .join(
                gaia_formation,
                sa.and_(formation.table_name == trainee.table_name, formation.session == trainee.session),
            )
            .where(known)
            .order_by(trainee.email)
            .distinct()
        )
        for email, nom, prenom in connection.execute(query):
            people.setdefault(email, Enrolled(email, nom, prenom, link.origine or "", link.cadre or ""))
    return sorted(people.values(), key=lambda one: one.email), unknown


def merge(text: str, listed: Iterable[Participant], people: Sequence[Enrolled]) -> Merged:
    """Add to the text of a list those of `people` who are not on it, with the columns that they need.

    `listed` is what the text holds. Without any text the list is begun. Pure.
    """
    known = {one.courriel for one in listed}
    enrolled_addresses = {one.email for one in people}
    added = tuple(one for one in people if one.email not in known)
    lines = text.splitlines() or [";".join(COLUMNS[:2])]
    header = next(csv.reader([lines[0]], delimiter=";"))
    needed = [name for name in COLUMNS[2:] if any(getattr(one, name) for one in added)]
    header += [name for name in needed if name not in [cell.strip() for cell in header]]
    lines[0] = ";".join(header)
    for one in added:
        values = {"courriel": one.email, "origine": one.origine, "cadre": one.cadre}
        lines.append(_line([values.get(name.strip(), "") for name in header]))
    whole = "\n".join(lines) + "\n"
    return Merged(whole if added else text, added, tuple(sorted(known - enrolled_addresses)))


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow(cells)
    return out.getvalue()
