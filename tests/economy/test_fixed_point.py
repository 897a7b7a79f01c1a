"""The accelerated fixed-point iteration on its own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.economy.fixed_point import Iterate, anderson


def unchanged(residual: jax.Array) -> jax.Array:
    return residual


def contraction(
    seed: int, size: int, radius: float, *, spread: float = 0.0, symmetric: bool = False
) -> tuple[jnp.ndarray, jnp.ndarray]:
    """x = A x + b with spectral norm `radius`, in units that differ by `spread` orders of magnitude."""
    random = np.random.default_rng(seed)
    left, _, right = np.linalg.svd(random.normal(size=(size, size)))
    matrix = left @ np.diag(np.linspace(-radius, radius, size)) @ (left.T if symmetric else right)
    units = 10 ** random.uniform(-spread / 2, spread / 2, size)
    return jnp.asarray(units[:, None] * matrix / units), jnp.asarray(units * random.normal(size=size))


@jax.jit
def solved(matrix: jnp.ndarray, constant: jnp.ndarray) -> Iterate:
    return anderson(
        lambda x: matrix @ x + constant - x, unchanged, jnp.zeros_like(constant), tolerance=1e-12, limit=400
    )


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.95))
@settings(max_examples=25, deadline=None)
def test_linear_systems_are_solved(seed: int, radius: float) -> None:
    matrix, constant = contraction(seed, 30, radius)
    found = solved(matrix, constant)
    assert float(found.residual) <= 1e-12 * 1.01
    exact = np.linalg.solve(np.eye(30) - matrix, constant)
    np.testing.assert_allclose(found.point, exact, atol=1e-10 / (1 - radius))


def test_a_small_linear_system_takes_as_many_evaluations_as_it_has_unknowns() -> None:
    """With memory for every direction it is a Krylov method: n + 1 evaluations, one more to see that it is done."""
    matrix, constant = contraction(1, 8, 0.99)
    found = solved(matrix, constant)
    assert float(found.residual) <= 1e-12
    assert int(found.evaluations) <= 8 + 3


def test_it_is_much_faster_than_the_plain_iteration() -> None:
    matrix, constant = contraction(5, 200, 0.95, symmetric=True)
    point, plain = jnp.zeros(200), 0
    while float(jnp.abs(matrix @ point + constant - point).max()) > 1e-12:
        point, plain = matrix @ point + constant, plain + 1
    assert plain > 400
    assert int(solved(matrix, constant).evaluations) < plain / 4


@jax.jit
def weighted(matrix: jnp.ndarray, constant: jnp.ndarray, weight: jnp.ndarray, tolerance: float) -> Iterate:
    start = jnp.zeros_like(constant)
    return anderson(
        lambda x: matrix @ x + constant - x, unchanged, start, tolerance=tolerance, limit=400, weight=weight
    )


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_badly_scaled_systems_are_solved_when_weights_say_what_counts(seed: int) -> None:
    matrix, constant = contraction(seed, 20, 0.8, spread=6.0)
    exact = np.linalg.solve(np.eye(20) - matrix, constant)
    tolerance = 1e-11 * float(jnp.abs(constant).max())
    assert (
        float(weighted(matrix, constant, 1 / jnp.maximum(jnp.abs(exact), 1e-3) ** 2, tolerance).residual) <= tolerance
    )


def test_a_preconditioner_that_is_the_inverse_needs_one_step() -> None:
    matrix, constant = contraction(3, 20, 0.95)
    inverse = jnp.linalg.inv(jnp.eye(20) - matrix)
    found = anderson(
        lambda x: matrix @ x + constant - x, lambda r: inverse @ r, jnp.zeros(20), tolerance=1e-12, limit=10
    )
    assert int(found.evaluations) == 2 and float(found.residual) <= 1e-12


def cosine(scale: jax.Array) -> Iterate:
    return anderson(lambda x: jnp.cos(scale * x) - x, unchanged, jnp.zeros((2, 3)), tolerance=1e-13, limit=100)


def test_nonlinear_maps_are_solved_even_where_the_plain_iteration_diverges() -> None:
    for scale in (0.5, 1.0, 2.0):  # at 2 the plain iteration cycles
        found = cosine(jnp.asarray(scale))
        assert float(found.residual) <= 1e-13
        assert found.point.shape == (2, 3)
        np.testing.assert_allclose(np.cos(scale * np.asarray(found.point)), found.point, atol=1e-12)


def test_batches_are_loops() -> None:
    scales = jnp.array([0.3, 0.8, 1.2, 2.0])
    together = jax.vmap(cosine)(scales)
    for k, scale in enumerate(scales):
        alone = cosine(scale)
        np.testing.assert_allclose(together.point[k], alone.point, atol=1e-12)
        assert int(together.evaluations[k]) == int(alone.evaluations)


def test_it_stops_at_once_at_a_solution_and_at_the_limit_elsewhere() -> None:
    there = anderson(lambda x: -x, unchanged, jnp.zeros(3), tolerance=1e-12, limit=50)
    assert int(there.evaluations) == 1 and float(there.residual) == 0.0
    nowhere = anderson(lambda x: jnp.exp(x) + 1.0, unchanged, jnp.zeros(3), tolerance=1e-12, limit=17)
    assert int(nowhere.evaluations) == 17 and float(nowhere.residual) >= 1.0


@pytest.mark.parametrize("bad", [jnp.nan, jnp.inf])
def test_where_the_map_is_not_a_number_it_goes_back_to_the_best_point(bad: float) -> None:
    """Steps that leave the domain (above 2) are taken back."""
    found = anderson(
        lambda x: jnp.where(x > 2.0, bad, 1.0 - 0.01 * x - x**3 / 3.0),
        unchanged,
        jnp.full(2, 1.99),
        tolerance=1e-12,
        limit=200,
    )
    assert float(found.residual) <= 1e-12
    hopeless = anderson(lambda x: x * bad, unchanged, jnp.ones(2), tolerance=1e-12, limit=20)
    assert not float(hopeless.residual) <= 1e-12
