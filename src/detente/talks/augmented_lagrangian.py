"""The optimizer under every agreement: a goal over the parties' gains, clauses to respect, instruments within bounds.

Augmented Lagrangian around L-BFGS-B, over anything that can say payoffs, slacks and slopes: the economy or a model
of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import optimize

from detente.talks.merit import SMALLEST, VOTES, Goal, Multipliers, merit, updated


class Point(NamedTuple):
    """One place on the landscape: `payoff` [party], clause `slack` [k], and `vjp`, which turns weights on both into
    the derivative of the weighted sum with respect to the place.
    """

    payoff: np.ndarray
    slack: np.ndarray
    vjp: Callable[[np.ndarray, np.ndarray], np.ndarray]


Landscape = Callable[[np.ndarray], Point]


@dataclass(frozen=True)
class Found:
    """Where the optimizer stopped: `values` of the instruments (or the point), `gain_pct` [party] against the threat, clause
    `slack` (smoothed), the `goal` reached, `prices`, the goal's slopes (`pressure` [instrument]: what a bound holds back), the
    work done.
    """

    values: np.ndarray
    gain_pct: np.ndarray
    slack: np.ndarray
    goal: float
    prices: Multipliers
    pressure: np.ndarray
    evaluations: int


def maximize(
    landscape: Landscape,
    bounds: tuple[np.ndarray, np.ndarray],
    goal: Goal,
    start: np.ndarray,
    *,
    prices: Multipliers | None = None,
    tolerance: float = 1e-6,
    rounds: int = 25,
    steps: int = 400,
) -> Found:
    """The point, from `start`, with the largest goal among those that respect threat points and clauses.

    Points are `Rescaling` within `bounds`. `tolerance`, percent of payoff: on threat points and clauses broken; a hundred
    times that on gains that should be equal.
    """
    seen: dict[str, Any] = {}
    evaluations = 0
    point = np.clip(start, *bounds)
    last = np.inf

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        here = landscape(at)
        nonlocal prices
        prices = prices or Multipliers.first(goal, len(here.slack))
        value, by_payoff, by_slack = merit(goal, prices, here.payoff, here.slack)
        slope = here.vjp(by_payoff, by_slack)
        if not seen or value >= seen["value"]:
            seen.update(value=value, point=at.copy(), here=here, slope=slope)
        return -value, -slope

    for turn in range(rounds):
        seen.clear()
        run = optimize.minimize(
            loss,
            point,
            jac=True,
            method="L-BFGS-B",
            bounds=np.stack(bounds, axis=1),
            options={
                "maxiter": min(60, steps) if turn < 2 else steps,
                "maxcor": 10 if len(start) <= 200 else 30,
                "ftol": 1e-14,
                "gtol": 1e-9,
            },
        )
        evaluations += run.nfev
        point, here = seen["point"], seen["here"]
        assert prices is not None
        before, prices = prices, updated(goal, prices, here.payoff, here.slack)
        miss = _miss(goal, before, prices, here)
        if miss < tolerance:
            break
        if miss > 0.25 * last:
            prices = prices.stiffer()
        last = miss
    assert prices is not None
    gain = goal.gain(here.payoff)
    return Found(point, gain, here.slack, goal.exact(gain), prices, seen["slope"], evaluations)


def _miss(goal: Goal, before: Multipliers, after: Multipliers, here: Point) -> float:
    """Percent by which the prices are not yet right: broken threat points or clauses, uneven smallest gains."""
    gain = goal.gain(here.payoff)
    broken = max(float(-goal.guarded(gain).min()), float((-100 * here.slack).max(initial=0.0)), 0.0)
    moved = float(np.abs(after.threat - before.threat).max()) / before.penalty
    voted = float(np.abs(after.clause - before.clause).max(initial=0.0)) / (before.penalty * VOTES)
    uneven = float(np.abs(after.share - before.share).max()) / before.sharpness if goal.kind == SMALLEST else 0.0
    return max(broken, moved, voted, uneven / 100)
