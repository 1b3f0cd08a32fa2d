"""Which numbers of small groups are hidden, so that nobody's answer can be had by subtraction. Pure.

A cell of fewer than :data:`LEAST` persons is hidden (threshold rule; OECD handbooks use 3 to 5). What is
hidden could be had from a total, so the next smallest cells are hidden with it until the hidden ones hold
enough persons together and are at least two (remainder rule).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST = 5
"""A cell of fewer persons is hidden."""

Cell = TypeVar("Cell", bound=Hashable)
Pair = tuple[str, str]


@dataclass(frozen=True)
class Cells(Generic[Cell]):
    """Which cells may be shown. Without ``has_total`` not even their sum may be."""

    shown: frozenset[Cell]
    hidden: frozenset[Cell]
    has_total: bool


def hide(persons: Mapping[Cell, int], *, least: int = LEAST) -> Cells[Cell]:
    """Hide small cells of one row whose total is known, and as many others as protect them.

    An empty cell tells nothing of anybody and stays, unless hidden cells need it for company.

    :param persons: how many are in each cell.

    >>> sorted(hide({"DACH": 12, "Nordics": 7, "UK": 3}).hidden)
    ['Nordics', 'UK']
    """
    order = sorted(persons, key=lambda cell: (persons[cell], str(cell)))
    hidden = [cell for cell in order if 0 < persons[cell] < least]
    spare = [cell for cell in order if persons[cell] >= least]
    while hidden and spare and (len(hidden) < 2 or sum(persons[cell] for cell in hidden) < least):
        hidden.append(spare.pop(0))
    held = sum(persons[cell] for cell in hidden)
    has_total = not hidden or (len(hidden) > 1 and held >= least)
    return Cells(frozenset(persons) - frozenset(hidden), frozenset(hidden), has_total)


def hide_table(persons: Mapping[Pair, int], *, least: int = LEAST) -> Cells[Pair]:
    """Hide cells of a table whose row and column totals are known, until none can be computed from the rest.

    A hidden cell can be computed exactly when, in the graph of rows and columns joined by hidden cells, it is
    a bridge: then what is on one side of it adds up without it. So the smallest cell that brings it company
    is hidden too, and so is one of each line whose hidden cells hold fewer than ``least`` persons together.
    Where no cell is left for company, the totals must not be shown.

    :param persons: how many are in each cell, by row and column.
    """
    hidden = {cell for cell, count in persons.items() if 0 < count < least}
    while True:
        spare = [
            one
            for one in persons.keys() - hidden
            if _fills_line(one, hidden, persons, least) or _brings_company(one, hidden)
        ]
        if not spare:
            has_total = not any(_is_bridge(cell, hidden) for cell in hidden)
            return Cells(frozenset(persons) - hidden, frozenset(hidden), has_total)
        hidden.add(min(spare, key=lambda cell: (not persons[cell], persons[cell], cell)))


def _fills_line(cell: Pair, hidden: set[Pair], persons: Mapping[Pair, int], least: int) -> bool:
    """Say whether a row or column of a cell hides too few persons."""
    for axis in (0, 1):
        held = sum(persons[one] for one in hidden if one[axis] == cell[axis])
        if 0 < held < least:
            return True
    return False


def _brings_company(cell: Pair, hidden: set[Pair]) -> bool:
    """Say whether a hidden cell can be computed so far and touches the row or column of this one."""
    return any(_is_bridge(one, hidden) and any(cell[axis] == one[axis] for axis in (0, 1)) for one in hidden)


def _is_bridge(cell: Pair, hidden: set[Pair]) -> bool:
    """Say whether row and column of a cell hang together by that cell alone."""
    rest, seen, to_see = hidden - {cell}, {(0, cell[0])}, [(0, cell[0])]
    while to_see:
        axis, name = to_see.pop()
        for one in rest:
            there = (1 - axis, one[1 - axis])
            if one[axis] == name and there not in seen:
                seen.add(there)
                to_see.append(there)
    return (1, cell[1]) not in seen
