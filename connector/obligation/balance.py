"""What a teacher has done against what they owe (RULES.md section 5). Pure; whole minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

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
    rules = owed.law.rules_for(owed.year)

    def scaled(threshold: int) -> int:
        """A threshold for a full due, scaled to this due and never above what is owed."""
        return min(owed.minutes, half_up(Fraction(threshold * owed.before_imputation, rules.total_min)))

    distance_min = rules.distance_min if owed.policy.distance_min is None else owed.policy.distance_min
    fc_min = scaled(rules.formation_continue_min)
    thresholds = [
        (_TRAINING, credited.formation_continue, fc_min),
        (_DISTANCE, credited.distance, scaled(distance_min)),
        *(
            (_THEMES.get(theme, theme), credited.themes.get(theme, 0), scaled(least))
            for theme, least in sorted(owed.policy.themes_min.items())
        ),
    ]
    retenu = credited.formation_continue + min(credited.animation, max(0, owed.minutes - fc_min))
    unmet = tuple(f"{name} {hours(done)}/{hours(least)}" for name, done, least in thresholds if done < least)
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
