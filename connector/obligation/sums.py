"""What a teacher's lines add up to, read from the ledger for many at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.obligation.balance import Credited

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class _Sums:
    """Minutes and alerts of one teacher and one school year, while they are added up."""

    figures: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    themes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    outside_list: set[str] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    attested_only: set[str] = field(default_factory=set)

    def add(self, row: sa.RowMapping) -> None:
        self.figures["presence" if row["modalite"] == "presence" else "distance"] += row["minutes"]
        self.figures["animation" if row["nature"] == "animation_pedagogique" else "formation_continue"] += row[
            "minutes"
        ]
        if row["theme"]:
            self.themes[row["theme"]] += row["minutes"]
        if row["hors_liste"]:
            self.outside_list.add(row["code"])
        if row["chevauchement"]:
            self.overlapping.add(row["code"])

    def credited(self) -> Credited:
        return Credited(
            **self.figures,
            themes=dict(self.themes),
            outside_list=sorted(self.outside_list),
            overlapping=sorted(self.overlapping),
            attested_only=sorted(self.attested_only),
        )


def credited_of(connection: sa.Connection, batch: Sequence[int]) -> dict[tuple[int, str], Credited]:
    """Return the sums of these teachers' lines, by teacher and school year; none without a line."""
    line = schema.line.c
    key = (line.teacher_id, line.annee_scolaire, line.code, line.modalite, line.nature, line.theme)
    outside = sa.and_(line.hors_liste, line.decision == "credite")
    query = (
        sa.select(
            *key,
            sa.func.sum(line.minutes).label("minutes"),
            sa.func.max(sa.case((outside, 1), else_=0)).label("hors_liste"),
            sa.func.max(sa.case((line.chevauchement, 1), else_=0)).label("chevauchement"),
        )
        .where(line.teacher_id.in_(batch))
        .group_by(*key)
    )
    found: dict[tuple[int, str], _Sums] = defaultdict(_Sums)
    for row in connection.execute(query).mappings():
        found[row["teacher_id"], row["annee_scolaire"]].add(row)
    for teacher_id, annee_scolaire, code in connection.execute(_attested_only(batch)):
        found[teacher_id, annee_scolaire].attested_only.add(code)
    return {key: sums.credited() for key, sums in found.items()}


def _attested_only(batch: Sequence[int]) -> sa.Select[int, str, str]:
    """Sessions that an attestation credits to somebody of whom nothing else was ever said there."""
    line = schema.line.c
    waits = sa.select(schema.session.c.code).where(schema.session.c.validation == "attestation")
    # PostgreSQL knows nothing yet of lines just written: a join would read the sessions again for each of them, what a
    # CASE asks is read once.
    credited = (
        sa.select(line.teacher_id, line.annee_scolaire, line.code)
        .distinct()
        .where(line.teacher_id.in_(batch), line.decision == "credite", sa.case((line.code.in_(waits), 1), else_=0) == 1)
        .cte("credited")
        .prefix_with("MATERIALIZED")
    )
    return sa.select(credited.c.teacher_id, credited.c.annee_scolaire, credited.c.code).where(~_anything(credited))


def _anything(line: sa.CTE) -> sa.Exists:
    """Whether anything but an attestation was ever said of the teacher in the session, and not voided."""
    said, evidence, void = schema.resolution.c, schema.evidence.c, schema.void.c
    return sa.exists().where(
        said.teacher_id == line.c.teacher_id,
        said.code == line.c.code,
        said.activity_id.is_not(None),
        said.status == "resolved",
        evidence.id == said.evidence_id,
        ~sa.exists().where(void.target_id == evidence.statement_id),
    )
