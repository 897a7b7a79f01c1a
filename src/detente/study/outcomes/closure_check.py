"""Whether an answer would change its sign under another assumption about trade deficits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from detente.economy import Economy, Result
from detente.errors import SolveError

NOTHING = 0.01  # percent of income: a smaller change of welfare is neither a gain nor a loss


class ClosureCheck(NamedTuple):
    """Welfare, percent of income, by region: under the answer's closure and under the `other`, where the two differ in sign.

    `solved`: whether the other closure has an equilibrium at all.
    """

    other: str
    turns: dict[str, tuple[float, float]]
    solved: bool = True


def closure_check(
    economy: Economy, result: Result, answer: Callable[[Economy], Result], about: Sequence[str]
) -> ClosureCheck:
    """The regions of `about` that gain, lose or neither under one closure and not under the other.

    `answer` gives the answer of a variant of the economy. Fixed and balanced answers are held against pooled income, pooled ones
    against fixed deficits.
    """
    other, pooling = ("fixed", 0.0) if economy.pooling > 0 else ("pooled", 1.0)
    try:
        found = answer(economy.varied(pooling=pooling))
    except SolveError:
        return ClosureCheck(other, {}, solved=False)
    here, there = (np.where(np.abs(r.arrays["welfare"]) < NOTHING, 0.0, r.arrays["welfare"]) for r in (result, found))
    turns = {}
    for region in about:
        n = economy.regions.index(region)
        if np.sign(here[n]) != np.sign(there[n]):
            turns[region] = float(result.arrays["welfare"][n]), float(found.arrays["welfare"][n])
    return ClosureCheck(other, turns)
