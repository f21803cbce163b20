"""The regulation as data: what is read, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from connector.errors import DataError
from connector.obligation.rules import Regulation, regulation, rules_for, school_year
from scenarios.calendar import SchoolYear


@pytest.mark.parametrize(
    ("year", "rules", "distance"),
    [
        ("2013-2014", "R2013", 540),
        ("2016-2017", "R2013", 540),
        ("2017-2018", "R2017", 0),
        ("2026-2027", "R2017", 0),
        ("2040-2041", "R2017", 0),
    ],
)
def test_each_school_year_has_its_rules(year: str, rules: str, distance: int) -> None:
    found = rules_for(year)
    assert (found.id, found.total_min, found.formation_continue_min, found.distance_min) == (
        rules,
        1080,
        540,
        distance,
    )


def test_a_year_before_the_rules_is_refused_with_a_remedy() -> None:
    with pytest.raises(DataError, match=r"2012-2013.*commencent en 2013-2014"):
        rules_for("2012-2013")


@pytest.mark.parametrize("text", ["2026", "2026-2028", "26-27", ""])
def test_a_school_year_badly_written_is_refused_in_french(text: str) -> None:
    with pytest.raises(DataError, match=r"^Année scolaire"):
        school_year(text)


def test_an_unknown_situation_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError, match=r"«\u00a0PE\u00a0» n'existe pas.*PE_ADJOINT"):
        regulation().situation("PE")


def test_every_figure_says_where_it_comes_from_and_how_sure_it_is() -> None:
    law = regulation()
    for entry in (*law.jeux, law.arrondi, law.imputation, *law.situations.values()):
        assert entry.sources
        assert entry.certitude
    assert all(source.adresse.startswith("http") for source in law.sources.values())


def altered(**changes: Any) -> dict[str, Any]:
    return regulation().model_dump() | changes


def test_a_source_that_does_not_exist_is_refused() -> None:
    rounding = {"module_min": 180, "sources": ["inconnu"], "certitude": "?"}
    with pytest.raises(ValidationError, match=r"unknown sources.*inconnu"):
        Regulation.model_validate(altered(arrondi=rounding))


@pytest.mark.parametrize("end", [None, "2017-2018"])
def test_two_rule_sets_for_one_year_are_refused(end: str | None) -> None:
    first, second = regulation().model_dump()["jeux"]
    with pytest.raises(ValidationError, match="R2013 and R2017 are both in force in 2017-2018"):
        Regulation.model_validate(altered(jeux=[first | {"a": end}, second]))


def test_a_year_without_a_rule_set_between_two_is_refused() -> None:
    first, second = regulation().model_dump()["jeux"]
    with pytest.raises(ValidationError, match="no rule set is in force between R2013 and R2017"):
        Regulation.model_validate(altered(jeux=[first | {"a": "2015-2016"}, second]))


@pytest.mark.parametrize(("mode", "lump"), [("forfait", None), ("quotite", 360)])
def test_a_lump_goes_with_its_mode_only(mode: str, lump: int | None) -> None:
    situation = regulation().model_dump()["situations"]["TR"] | {"du": mode, "forfait_min": lump}
    with pytest.raises(ValidationError, match="forfait_min goes with"):
        Regulation.model_validate(altered(situations={"TR": situation}))


def test_rule_sets_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        rules_for("2026-2027").total_min = 0  # type: ignore[misc]


def test_a_rule_set_holds_in_its_years_only() -> None:
    first, second = regulation().jeux
    assert not first.holds(SchoolYear(2012))
    assert first.holds(SchoolYear(2013))
    assert not first.holds(SchoolYear(2017))
    assert second.holds(SchoolYear(2017))
