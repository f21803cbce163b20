"""When a trainer is reminded of a session that waits for their attestation. Pure.

Start, end, then 7, 14 and 21 days later, while somebody waits; none after (m@gistère's `workflow_cron`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from connector.language import _

if TYPE_CHECKING:
    from datetime import date

_LATE_DAYS = (7, 14, 21)


@dataclass(frozen=True)
class Reminder:
    """One reminder: its day, and whether that is behind, today or ahead."""

    name: str
    day: date
    when: Literal["passe", "aujourd_hui", "a_venir"]


def reached(debut: date, fin: date | None, today: date) -> Reminder | None:
    """Return the newest reminder of a session whose day has come, which stands for those before it; None too early."""
    behind = [one for one in reminders(debut, fin, today, waiting=True) if one.when != "a_venir"]
    return behind[-1] if behind else None


def reminders(debut: date, fin: date | None, today: date, *, waiting: bool) -> tuple[Reminder, ...]:
    """Return the reminders of a session, none where nobody waits for an attestation.

    A session without an end is reminded of at its start only.
    """
    if not waiting:
        return ()
    named = [(_("début de la session"), debut)]
    if fin is not None:
        named.append((_("fin de la session"), fin))
        named += [(_("{jours} jours après la fin", jours=days), fin + timedelta(days=days)) for days in _LATE_DAYS]
    return tuple(
        Reminder(name, day, "passe" if day < today else "aujourd_hui" if day == today else "a_venir")
        for name, day in named
    )
