"""The goal of a negotiation as one number: gains of the parties, penalties for broken threat points and clauses."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

#: Gains below this (percent) are continued by a parabola, so that the logarithm of a loss is finite.
LOG_EDGE = 1e-3


class Goal(NamedTuple):
    """What is maximized over gains against the threat, in percent.

    `kind` 0: sum of weight x log gain (Nash); 1: the smallest gain / weight (egalitarian, Kalai-Smorodinsky, a ray to
    the frontier); 2: sum of weight x gain (utilitarian). `threat` [party]: payoffs to beat.
    """

    kind: Array
    weight: Array
    threat: Array

    @classmethod
    def of(cls, kind: int, weight: np.ndarray, threat: np.ndarray) -> Goal:
        """A goal from plain numbers."""
        return cls(jnp.asarray(kind), jnp.asarray(weight, float), jnp.asarray(threat, float))


class Multipliers(NamedTuple):
    """State of the augmented Lagrangian: party weights of the smallest gain, prices of threat points and of clauses."""

    share: Array
    threat: Array
    clause: Array
    sharpness: Array
    penalty: Array


def merit(goal: Goal, prices: Multipliers, payoff: Array, slack: Array) -> Array:
    """The goal, smoothed, with the penalties for broken threat points and clauses (pure JAX)."""
    gain = 100 * (payoff / goal.threat - 1)
    relative = gain / jnp.where(goal.weight > 0, goal.weight, jnp.inf)
    edge = jnp.maximum(gain, LOG_EDGE)
    short = (gain - edge) / LOG_EDGE
    logs = jnp.log(edge) + short - short**2 / 2
    share = _project(prices.share - prices.sharpness * relative, goal.weight > 0)
    smallest = share @ relative + ((share - prices.share) ** 2).sum() / (2 * prices.sharpness)
    value = jnp.stack([goal.weight @ logs, smallest, goal.weight @ gain])[goal.kind]
    threat = _penalty(prices.threat, prices.penalty, guarded(goal, gain))
    return value - threat - _penalty(prices.clause, prices.penalty, 100 * slack)


def guarded(goal: Goal, gain: Array) -> Array:
    """Gains that the goal itself does not keep above zero (infinite where it does)."""
    return jnp.where((goal.weight == 0) | (goal.kind == 2), gain, jnp.inf)


def updated(goal: Goal, prices: Multipliers, payoff: np.ndarray, slack: np.ndarray) -> Multipliers:
    """The multipliers after an inner optimum."""
    gain = jnp.asarray(100 * (payoff / goal.threat - 1))
    relative = gain / jnp.where(goal.weight > 0, goal.weight, jnp.inf)
    return prices._replace(
        share=_project(prices.share - prices.sharpness * relative, goal.weight > 0),
        threat=jnp.maximum(prices.threat - prices.penalty * guarded(goal, gain), 0.0),
        clause=jnp.maximum(prices.clause - prices.penalty * 100 * slack, 0.0),
    )


def _penalty(price: Array, penalty: Array, room: Array) -> Array:
    return ((jnp.maximum(price - penalty * room, 0.0) ** 2 - price**2) / (2 * penalty)).sum()


def _project(point: Array, allowed: Array) -> Array:
    """Nearest point of the simplex over the allowed coordinates."""
    point = jnp.where(allowed, point, -jnp.inf)
    ordered = jnp.sort(point)[::-1]
    finite = jnp.where(jnp.isfinite(ordered), ordered, 0.0)
    level = (jnp.cumsum(finite) - 1) / jnp.arange(1, len(point) + 1)
    count = jnp.sum(ordered > level) - 1
    return jnp.where(allowed, jnp.maximum(point - level[count], 0.0), 0.0)
