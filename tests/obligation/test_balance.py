"""Figures, thresholds and alerts of RULES.md section 5."""

from __future__ import annotations

import pytest

from connector.obligation.balance import Credited, balance
from connector.obligation.due import due
from connector.obligation.policy import Derogation, Policy
from scenarios.calendar import SchoolYear
from tests.obligation.test_due import YEAR, service


def test_animation_beyond_its_half_is_not_kept() -> None:
    found = balance(due([service()], YEAR), Credited(formation_continue=600, animation=900))
    assert (found.retenu, found.reste, found.etat, found.manques) == (1140, 0, "atteint", ())


def test_who_owes_nothing_is_dispensed_and_one_minute_is_owed() -> None:
    nothing = due([service(situation="SERVICE_21H")], YEAR)
    assert (balance(nothing, Credited()).etat, balance(nothing, Credited(animation=60)).etat) == ("dispense",) * 2
    assert balance(due([service()], YEAR, derogation=Derogation(1, "x")), Credited()).etat == "incomplet"


def test_formation_continue_alone_is_enough() -> None:
    found = balance(due([service()], YEAR), Credited(formation_continue=1080))
    assert (found.retenu, found.etat) == (1080, "atteint")


def test_enough_hours_and_an_unmet_threshold_is_incomplete() -> None:
    owed = due([service()], YEAR, Policy(distance_min=540))
    found = balance(owed, Credited(presence=1080, formation_continue=1080))
    assert (found.reste, found.etat, found.manques) == (0, "incomplet", ("distance 0:00/9:00",))


def test_a_policy_of_zero_lifts_the_threshold_of_its_rule_set() -> None:
    owed = due([service()], SchoolYear(2014), Policy(distance_min=0))
    assert balance(owed, Credited(formation_continue=1080, presence=1080)).etat == "atteint"


@pytest.mark.parametrize(
    ("imputation", "fc_min"),
    [(0, "9:00"), (300, "9:00"), (539, "9:00"), (540, "9:00")],
)
def test_thresholds_scale_with_the_due_before_imputation(imputation: int, fc_min: str) -> None:
    found = balance(due([service(imputation_min=imputation)], YEAR), Credited())
    assert found.manques == (f"formation continue 0:00/{fc_min}",)


def test_a_threshold_never_exceeds_what_is_owed() -> None:
    owed = due([service(75_000, imputation_min=540)], YEAR)
    assert owed.minutes == 270
    assert balance(owed, Credited()).manques == ("formation continue 0:00/4:30",)


def test_a_scaled_threshold_is_rounded_half_up() -> None:
    owed = due([service(75_000)], YEAR, Policy(themes_min={"autre": 1}))
    assert balance(owed, Credited(formation_continue=810)).manques == ("autre thème 0:00/0:01",)


def test_themes_are_named_when_unmet_and_have_no_cap() -> None:
    policy = Policy(themes_min={"mathematiques": 360, "francais": 360})
    found = balance(due([service()], YEAR, policy), Credited(formation_continue=1080, themes={"mathematiques": 1080}))
    assert found.manques == ("français 0:00/6:00",)
    assert found.retenu == 1080


def test_alerts_are_sentences_that_end_with_their_code() -> None:
    owed = due([service(80_000, imputation_min=400), service(30_500, imputation_min=200)], YEAR)
    found = balance(owed, Credited(outside_list=("S1",), overlapping=("S2",)))
    assert found.alertes == (
        "Crédité dans la session S1 sans figurer sur sa liste (hors_liste).",
        "Un créneau émargé de la session S2 en chevauche un autre (chevauchement).",
        "Les services simultanés totalisent 110,5\u00a0%, plus que le temps plein (quotite_sup_100).",
        "Imputations de 10:00 ramenées au plafond de 9:00 par an (imputation_sup_540).",
    )
