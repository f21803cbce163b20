"""What a teacher owes in a school year (RULES.md section 4). Pure; exact fractions, rounded once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from connector.ledger.roster_cells import FULL_TIME
from connector.obligation.policy import NATIONAL, Derogation, Policy
from connector.obligation.rules import regulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.ledger.roster import Interval
    from connector.obligation.rules import Regulation
    from scenarios.calendar import SchoolYear


@dataclass(frozen=True)
class Part:
    """What one service interval owes: `minutes` is exact, `days` are those that count in the year."""

    service: Interval
    first: date
    last: date
    days: int
    mode: str
    minutes: Fraction


@dataclass(frozen=True)
class Due:
    """The due and how it came: parts, their exact sum, rounding, decision, imputation, by `law`. Minutes.

    `before_imputation` is the rounded due, which the thresholds scale with; `minutes` is what is owed.
    """

    year: SchoolYear
    parts: tuple[Part, ...]
    exact: Fraction
    policy: Policy
    derogation: Derogation | None
    before_imputation: int
    imputation_asked: int
    imputation: int
    minutes: int
    peak_quotite: int
    law: Regulation = field(repr=False, compare=False)


def due(
    services: Iterable[Interval],
    year: SchoolYear,
    policy: Policy = NATIONAL,
    derogation: Derogation | None = None,
    law: Regulation | None = None,
) -> Due:
    """Return what these service intervals owe in `year`, with every step shown."""
    law = law or regulation()
    total = law.rules_for(year).total_min
    parts = _parts(services, year, total, law)
    exact = sum((part.minutes for part in parts), Fraction(0))
    if derogation is not None:
        before = derogation.du_min
    elif policy.arrondi == "module_3h_sup":
        before = _up_to_multiple(half_up(exact), law.arrondi.module_min)
    else:
        before = half_up(exact)
    asked = sum(part.service.imputation_min for part in parts)
    imputation = min(asked, law.imputation.plafond_min)
    return Due(
        year=year,
        parts=parts,
        exact=exact,
        policy=policy,
        derogation=derogation,
        before_imputation=before,
        imputation_asked=asked,
        imputation=imputation,
        minutes=max(0, before - imputation),
        peak_quotite=_peak(parts),
        law=law,
    )


def reporting_interval(services: Iterable[Interval], year: SchoolYear) -> Interval | None:
    """Return the last interval of the school year: the one that places the teacher in a school and circonscription."""
    inside = [(_by_time(clipped, service), service) for service in services if (clipped := _clip(service, year))]
    return max(inside, key=lambda pair: pair[0])[1] if inside else None


def reported_quotite(services: Iterable[Interval], home: Interval, year: SchoolYear) -> int:
    """Return the quotité at the end of `home`, or of the year if that comes first: rows in force together add up."""
    day = max(min(home.fin or year.end, year.end), home.debut or date.min)
    return sum(
        service.quotite for service in services if (service.debut or date.min) <= day <= (service.fin or date.max)
    )


def quotites(owed: Due) -> tuple[tuple[date, int], ...]:
    """Return the quotités of the year, each with the day from which it holds; days without service are left out."""
    found: list[tuple[date, int]] = []
    for day in sorted({part.first for part in owed.parts} | {part.last + timedelta(days=1) for part in owed.parts}):
        total = sum(part.service.quotite for part in owed.parts if part.first <= day <= part.last)
        if total and (not found or found[-1][1] != total):
            found.append((day, total))
    return tuple(found)


def half_up(value: Fraction) -> int:
    """Round a non-negative value to the nearest integer, halves up."""
    return int(value + Fraction(1, 2))


def _up_to_multiple(minutes: int, step: int) -> int:
    return -(-minutes // step) * step


def _parts(services: Iterable[Interval], year: SchoolYear, total: int, law: Regulation) -> tuple[Part, ...]:
    """Return what each interval inside the year owes, by time."""
    clipped = [(inside, service) for service in services if (inside := _clip(service, year))]
    clipped.sort(key=lambda pair: _by_time(*pair))
    lump_days: dict[str, set[date]] = {}
    parts = []
    for (first, last), service in clipped:
        situation = law.situation(service.situation)
        mode = "aucun" if service.degre == "2D" else situation.du
        days = _days(first, last)
        if mode == "forfait":
            # A lump is owed once a day, whatever the number of schools that share the person.
            days = _new_days(first, last, lump_days.setdefault(service.situation, set()))
            minutes = Fraction((situation.forfait_min or 0) * days, year.days)
        elif mode == "quotite":
            minutes = Fraction(total * service.quotite * days, FULL_TIME * year.days)
        else:
            minutes = Fraction(0)
        parts.append(Part(service, first, last, days, mode, minutes))
    return tuple(parts)


def _clip(service: Interval, year: SchoolYear) -> tuple[date, date] | None:
    """Return the part of the interval inside the year, both days included, if there is one."""
    first, last = max(service.debut or year.start, year.start), min(service.fin or year.end, year.end)
    return (first, last) if first <= last else None


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _by_time(inside: tuple[date, date], service: Interval) -> tuple[date, date, int, str, str, str, str, int]:
    first, last = inside
    return (last, first, service.quotite, service.degre, service.uai, service.circonscription, service.situation,
            service.imputation_min)  # fmt: skip


def _new_days(first: date, last: date, seen: set[date]) -> int:
    span = {first + timedelta(days=n) for n in range(_days(first, last))}
    new = span - seen
    seen |= span
    return len(new)


def _peak(parts: Sequence[Part]) -> int:
    """Return the highest total quotité of any day of the year, in thousandths of a percent."""
    return max(
        (sum(p.service.quotite for p in parts if p.first <= day <= p.last) for day in {p.first for p in parts}),
        default=0,
    )
