"""How each number of a baseline was obtained, and how far off numbers of each kind are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from detente.accounts.schema import VARIABLES
from detente.errors import InputError

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline


class Grade(IntEnum):
    """How a number was obtained, the surest first."""

    NOT_STATED = 0
    MEASURED = 1  # a statistic of the cell itself, for the year of the baseline
    SCALED = 2  # a statistic of the cell for another year, or of its group, brought to a measured total
    MODELLED = 3  # from the pattern of another table, by balancing
    ASSUMED = 4  # a stated assumption, with no source for the cell


#: What each grade means, for people.
MEANING = {
    Grade.NOT_STATED: "not stated",
    Grade.MEASURED: "measured: a statistic of the cell itself, for the year of the baseline",
    Grade.SCALED: "scaled: a statistic of another year or of the cell's group, brought to a measured total",
    Grade.MODELLED: "modelled: from the pattern of another table, by balancing",
    Grade.ASSUMED: "assumed: a stated assumption, with no source for the cell",
}

#: Standard deviation of the logarithm of the number around the truth (how each was found: docs/grades.md).
ERROR = {Grade.MEASURED: 0.02, Grade.SCALED: 0.20, Grade.MODELLED: 0.50, Grade.ASSUMED: 0.70}

#: A joined number takes the weakest grade that stands for more than this part of it.
WEAKEST_PART = 0.10


def dimensions(name: str) -> tuple[str, ...]:
    """Dimensions of the grades of a variable: those of the variable without `use`; `InputError` if unknown."""
    if name not in VARIABLES:
        raise InputError(f"Unknown baseline variable {name!r}; the variables are {', '.join(VARIABLES)}.")
    return tuple(dim for dim in VARIABLES[name].dims if dim != "use")


def validated(baseline: Baseline, name: str, values: np.ndarray) -> np.ndarray:
    """`values` as grades of variable `name`, read-only; `InputError` for another shape or another code."""
    shape = tuple(baseline.size(dim) for dim in dimensions(name))
    grades = np.array(values, dtype=np.uint8)
    if grades.shape != shape:
        raise InputError(f"The grades of {name} have shape {grades.shape}; {dimensions(name)} asks for {shape}.")
    if grades.size and grades.max() > max(Grade):
        raise InputError(f"The grades of {name} hold {grades.max()}; grades go from 0 to {max(Grade)}.")
    grades.flags.writeable = False
    return grades


def joined(parts: Mapping[Grade, np.ndarray]) -> np.ndarray:
    """Grades of sums, from the part of each sum that the members of each grade make.

    The weakest grade whose members, with those weaker still, make more than `WEAKEST_PART`; where nothing is summed, or
    a part is not graded, not stated.
    """
    whole = np.sum(list(parts.values()), axis=0)
    found = np.full(whole.shape, Grade.NOT_STATED, dtype=np.uint8)
    weaker = np.zeros_like(whole)
    for grade in sorted(set(Grade) - {Grade.NOT_STATED}, reverse=True):
        weaker = weaker + parts.get(grade, 0.0)
        found = np.where((found == Grade.NOT_STATED) & (weaker > WEAKEST_PART * whole), np.uint8(grade), found)
    unknown = parts.get(Grade.NOT_STATED, np.zeros_like(whole)) > WEAKEST_PART * whole
    return np.where(unknown, np.uint8(Grade.NOT_STATED), found)
