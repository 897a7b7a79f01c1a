"""Brute force: every agreement on a grid over the whole table, and the best of them by each solution concept."""

from __future__ import annotations

from itertools import product

import numpy as np

from detente.talks.bargaining import Deal, Negotiation
from detente.talks.clauses import exact_slack
from detente.talks.merit import Goal


class Grid:
    """All points of a grid with `count` values a term, and who gains what there."""

    def __init__(self, negotiation: Negotiation, count: int) -> None:
        instruments = negotiation.table.instruments
        ends = zip(instruments.lower, instruments.upper, strict=True)
        self.negotiation = negotiation
        self.points = np.array(list(product(*(np.linspace(low, high, count) for low, high in ends))))
        seen = [negotiation.payoff_model.see(instruments.apply(negotiation.ground, point)) for point in self.points]
        self.gain = 100 * (np.array([view.payoff for view in seen]) / negotiation.threat.payoff - 1)
        slack = [exact_slack(negotiation.arrays, view.outcome).min(initial=0.0) for view in seen]
        self.allowed = (self.gain >= 0).all(axis=1) & (np.array(slack) >= 0)

    def best(self, settled: Deal, concept: str) -> float:
        """The largest goal of a concept on the grid; minus infinity where no point is an agreement."""
        kind, weight = self.negotiation.goal(concept, settled.ideal_pct)
        goal = Goal(kind, weight, self.negotiation.threat.payoff)
        return max((goal.exact(gain) for gain in self.gain[self.allowed]), default=-np.inf)

    def ideal(self) -> np.ndarray:
        """The most that each party has on the grid."""
        return np.asarray(self.gain[self.allowed].max(axis=0))


def shortfall(settled: Deal, grid: Grid) -> dict[str, float]:
    """By how much the grid beats each agreement, relative to the goal (for Nash: to the product); negative where it does not."""
    found = {}
    for concept, one in settled.agreements.items():
        kind, weight = grid.negotiation.goal(concept, settled.ideal_pct)
        goal = Goal(kind, weight, grid.negotiation.threat.payoff).exact(one.gain_vs_threat_pct)
        best = grid.best(settled, concept)
        found[concept] = float(np.expm1(best - goal) if concept == "nash" else best / goal - 1)
    return found
