"""Anderson-accelerated fixed-point iteration, in pure JAX: no Python loop, no factorisation, batches under `vmap`.

The same routine solves the model (nonlinear) and its adjoint (linear, where it is a truncated GCR, a relative of GMRES).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array, lax

MEMORY = 20  # past moves that are combined: most solves end before the first is dropped
MEMORY_TYPE = jnp.float32  # half the traffic of memory; what rounding leaves is corrected by the next evaluation
PARALLEL = 1e-6  # a new move that adds less than this, relative, to the span of the past ones is not kept
GROWTH = 1e4  # a residual this many times the best seen clears the memory and returns to the best point


class Iterate(NamedTuple):
    """A point, its residual (largest absolute entry) and how many evaluations of the map were spent."""

    point: Array
    residual: Array
    evaluations: Array


class _Memory(NamedTuple):
    point: Array
    last_point: Array
    last_step: Array
    responses: Array  # orthonormal changes of the step [m, size]
    moves: Array  # the changes of the point that caused them [m, size]
    age: Array  # steps since the memory was cleared
    best: Iterate


def anderson(
    residual: Callable[[Array], Array],
    precondition: Callable[[Array], Array],
    start: Array,
    *,
    tolerance: float,
    limit: int,
    weight: Array | float = 1.0,
) -> Iterate:
    """The best point found on the way to `residual(point)` = 0, from `start`, in at most `limit` evaluations.

    Accelerates the iteration x + `precondition(residual(x))` (Anderson 1965; type II of Fang and Saad 2009), keeping the
    past responses orthonormal (as in Eyert 1996) so that no ill-conditioned system is ever solved. `weight` says how much
    each entry counts when past moves are combined. Stops when the largest residual is at most `tolerance`.
    """
    weight = jnp.broadcast_to(weight, start.shape).ravel()
    slots = jnp.arange(MEMORY)

    def advance(m: _Memory) -> _Memory:
        r = residual(m.point.reshape(start.shape))
        worst = jnp.max(jnp.abs(r))
        worst = jnp.where(jnp.isnan(worst), jnp.inf, worst)
        lost = ~(worst <= GROWTH * m.best.residual)
        step = precondition(jnp.where(jnp.isfinite(r), r, 0.0)).ravel()

        # The newest response is made orthogonal to those in memory, with the move that caused it; then the step is cleared of
        # everything the memory can predict. Both projections share each pass over the memory, which is what costs time.
        response, move = step - m.last_step, m.point - m.last_point
        filled = slots < m.age - 1
        weighted = (weight * jnp.stack([response, step])).astype(MEMORY_TYPE)
        along = jnp.where(filled[:, None], m.responses @ weighted.T, 0.0)  # [m, 2]
        seen, caused = along.T @ m.responses, along.T @ m.moves
        new_response, new_move = response - seen[0], move - caused[0]
        length, left = (jnp.sqrt(jnp.sum(weight * v * v)) for v in (response, new_response))
        useful = (m.age > 0) & (left > PARALLEL * length)
        scale = jnp.where(useful, 1 / jnp.where(useful, left, 1.0), 0.0)
        new_response, new_move = scale * new_response, scale * new_move
        remaining = step - seen[1]
        mix = jnp.sum(weight * new_response * remaining)
        advice = remaining - mix * new_response - caused[1] - mix * new_move
        slot = (m.age - 1) % MEMORY  # the first step after clearing writes zeros
        responses = lax.dynamic_update_index_in_dim(m.responses, new_response.astype(MEMORY_TYPE), slot, 0)
        moves = lax.dynamic_update_index_in_dim(m.moves, new_move.astype(MEMORY_TYPE), slot, 0)

        best = Iterate(
            jnp.where(worst < m.best.residual, m.point, m.best.point),
            jnp.minimum(worst, m.best.residual),
            m.best.evaluations + 1,
        )
        retreat = best.point + 0.1 * jnp.clip(m.point - best.point, -1.0, 1.0)
        return _Memory(
            point=jnp.where(lost, retreat, m.point + advice),
            last_point=m.point,
            last_step=step,
            responses=responses,
            moves=moves,
            age=jnp.where(lost, 0, m.age + 1),
            best=best,
        )

    def unfinished(m: _Memory) -> Array:
        return (m.best.residual > tolerance) & (m.best.evaluations < limit)

    begin = jnp.asarray(start.ravel(), dtype=start.dtype)
    largest = jnp.finfo(start.dtype).max  # type: ignore[no-untyped-call]
    nothing = Iterate(begin, jnp.asarray(largest, start.dtype), jnp.asarray(0))
    memory = jnp.zeros((MEMORY, start.size), MEMORY_TYPE)
    first = _Memory(begin, begin, jnp.zeros_like(begin), memory, memory, jnp.asarray(0), nothing)
    best = lax.while_loop(unfinished, advance, first).best
    return best._replace(point=best.point.reshape(start.shape))
