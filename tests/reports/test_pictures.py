"""The geometry of the pictures: what is drawn adds up to the figures beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.reports.pictures import GAUGE_WIDTH, LEVELS, crowd, crowd_columns, gauge, level, steps
from connector.reports.renderings import render

if TYPE_CHECKING:
    from connector.reports.listing import Listing

NOVEMBER = date(2026, 11, 22)


def test_a_gauge_adds_up(listing: Listing) -> None:
    for row in listing.rows:
        drawn = gauge(row)
        scale = GAUGE_WIDTH / max(row.due_min, row.presence_min + row.distance_min, 1)
        credited = sum(segment.width for segment in drawn.modality)
        assert credited == pytest.approx((row.presence_min + row.distance_min) * scale, abs=0.1)
        assert sum(segment.width for segment in drawn.nature) == pytest.approx(row.retenu_min * scale, abs=0.1)
        assert drawn.due_x <= GAUGE_WIDTH
        assert all(one.x + one.width <= GAUGE_WIDTH + 0.1 for one in (*drawn.modality, *drawn.nature))


def test_everybody_who_owes_is_in_each_period_once(listing: Listing) -> None:
    calendar = listing.calendar
    made = steps(listing.rows, calendar.spreads, calendar.periods, NOVEMBER)
    assert [(step.label, step.note) for step in made] == [
        ("P1", "fin"), ("P2", "en cours"), ("P3", "à venir"), ("P4", "à venir"), ("P5", "à venir"),
    ]  # fmt: skip
    first, second, *ahead = made
    assert first.counts == {"all": 0, "most": 0, "some": 3, "none": 1}
    assert second.counts == {"all": 1, "most": 2, "some": 0, "none": 1}
    assert all(step.counts is None and not step.bars for step in ahead)
    for step in (first, second):
        assert sum(height for _, _, height in step.bars) == pytest.approx(100, abs=0.05)


def test_animation_counts_as_far_as_training_leaves_room(listing: Listing) -> None:
    row = replace(listing.rows[0], due_min=1080, fc_requis_min=540)
    spread = replace(
        listing.calendar.spreads[row.teacher_id], formation_continue=(0,) * 5, animation=(600, 500, 0, 0, 0)
    )
    made = steps([row], {row.teacher_id: spread}, listing.calendar.periods, date(2027, 8, 1))
    assert [step.counts["most"] for step in made if step.counts] == [1, 1, 1, 1, 1]


def test_without_known_periods_there_is_only_today(listing: Listing) -> None:
    (today,) = steps(listing.rows, {}, (), NOVEMBER)
    assert today.label == "Aujourd’hui"
    assert today.counts == {"all": 1, "most": 2, "some": 0, "none": 1}
    assert steps((), {}, (), NOVEMBER)[0].counts == dict.fromkeys(LEVELS, 0)


@pytest.mark.parametrize(
    ("due", "kept", "expected"),
    [(1080, 0, "none"), (1080, 1, "some"), (1080, 539, "some"), (1080, 540, "most"), (1079, 1078, "most"),
     (1080, 1080, "all"), (1080, 2000, "all")],
)  # fmt: skip
def test_levels(due: int, kept: int, expected: str) -> None:
    assert level(due, kept) == expected


def test_the_crowd_is_everybody_who_owes_the_furthest_first(listing: Listing) -> None:
    made = crowd(listing.rows)
    assert len(made) == sum(row.due_min > 0 for row in listing.rows)
    assert [one.level for one in made] == ["all", "most", "most", "none"]
    assert len({(one.x, one.y) for one in made}) == len(made)
    assert [crowd_columns(people) for people in (0, 24, 400, 30_000)] == [16, 16, 40, 40]


def test_animation_that_is_not_all_kept_is_explained(listing: Listing) -> None:
    capped = replace(listing.rows[0], formation_continue_min=520, animation_min=360, retenu_min=790)
    told = render(replace(listing, rows=(capped,)), "html").decode()
    assert "Animation pédagogique 6:00, dont 4:30 retenues" in told
    assert "retenues :" not in render(replace(listing, rows=(replace(capped, retenu_min=880),)), "html").decode()
