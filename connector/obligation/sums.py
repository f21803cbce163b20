"""What a teacher's lines add up to, read from the ledger for many at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from connector.ledger import schema
from connector.obligation.balance import Credited
from connector.obligation.items import among

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class _Sums:
    """Minutes and alerts of one teacher and one school year, while they are added up."""

    minutes: int = 0
    presence: int = 0
    animation: int = 0
    themes: dict[str, int] = field(default_factory=dict)
    outside_list: set[str] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    attested_only: set[str] = field(default_factory=set)

    def credited(self) -> Credited:
        return Credited(
            presence=self.presence,
            distance=self.minutes - self.presence,
            formation_continue=self.minutes - self.animation,
            animation=self.animation,
            themes=self.themes,
            outside_list=sorted(self.outside_list),
            overlapping=sorted(self.overlapping),
            attested_only=sorted(self.attested_only),
        )


def credited_of(connection: sa.Connection, batch: Sequence[int]) -> dict[tuple[int, str], Credited]:
    """Return the sums of these teachers' lines, by teacher and school year; none without a line."""
    found: dict[tuple[int, str], _Sums] = defaultdict(_Sums)
    for teacher_id, year, theme, minutes, presence, animation in connection.execute(_minutes(batch)):
        sums = found[teacher_id, year]
        sums.minutes += minutes
        sums.presence += presence
        sums.animation += animation
        if theme:
            sums.themes[theme] = minutes
    for teacher_id, year, code, outside, overlaps in connection.execute(_to_look_at(batch)):
        if outside:
            found[teacher_id, year].outside_list.add(code)
        if overlaps:
            found[teacher_id, year].overlapping.add(code)
    for teacher_id, year, code in connection.execute(_attested_only(batch)):
        found[teacher_id, year].attested_only.add(code)
    return {key: sums.credited() for key, sums in found.items()}


def _minutes(batch: Sequence[int]) -> sa.Select[int, str, str | None, int, int, int]:
    """Minutes by teacher, school year and theme: all, those in presence, those of animations."""
    line = schema.line.c
    key = (line.teacher_id, line.annee_scolaire, line.theme)

    def total(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.sum(sa.case((which, line.minutes), else_=0))

    return (
        sa.select(
            *key,
            sa.func.sum(line.minutes),
            total(line.modalite == "presence"),
            total(line.nature == "animation_pedagogique"),
        )
        .where(among(line.teacher_id, batch))
        .group_by(*key)
    )


def _to_look_at(batch: Sequence[int]) -> sa.Select[int, str, str, bool, bool]:
    """Sessions credited without being on their list, or with a slot that gives way."""
    line = schema.line.c
    outside = line.hors_liste & (line.decision == "credite")
    return (
        sa.select(line.teacher_id, line.annee_scolaire, line.code, outside, line.chevauchement)
        .distinct()
        .where(among(line.teacher_id, batch), outside | line.chevauchement)
    )


def _attested_only(batch: Sequence[int]) -> sa.Select[int, str, str]:
    """Sessions that an attestation credits to somebody of whom nothing else was ever said there."""
    line = schema.line.c
    waits = sa.select(schema.session.c.code).where(schema.session.c.validation == "attestation")
    # PostgreSQL knows nothing yet of lines just written: a join would read the sessions again for each of them, what a
    # CASE asks is read once.
    credited = (
        sa.select(line.teacher_id, line.annee_scolaire, line.code)
        .distinct()
        .where(
            among(line.teacher_id, batch), line.decision == "credite", sa.case((line.code.in_(waits), 1), else_=0) == 1
        )
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
