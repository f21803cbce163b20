"""Small figures: none is shown, and none can be worked out from what is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.reports.academie import masked
from connector.reports.masking import THRESHOLD, hidden_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.reports.report import Report

ROW = {
    "due_min": 1080,
    "presence_min": 0,
    "distance_min": 0,
    "formation_continue_min": 0,
    "animation_min": 0,
    "retenu_min": 540,
}


def whole(inside: Sequence[Sequence[int]]) -> list[list[int]]:
    """Add the totals of rows and columns."""
    rows = [[*row, sum(row)] for row in inside]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def known(counts: Sequence[Sequence[int]], hidden: frozenset[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the hidden cells that the sums determine: those whose unit vector the equations span (Gauss)."""
    cells = sorted(hidden)
    lines = [[(r, c) for c in range(len(counts[0]))] for r in range(len(counts))]
    lines += [[(r, c) for r in range(len(counts))] for c in range(len(counts[0]))]
    matrix = [[Fraction((-1 if cell == line[-1] else 1) if cell in line else 0) for cell in cells] for line in lines]
    reduced, pivot = [], 0
    for column in range(len(cells)):
        found = next((row for row in range(pivot, len(matrix)) if matrix[row][column]), None)
        if found is None:
            continue
        matrix[pivot], matrix[found] = matrix[found], matrix[pivot]
        matrix[pivot] = [value / matrix[pivot][column] for value in matrix[pivot]]
        for row in range(len(matrix)):
            if row != pivot and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[pivot], strict=True)]
        reduced.append((pivot, column))
        pivot += 1
    return {cells[column] for row, column in reduced if sum(1 for value in matrix[row] if value) == 1}


tables = st.integers(1, 6).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=3), min_size=rows, max_size=rows)
).filter(lambda rows: len({len(row) for row in rows}) == 1)  # fmt: skip


@given(tables)
def test_nothing_small_is_shown_and_nothing_hidden_can_be_worked_out(inside: list[list[int]]) -> None:
    counts = whole(inside)
    hidden = hidden_cells(counts)
    assert {(r, c) for r, row in enumerate(counts) for c, value in enumerate(row) if value < THRESHOLD} <= hidden
    assert known(counts, hidden) == set()


@given(tables)
def test_what_a_line_hides_is_not_small_either(inside: list[list[int]]) -> None:
    counts = whole(inside)
    hidden = hidden_cells(counts)
    for r, row in enumerate(counts):
        gone = [value for c, value in enumerate(row[:-1]) if (r, c) in hidden]
        if gone and (r, len(row) - 1) not in hidden:
            assert sum(gone) >= THRESHOLD


def test_the_solver_of_this_test_sees_a_lone_hidden_cell() -> None:
    counts = whole([[3, 20], [10, 10]])
    assert known(counts, frozenset({(0, 0)})) == {(0, 0)}
    assert known(counts, frozenset({(0, 0), (0, 1), (1, 0), (1, 1)})) == set()


def test_what_is_large_is_shown() -> None:
    assert hidden_cells(whole([[10, 20], [30, 40]])) == frozenset()


def test_a_small_circonscription_keeps_its_minutes_and_so_does_another(reports: dict[str, Report]) -> None:
    about = reports["academie"].about
    rows = [
        {**ROW, "uai": "A", "atteint": 1, "enseignants": 3},
        {**ROW, "uai": "B", "atteint": 40, "enseignants": 90},
        {**ROW, "uai": "C", "atteint": 30, "enseignants": 60},
    ]
    made = masked(about, rows, {"A": "Petite"})
    assert [(one.enseignants, one.due_min) for one in made.circonscriptions] == [(None, None), (90, 1080), (None, None)]
    assert made.total.enseignants == 153
    assert made.total.due_min == 3240
    document = made.document()
    assert set(document) == {"academie", "annee_scolaire", "seuil", "circonscriptions", "total", "mises_en_oeuvre"}
    assert document["circonscriptions"][0]["nom"] == "Petite"
    assert document["circonscriptions"][0]["enseignants"] is None
    assert document["total"]["part"] == pytest.approx(50)


def test_an_academie_names_nobody(reports: dict[str, Report]) -> None:
    document = reports["academie"].document()
    assert [one["uai"] for one in document["circonscriptions"]] == ["0381234K", "0693456G"]
    assert document["circonscriptions"][0]["enseignants"] is None
    assert "E0001" not in str(document)
