"""APC, conseils, class time and the pacte are refused by their name, and nothing else is."""

from __future__ import annotations

import pytest

from scenarios.outside import refusal_by_name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("APC", "activités pédagogiques complémentaires"),
        ("Activités pédagogiques complémentaires", "36 autres heures"),
        ("  conseil d’école ", "6 autres heures"),
        ("Conseil de cycle", "48 autres heures"),
        ("Conseil des maîtres", "48 autres heures"),
        ("Formation sur le temps de classe", "ne sont pas prises sur ces heures"),
        ("Soutien renforcé dans la maîtrise des savoirs fondamentaux", "missions du pacte"),
    ],
)
def test_what_never_counts_is_refused_by_its_name(name: str, said: str) -> None:
    refused = refusal_by_name(name)
    assert refused is not None
    assert said in refused
    assert refused.endswith("n'entrent jamais dans les 18 heures")


@pytest.mark.parametrize("name", ["Organiser les APC", "Le conseil d'école : animer un débat", "Page", ""])
def test_a_training_about_it_is_a_training(name: str) -> None:
    assert refusal_by_name(name) is None
