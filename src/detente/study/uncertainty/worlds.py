"""Draws of the accounts, as economies: other worlds that the sources of the baseline allow, made once and kept in memory."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

from detente.accounts.draws import GRADED, draw

if TYPE_CHECKING:
    from detente.accounts import Baseline
    from detente.economy import Economy, Horizon
    from detente.study.counterfactual import Counterfactual

#: How many draws of the accounts a sample takes turns with: each costs as much as ten solves.
WORLDS = 16

#: The accounts drawn last: the years of a path share them.
_drawn = lru_cache(maxsize=WORLDS)(draw)


class Worlds:
    """The economies of a counterfactual on draws of its accounts; `worlds(k)` is that of draw `k`, from 1."""

    def __init__(self, counterfactual: Counterfactual, horizon: Horizon | None = None) -> None:
        self._counterfactual, self._horizon = counterfactual, horizon
        self._made: dict[int, Economy] = {}
        self._lock = Lock()

    @staticmethod
    def count(baseline: Baseline) -> int:
        """How many there are: none for a baseline that does not say how its numbers were obtained."""
        return WORLDS if all(name in baseline.grades for name in GRADED) else 0

    def __call__(self, k: int) -> Economy:
        """The economy of draw `k` of the accounts. Raises `SolveError` when that draw cannot be balanced."""
        with self._lock:
            if k not in self._made:
                drawn = _drawn(self._counterfactual.baseline, k)
                self._made[k] = replace(self._counterfactual, baseline=drawn).economy(self._horizon)
            return self._made[k]
