"""Which cells of a table of counts must not be shown, so that none under the threshold can be worked out. Pure.

A table is shown with the totals of its lines; what is hidden is found again by subtraction when it is alone in a line,
when what a line hides is itself too small, or when a chain of such lines leads to it. Cells are added to the hidden
ones, the smallest first, until none of that holds (secondary suppression: Hundepool et al., *Statistical Disclosure
Control*, chapter 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

THRESHOLD = 5

Cell = tuple[int, int]
"""Row and column; the last row and the last column are the totals."""


def hidden_cells(
    counts: Sequence[Sequence[int]], threshold: int = THRESHOLD, already: Collection[Cell] = ()
) -> frozenset[Cell]:
    """Return the cells to hide of a table whose last column and last row are the sums of the others.

    Every cell under `threshold` is hidden, 0 too: it would say something of everybody. So are those of `already`, for
    what stands beside the table.
    """
    rows, columns = len(counts), len(counts[0])
    hidden = {(r, c) for r in range(rows) for c in range(columns) if counts[r][c] < threshold} | set(already)
    while (more := _exposed(counts, hidden, threshold)) is not None:
        hidden.add(more)
    return frozenset(hidden)


def hidden_rows(people: Sequence[int], threshold: int = THRESHOLD) -> frozenset[int]:
    """Return the ranks of the rows to hide of a list that is shown with its total: those of few people, and one more.

    The smallest of the others goes with them, so that what the total lacks is neither one row's nor a few people's.
    """
    hidden = {rank for rank, number in enumerate(people) if number < threshold}
    shown = [rank for rank in range(len(people)) if rank not in hidden]
    if hidden and shown:
        hidden.add(min(shown, key=lambda rank: (people[rank], rank)))
    return frozenset(hidden)


def of_a_whole(whole: int, part: int, threshold: int = THRESHOLD) -> tuple[int | None, int | None]:
    """Return a number of people and how many of them did something, as both may be shown side by side; None is masked.

    A part is hidden with what it leaves: a few who did it, or a few who did not, could be pointed at.
    """
    if whole < threshold:
        return None, None
    return whole, part if threshold <= part <= whole - threshold else None


def _exposed(counts: Sequence[Sequence[int]], hidden: set[Cell], threshold: int) -> Cell | None:
    """Return one more cell to hide, None when the table tells nothing."""
    for line in _lines(counts):
        gone = [cell for cell in line if cell in hidden]
        shown = [cell for cell in line if cell not in hidden]
        total = line[-1]
        revealed = 0 if total in hidden else sum(counts[r][c] for r, c in gone)
        if gone and shown and (len(gone) == 1 or (total not in hidden and revealed < threshold)):
            return min(shown, key=lambda cell: (cell == total, counts[cell[0]][cell[1]], cell))
    return next(_beside_a_bridge(counts, hidden), None)


def _lines(counts: Sequence[Sequence[int]]) -> Iterator[list[Cell]]:
    rows, columns = len(counts), len(counts[0])
    for r in range(rows):
        yield [(r, c) for c in range(columns)]
    for c in range(columns):
        yield [(r, c) for r in range(rows)]


def _beside_a_bridge(counts: Sequence[Sequence[int]], hidden: set[Cell]) -> Iterator[Cell]:
    """Yield a shown cell of the line of a hidden one that no circuit of hidden cells passes through.

    The equations of rows and columns leave a hidden cell free exactly when it lies on such a circuit.
    """
    for cell in sorted(hidden):
        if not _on_a_circuit(cell, hidden):
            line = [(cell[0], c) for c in range(len(counts[0]))] + [(r, cell[1]) for r in range(len(counts))]
            shown = [one for one in line if one not in hidden]
            if shown:
                yield min(shown, key=lambda one: (counts[one[0]][one[1]], one))


def _on_a_circuit(cell: Cell, hidden: set[Cell]) -> bool:
    """Tell whether the row and the column of a hidden cell are joined by other hidden cells."""
    reached, todo = {("row", cell[0])}, [("row", cell[0])]
    while todo:
        kind, number = todo.pop()
        for r, c in hidden - {cell}:
            here, there = (("row", r), ("column", c)) if kind == "row" else (("column", c), ("row", r))
            if here == (kind, number) and there not in reached:
                reached.add(there)
                todo.append(there)
    return ("column", cell[1]) in reached
