"""The equilibrium of a policy: accelerated fixed point, homotopy where the policy step is too large, implicit derivatives."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

from detente.economy import equations
from detente.economy.calibration import Calibration
from detente.economy.fixed_point import Iterate, anderson
from detente.economy.interface import Policy

TOLERANCE = 1e-11  # largest residual, in logs of costs, outputs and incomes
ATTEMPT = 600  # evaluations granted to one attempt before the step is cut: far from the baseline it takes hundreds
FIRST_STEP = 1 / 4  # of the way to the policy, once it could not be reached at once
SMALLEST_STEP = 1 / 256
ADJOINT_TOLERANCE = 1e-10


class Solution(NamedTuple):
    """`state` [region, 2J+1], see `equations.pack`; largest `residual`; `evaluations` of the map in all."""

    state: Array
    residual: Array
    evaluations: Array


def attempt(cal: Calibration, preconditioner: Array, policy: Policy, start: Array | None = None) -> Solution:
    """The equilibrium under `policy`, if it can be reached in one step.

    `start`: the state of a nearby equilibrium (default: the baseline). Nothing is raised here: a solve that failed has a
    residual above `TOLERANCE`.
    """
    begin = equations.baseline_state(cal, policy) if start is None else start
    weights = equations.trade_weights(cal, equations.wedges(policy))
    return Solution(*_iterate(cal, preconditioner, policy, weights, begin))


def find(cal: Calibration, preconditioner: Array, policy: Policy, start: Array | None = None) -> Solution:
    """The equilibrium under `policy`, at once or, where `attempt` fails, by steps. Not differentiable: see `solve`.

    The steps lead from the baseline along a path of policies; they are halved and doubled as needed. Nothing is raised
    here: a solve that failed has a residual above `TOLERANCE`.
    """
    at_once = attempt(cal, preconditioner, policy, start)
    # under a condition and not in the loop itself, so that nothing of the path is computed where it is not taken
    return lax.cond(
        at_once.residual <= TOLERANCE,
        lambda: at_once,
        lambda: _homotopy(cal, preconditioner, policy, at_once),
    )


def solve(cal: Calibration, preconditioner: Array, policy: Policy, start: Array | None = None) -> Solution:
    """`find`, differentiable in the calibration and the policy by the implicit function theorem."""
    target = equations.trade_weights(cal, equations.wedges(policy))
    found = find(*lax.stop_gradient((cal, preconditioner, policy, start)))

    def residual(state: Array) -> Array:
        return equations.step(cal, policy, target, state) - state

    state = lax.custom_root(
        residual,
        found.state,
        lambda _, guess: guess,
        lambda linear, right: _linear_solve(linear, right, preconditioner),
    )
    return Solution(state, found.residual, found.evaluations)


def _linear_solve(linear, right: Array, preconditioner: Array) -> Array:  # type: ignore[no-untyped-def]
    """Solve the linearised model, or its adjoint, for a right-hand side (implicit function theorem)."""
    inverse = lax.stop_gradient(preconditioner)

    def accelerated(matrix: Array):  # type: ignore[no-untyped-def]
        def solve_linear(operator, b: Array) -> Array:  # type: ignore[no-untyped-def]
            size = jnp.maximum(jnp.max(jnp.abs(b)), 1e-300)
            found = anderson(
                lambda x: b / size + operator(x),
                lambda r: _precondition(matrix, r),
                jnp.zeros_like(b),
                tolerance=ADJOINT_TOLERANCE,
                limit=4 * ATTEMPT,
            )
            return -found.point * size

        return solve_linear

    return lax.custom_linear_solve(
        linear, right, accelerated(inverse), transpose_solve=accelerated(jnp.swapaxes(inverse, 1, 2))
    )


def _importance(cal: Calibration, policy: Policy) -> Array:
    """Weight of each unknown when past moves are combined: a sector's share of its country's output."""
    share = cal.output / cal.output.sum(axis=1, keepdims=True)
    rates = None if policy.quotas is None else jnp.ones(policy.quotas.limit.shape)
    return equations.pack(share, share, jnp.ones(share.shape[0]), rates) + 1e-6


def _precondition(inverse: Array, residual: Array) -> Array:
    """Each country's block of a residual solved on its own; the quotas' rates are left as they are."""
    size = inverse.shape[0] * inverse.shape[1]
    block = residual[:size].reshape(inverse.shape[:2])
    solved = jnp.einsum("nab,nb->na", inverse, block.astype(inverse.dtype)).astype(residual.dtype)
    return jnp.concatenate([solved.ravel(), residual[size:]])


def _iterate(
    cal: Calibration, preconditioner: Array, policy: Policy, weights: equations.Weights, guess: Array
) -> Iterate:
    """The accelerated iteration from `guess`."""
    return anderson(
        lambda state: equations.step(cal, policy, weights, state) - state,
        lambda residual: _precondition(preconditioner, residual),
        guess,
        tolerance=TOLERANCE,
        limit=ATTEMPT,
        weight=_importance(cal, policy),
    )


class _Path(NamedTuple):
    reached: Array  # share of the way to the policy, solved
    stride: Array
    state: Array
    slope: Array  # change of the state per unit of the way, for the next guess
    residual: Array
    evaluations: Array


def _homotopy(cal: Calibration, preconditioner: Array, policy: Policy, at_once: Solution) -> Solution:
    """Go from the baseline to the policy in as few steps as converge, unless one step was enough (in a batch, for some)."""
    wedges = equations.wedges(policy)
    origin = equations.baseline_state(cal, policy)

    def advance(path: _Path) -> _Path:
        share = jnp.minimum(path.reached + path.stride, 1.0)
        ahead = share - path.reached
        found = _iterate(
            cal,
            preconditioner,
            policy._replace(subsidy=share * policy.subsidy),
            equations.trade_weights(cal, equations.part_of_the_way(cal, wedges, share)),
            path.state + ahead * path.slope,
        )
        solved = found.residual <= TOLERANCE
        return _Path(
            reached=jnp.where(solved, share, path.reached),
            stride=jnp.where(solved, 2 * path.stride, path.stride / 4),
            state=jnp.where(solved, found.point, path.state),
            slope=jnp.where(solved, (found.point - path.state) / ahead, path.slope),
            residual=found.residual,
            evaluations=path.evaluations + found.evaluations,
        )

    def unfinished(path: _Path) -> Array:
        return (path.reached < 1.0) & (path.stride >= SMALLEST_STEP)

    solved = at_once.residual <= TOLERANCE
    first = _Path(
        reached=jnp.where(solved, 1.0, 0.0),
        stride=jnp.asarray(FIRST_STEP),
        state=jnp.where(solved, at_once.state, origin),
        slope=jnp.zeros_like(origin),
        residual=at_once.residual,
        evaluations=at_once.evaluations,
    )
    last = lax.while_loop(unfinished, advance, first)
    failed = jnp.maximum(last.residual, 1.0)
    return Solution(last.state, jnp.where(last.reached >= 1.0, last.residual, failed), last.evaluations)
