"""What reports write beyond hours and percentages (those are `connector.obligation.wording`'s)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.language import N_, SOURCE, _, language
from connector.obligation.wording import NBSP, day, month

if TYPE_CHECKING:
    from datetime import date, datetime


_DAYS = (
    N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"), N_("dimanche"),
)  # fmt: skip


def long_day(value: date) -> str:
    """Return `mercredi 7 octobre 2026`, the number and its month kept together; the first of a month is `1er`."""
    number = _("1er") if value.day == 1 else str(value.day)
    name = _(_DAYS[value.weekday()])
    return _("{jour} {numero} {mois} {annee}", jour=name, numero=number, mois=month(value), annee=value.year)


def clock(value: datetime) -> str:
    """Return `13 h 30`, or `15 h` on the hour, unbreakable; in English `13:30`."""
    if not value.minute:
        return _("{heures} h", heures=value.hour)
    return _("{heures} h {minutes}", heures=value.hour, minutes=f"{value.minute:02d}")


def count(number: int, singular: str, plural: str) -> str:
    """Return a number with its noun agreed (`0` and `1` take the singular in French); both are marked sentences."""
    one = abs(number) < 2 if language() == SOURCE else number == 1
    return f"{number}{NBSP}{_(singular if one else plural)}"


def moment(value: datetime) -> str:
    """Return `22/11/2026 à 8 h 30`."""
    return _("{jour} à {heure}", jour=day(value), heure=clock(value))


def session_dates(debut: date, fin: date | None) -> str:
    """Return `du 05/10/2026 au 18/12/2026`, or since when where there is no end."""
    if fin is None:
        return _("à partir du {debut}", debut=day(debut))
    return _("du {debut} au {fin}", debut=day(debut), fin=day(fin))
