"""What a closed year would become under today's rules and evidence: compared, told, and never kept."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from connector.ledger.schema import balance, line, teacher

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHOWN = 200
_BALANCE = ("due_min", "presence_min", "distance_min", "formation_continue_min", "animation_min", "retenu_min", "etat")
_LINE = ("minutes", "motif")

Figures = dict[tuple[str, str, str, str], Any]


@dataclass(frozen=True)
class Difference:
    """One figure of a closed year: `objet` is empty for a balance, `session/activité` for a line."""

    annee_scolaire: str
    identifiant: str
    objet: str
    champ: str
    avant: int | str | None
    apres: int | str | None


@dataclass
class Differences:
    """The first differences, and how many there are: a change of rules may concern everybody."""

    number: int = 0
    first: list[Difference] = field(default_factory=list)

    @contextmanager
    def compared(self, connection: sa.Connection, batch: Sequence[int], years: Sequence[str]) -> Iterator[None]:
        """Compare these teachers' figures before and after what is done inside, which is then undone."""
        before = _figures(connection, batch, years)
        undone = connection.begin_nested()
        try:
            yield
            after = _figures(connection, batch, years)
        finally:
            undone.rollback()
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                self._add(Difference(*key, before.get(key), after.get(key)))

    def _add(self, one: Difference) -> None:
        self.number += 1
        if len(self.first) < _SHOWN:
            self.first.append(one)


def _figures(connection: sa.Connection, batch: Sequence[int], years: Sequence[str]) -> Figures:
    """Return every figure of these teachers and years: by year, identifiant, object and name."""
    found: Figures = {}
    balances = sa.select(balance, teacher.c.identifiant).join(teacher, teacher.c.id == balance.c.teacher_id)
    wanted = balance.c.teacher_id.in_(batch), balance.c.annee_scolaire.in_(years)
    for row in connection.execute(balances.where(*wanted)).mappings():
        found |= {(row["annee_scolaire"], row["identifiant"], "", name): row[name] for name in _BALANCE}
    lines = sa.select(line, teacher.c.identifiant).join(teacher, teacher.c.id == line.c.teacher_id)
    wanted = line.c.teacher_id.in_(batch), line.c.annee_scolaire.in_(years)
    for row in connection.execute(lines.where(*wanted)).mappings():
        what = f"{row['code']}/{row['activity_id']}"
        found |= {(row["annee_scolaire"], row["identifiant"], what, name): row[name] for name in _LINE}
    return found
