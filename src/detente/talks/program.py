"""The optimizer under every agreement: a goal over the parties' gains, clauses to respect, levers within bounds.

Augmented Lagrangian around L-BFGS-B. A goal and its clauses are one number inside the compiled program, so each step
costs one equilibrium and one adjoint solve whatever the number of parties and clauses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy import optimize

from detente.economy.interface import Policy
from detente.talks.clauses import Clauses
from detente.talks.levers import Levers
from detente.talks.merit import Goal, Multipliers, guarded, updated
from detente.talks.outlook import Outlook


@dataclass(frozen=True)
class Found:
    """Where the optimizer stopped: lever `values`, `gain_pct` [party] against the threat, clause `slack` (smoothed),
    `prices`, what a lever's bound holds back (`pressure` [lever], goal per unit) and the work done.
    """

    values: np.ndarray
    gain_pct: np.ndarray
    slack: np.ndarray
    goal: float
    prices: Multipliers
    pressure: np.ndarray
    evaluations: int


def maximize(
    outlook: Outlook,
    levers: Levers,
    goal: Goal,
    clauses: Clauses,
    given: Policy,
    start: np.ndarray,
    *,
    prices: Multipliers | None = None,
    tolerance: float = 1e-6,
    rounds: int = 25,
) -> Found:
    """The levers' values, from `start`, with the largest goal among those that respect threat points and clauses.

    `tolerance`, percent of payoff: on the spread that the smallest gain hides, and on broken clauses.
    """
    scale = outlook.lever_scale(levers)
    low, high = levers.lower * scale, levers.upper * scale
    price = prices or _first_prices(goal, len(clauses.level))
    seen: dict[str, Any] = {}
    evaluations = 0

    def loss(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        values = np.clip(scaled / scale, levers.lower, levers.upper)
        view = outlook.merit(levers.apply(given, values), goal, price, clauses)
        slope = levers.pull(view.slope)
        if not seen or view.merit >= seen["merit"]:
            seen.update(merit=view.merit, values=values, payoff=view.payoff, slack=view.slack, slope=slope)
        return -view.merit, -slope / scale

    point = np.clip(start, levers.lower, levers.upper) * scale
    last = np.inf
    for turn in range(rounds):
        seen.clear()
        run = optimize.minimize(
            loss,
            point,
            jac=True,
            method="L-BFGS-B",
            bounds=np.stack([low, high], axis=1),
            options={"maxiter": 60 if turn < 2 else 400, "maxcor": 30, "ftol": 1e-14, "gtol": 1e-9},
        )
        evaluations += run.nfev
        point = seen["values"] * scale
        before, price = price, updated(goal, price, seen["payoff"], seen["slack"])
        miss = _miss(goal, before, price, seen["payoff"], seen["slack"])
        if miss < tolerance:
            break
        if miss > 0.25 * last:
            price = price._replace(sharpness=price.sharpness * 4, penalty=price.penalty * 4)
        last = miss
    gain = 100 * (seen["payoff"] / np.asarray(goal.threat) - 1)
    return Found(seen["values"], gain, seen["slack"], _exact(goal, gain), price, seen["slope"], evaluations)


def _miss(goal: Goal, before: Multipliers, after: Multipliers, payoff: np.ndarray, slack: np.ndarray) -> float:
    """Percent by which the multipliers are not yet right: broken threat points or clauses, uneven smallest gains."""
    gain = 100 * (payoff / np.asarray(goal.threat) - 1)
    broken = max(float(-np.asarray(guarded(goal, gain)).min()), float((-100 * slack).max(initial=0.0)), 0.0)
    moved = np.abs(np.asarray(after.threat - before.threat)) / float(before.penalty)
    moved_clause = np.abs(np.asarray(after.clause - before.clause)) / float(before.penalty)
    uneven = np.abs(np.asarray(after.share - before.share)).max() / float(before.sharpness) if goal.kind == 1 else 0.0
    return max(broken, float(moved.max()), float(moved_clause.max(initial=0.0)), float(uneven))


def _exact(goal: Goal, gain: np.ndarray) -> float:
    weight = np.asarray(goal.weight)
    if goal.kind == 0:
        return float(weight @ np.log(np.maximum(gain, 1e-300)))
    if goal.kind == 1:
        return float((gain[weight > 0] / weight[weight > 0]).min())
    return float(weight @ gain)


def _first_prices(goal: Goal, clauses: int) -> Multipliers:
    active = np.asarray(goal.weight) > 0
    return Multipliers(
        share=jnp.asarray(active / active.sum()),
        threat=jnp.zeros(len(active)),
        clause=jnp.zeros(clauses),
        sharpness=jnp.asarray(1.0),
        penalty=jnp.asarray(1.0),
    )
