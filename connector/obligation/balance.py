"""What a teacher has done against what they owe (RULES.md section 5). Pure; whole minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from connector.language import N_, SOURCE, speaking
from connector.ledger.roster_cells import FULL_TIME
from connector.obligation.due import Due, half_up
from connector.obligation.wording import hours, percentage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TRAINING, _DISTANCE = N_("formation continue"), N_("distance")
_THEMES = {"mathematiques": N_("mathématiques"), "francais": N_("français"), "autre": N_("autre thème")}
THRESHOLDS = (_TRAINING, _DISTANCE, *_THEMES.values())
"""What an unmet threshold is called."""
_OUTSIDE_LIST = N_("Crédité dans la session {session} sans figurer sur sa liste (hors_liste).")
_OVERLAP = N_("Un créneau émargé de la session {session} en chevauche un autre (chevauchement).")
_ATTESTED_ONLY = N_("Attesté dans la session {session} sans aucune autre déclaration (attestation_seule).")
_PEAK = N_("Les services simultanés totalisent {total}, plus que le temps plein (quotite_sup_100).")
_IMPUTATION = N_("Imputations de {demandees} ramenées au plafond de {plafond} par an (imputation_sup_540).")
ALERTS = (_OUTSIDE_LIST, _OVERLAP, _ATTESTED_ONLY, _PEAK, _IMPUTATION)
"""What an alert says. They are stored in French: `retelling` says them in another language."""


@dataclass(frozen=True)
class Credited:
    """Sums of a teacher's lines in one school year, and what a person has to look at.

    `outside_list`, `overlapping` and `attested_only` are session codes, sorted: credited without being on the
    session's list, with a signed slot that overlaps another one, by an attestation alone.
    """

    presence: int = 0
    distance: int = 0
    formation_continue: int = 0
    animation: int = 0
    themes: Mapping[str, int] = field(default_factory=dict)
    outside_list: Sequence[str] = ()
    overlapping: Sequence[str] = ()
    attested_only: Sequence[str] = ()


class Threshold(NamedTuple):
    """A least inside the due: `full` minutes for a full due, `least` for this one. `theme` is None but for a theme."""

    name: str
    full: int
    least: int
    theme: str | None = None


@dataclass(frozen=True)
class Balance:
    """The figures of one teacher for one school year, in minutes.

    `formation_continue_due` is the least formation continue, scaled to this due.
    `manques` names each unmet threshold (`formation continue 0:00/9:00`); `alertes` are French sentences that end
    with their code in brackets.
    """

    due: int
    presence: int
    distance: int
    formation_continue: int
    animation: int
    formation_continue_due: int
    retenu: int
    reste: int
    etat: str
    manques: tuple[str, ...]
    alertes: tuple[str, ...]


def balance(owed: Due, credited: Credited) -> Balance:
    """Return the balance of what was credited against what is owed, by the law that the due came of."""
    training, distance, *themes = thresholds(owed)
    fc_min = training.least
    judged = [
        (training, credited.formation_continue),
        (distance, credited.distance),
        *((one, credited.themes.get(one.theme or "", 0)) for one in themes),
    ]
    retenu = credited.formation_continue + min(credited.animation, max(0, owed.minutes - fc_min))
    unmet = tuple(f"{one.name} {hours(done)}/{hours(one.least)}" for one, done in judged if done < one.least)
    return Balance(
        due=owed.minutes,
        presence=credited.presence,
        distance=credited.distance,
        formation_continue=credited.formation_continue,
        animation=credited.animation,
        formation_continue_due=fc_min,
        retenu=retenu,
        reste=max(0, owed.minutes - retenu),
        etat=_state(owed.minutes, retenu, unmet),
        manques=unmet,
        alertes=_alerts(owed, credited),
    )


def thresholds(owed: Due) -> tuple[Threshold, ...]:
    """Return the thresholds of a due: formation continue, distance, then each theme that has one.

    They scale with the due after rounding and before imputation, and are never above what is owed.
    """
    rules = owed.law.rules_for(owed.year)
    distance_min = rules.distance_min if owed.policy.distance_min is None else owed.policy.distance_min
    full: list[tuple[str, int, str | None]] = [
        (_TRAINING, rules.formation_continue_min, None),
        (_DISTANCE, distance_min, None),
        *((_THEMES.get(theme, theme), least, theme) for theme, least in sorted(owed.policy.themes_min.items())),
    ]

    def scaled(least: int) -> int:
        return min(owed.minutes, half_up(Fraction(least * owed.before_imputation, rules.total_min)))

    return tuple(Threshold(name, least, scaled(least), theme) for name, least, theme in full)


def _state(owed: int, retenu: int, unmet: tuple[str, ...]) -> str:
    if owed == 0:
        return "dispense"
    return "atteint" if retenu >= owed and not unmet else "incomplet"


def _alerts(owed: Due, credited: Credited) -> tuple[str, ...]:
    found = [_OUTSIDE_LIST.format(session=code) for code in credited.outside_list]
    found += [_OVERLAP.format(session=code) for code in credited.overlapping]
    found += [_ATTESTED_ONLY.format(session=code) for code in credited.attested_only]
    if owed.peak_quotite > FULL_TIME:
        with speaking(SOURCE):
            found.append(_PEAK.format(total=percentage(owed.peak_quotite)))
    if owed.imputation_asked > owed.imputation:
        asked, most = hours(owed.imputation_asked), hours(owed.law.imputation.plafond_min)
        found.append(_IMPUTATION.format(demandees=asked, plafond=most))
    return tuple(found)
