"""What the solver is compared with: the plain damped iteration, and the accelerated one without a preconditioner."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array, lax

from detente.economy import Policy, equations
from detente.economy.fixed_point import Iterate, anderson
from detente.economy.solver import TOLERANCE

DAMPINGS = (0.5, 0.25, 0.125, 0.0625, 0.03125)  # of outputs; costs and incomes move in full
LIMIT = 500
DIVERGED = 1e3


def residual_map(cal: Any, policy: Policy) -> tuple[Any, Array]:
    """The map's residual as a function of the state, and the state of the baseline."""
    weights = equations.trade_weights(cal, equations.wedges(policy))
    return (
        lambda state: equations.step(cal, policy, weights, state) - state,
        equations.baseline_state(cal, policy),
    )


def _damp(cal: Any, damping: Array, residual: Array) -> Array:
    cost, output, income, _ = equations.unpack(cal, residual)
    return equations.pack(cost, damping * output, income)


@jax.jit
def damped(cal: Any, policy: Policy, damping: Array) -> Iterate:
    """x + damping * residual(x) until the residual is as small as the solver asks."""
    residual, start = residual_map(cal, policy)

    def advance(at: Iterate) -> Iterate:
        r = residual(at.point)
        return Iterate(at.point + _damp(cal, damping, r), jnp.max(jnp.abs(r)), at.evaluations + 1)

    def unfinished(at: Iterate) -> Array:
        started = at.evaluations > 0
        hopeless = started & ~(at.residual < DIVERGED)
        return (at.residual > TOLERANCE) & (at.evaluations < LIMIT) & ~hopeless

    return lax.while_loop(unfinished, advance, Iterate(start, jnp.asarray(1e300), jnp.asarray(0)))


@jax.jit
def unpreconditioned(cal: Any, policy: Policy, damping: Array) -> Iterate:
    """The same accelerator on the damped iteration."""
    residual, start = residual_map(cal, policy)
    return anderson(residual, partial(_damp, cal, damping), start, tolerance=TOLERANCE, limit=LIMIT)


def best(method: Any, cal: Any, policy: Policy) -> tuple[float, int] | None:
    """The damping that needs fewest evaluations, and how many; None where none of `DAMPINGS` converges."""
    tried = [
        (int(found.evaluations), damping)
        for damping in DAMPINGS
        if (found := method(cal, policy, damping)).residual <= TOLERANCE
    ]
    return (min(tried)[1], min(tried)[0]) if tried else None
