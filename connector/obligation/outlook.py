"""Where a teacher stands on a given day: what should be done by then, what is planned, what to look at. Pure, no clock.

Nothing of it is stored: it changes every day without anything having happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from connector.language import N_, _, ngettext
from connector.obligation.balance import Balance, Credited, balance
from connector.obligation.due import half_up
from connector.obligation.wording import day, hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from connector.obligation.due import Due, Part


class Coming(NamedTuple):
    """Minutes that an activity of a session still to come, or going on, may yet bring."""

    code: str
    activity_id: str
    minutes: int
    modalite: str
    nature: str
    theme: str | None


class Late(NamedTuple):
    """A session that ended on `fin` and that its trainer has not attested for the teacher."""

    code: str
    fin: date


@dataclass(frozen=True)
class Outlook:
    """One teacher on one day, in minutes.

    `attendu_min` is what their service until then owes; `en_attente_min` waits for a mark or an attestation in sessions
    that are over; `a_venir_min` is planned in the others. `projete` is the balance once both have been credited.
    `alertes` are sentences that end with their code in brackets, as those of the balance, which they come after.
    """

    attendu_min: int
    en_attente_min: int
    a_venir_min: int
    projete: Balance
    alertes: tuple[str, ...]


def outlook(
    owed: Due,
    credited: Credited,
    on: date,
    *,
    waiting: Sequence[Coming] = (),
    coming: Sequence[Coming] = (),
    late: Sequence[Late] = (),
    queued: int = 0,
) -> Outlook:
    """Return where a teacher stands on the day `on`: `queued` declarations of theirs wait in the queue."""
    expected, projected = accrued(owed, on), project(owed, credited, (*waiting, *coming))
    return Outlook(
        attendu_min=expected,
        en_attente_min=sum(one.minutes for one in waiting),
        a_venir_min=sum(one.minutes for one in coming),
        projete=projected,
        alertes=(
            *_behind(balance(owed, credited), expected, projected, on),
            *(_unattested(one) for one in sorted(late)),
            *_queued(queued),
        ),
    )


def accrued(owed: Due, on: date) -> int:
    """Return the part of the due that service up to `on`, included, answers for: day by day, like the due itself."""
    if not owed.exact:
        elapsed = min(max((on - owed.year.start).days + 1, 0), owed.year.days)
        return half_up(Fraction(owed.minutes * elapsed, owed.year.days))
    served = sum((part.minutes * _elapsed(part, on) for part in owed.parts), Fraction(0))
    return half_up(owed.minutes * served / owed.exact)


def _elapsed(part: Part, on: date) -> Fraction:
    span = (part.last - part.first).days + 1
    return Fraction(min(max((on - part.first).days + 1, 0), span), span)


def project(owed: Due, credited: Credited, coming: Iterable[Coming]) -> Balance:
    """Return the balance as it will be once all that is coming has been credited."""
    presence, distance = credited.presence, credited.distance
    training, animation = credited.formation_continue, credited.animation
    themes = dict(credited.themes)
    for one in coming:
        here = one.modalite == "presence"
        presence, distance = presence + one.minutes * here, distance + one.minutes * (not here)
        animates = one.nature == "animation_pedagogique"
        training, animation = training + one.minutes * (not animates), animation + one.minutes * animates
        if one.theme:
            themes[one.theme] = themes.get(one.theme, 0) + one.minutes
    sums = replace(
        credited, presence=presence, distance=distance, formation_continue=training, animation=animation, themes=themes
    )
    return balance(owed, sums)


def _behind(now: Balance, expected: int, projected: Balance, on: date) -> Iterable[str]:
    if now.retenu < expected and now.etat == "incomplet":
        lacking = N_(
            "En retard au {jour} : {retenues} retenues pour {attendues} attendues ;"
            " il manquerait {reste} une fois faites les sessions prévues (retard)."
        )
        enough = N_(
            "En retard au {jour} : {retenues} retenues pour {attendues} attendues ;"
            " les sessions prévues y suffisent (retard)."
        )
        figures = {"retenues": hours(now.retenu), "attendues": hours(expected), "reste": hours(projected.reste)}
        yield _(lacking if projected.reste else enough, jour=day(on), **figures)


def _unattested(one: Late) -> str:
    return _(
        "La session {session}, finie le {jour}, attend l'attestation de son formateur (attestation_en_retard).",
        session=one.code,
        jour=day(one.fin),
    )


def _queued(number: int) -> Iterable[str]:
    if number:
        yield ngettext(
            "{n} déclaration à son nom attend dans la file (file).",
            "{n} déclarations à son nom attendent dans la file (file).",
            number,
        )
