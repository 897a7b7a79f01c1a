"""RAS: margins met, zeros kept, the closed form of the 2 x 2 case, infeasible margins named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detente.accounts.build.balancing import ras
from detente.errors import SolveError

positive = st.floats(0.1, 10.0)


def odds_ratio(matrix: np.ndarray) -> float:
    return float(matrix[0, 0] * matrix[1, 1] / (matrix[0, 1] * matrix[1, 0]))


def test_two_by_two_has_the_closed_form_solution() -> None:
    """The fitted 2 x 2 table keeps the odds ratio of the prior (Mosteller 1968), which makes a quadratic equation."""
    prior = np.array([[3.0, 1.0], [2.0, 5.0]])
    rows, columns = np.array([40.0, 60.0]), np.array([55.0, 45.0])
    k = odds_ratio(prior)
    # x (60 - 55 + x) = k (40 - x)(55 - x), with x the top left cell
    roots = np.roots([1 - k, (rows[1] - columns[0]) + k * (rows[0] + columns[0]), -k * rows[0] * columns[0]])
    x = next(float(root.real) for root in roots if 0 < root.real < 40)
    exact = np.array([[x, 40 - x], [55 - x, 5 + x]])
    np.testing.assert_allclose(ras(prior, rows, columns), exact, rtol=1e-9)


@given(prior=arrays(float, (4, 3), elements=positive), truth=arrays(float, (4, 3), elements=positive))
def test_margins_are_met_and_every_odds_ratio_is_kept(prior: np.ndarray, truth: np.ndarray) -> None:
    rows, columns = truth.sum(axis=1), truth.sum(axis=0)
    fitted = ras(prior, rows, columns)
    np.testing.assert_allclose(fitted.sum(axis=1), rows, rtol=1e-9)
    np.testing.assert_allclose(fitted.sum(axis=0), columns, rtol=1e-9)
    for i in range(3):
        for j in range(2):
            assert odds_ratio(fitted[i : i + 2, j : j + 2]) == pytest.approx(odds_ratio(prior[i : i + 2, j : j + 2]))


@given(prior=arrays(float, (3, 3), elements=positive))
def test_a_matrix_that_already_fits_does_not_move(prior: np.ndarray) -> None:
    np.testing.assert_allclose(ras(prior, prior.sum(axis=1), prior.sum(axis=0)), prior, rtol=1e-9)


@given(
    prior=arrays(float, (3, 4), elements=st.one_of(st.just(0.0), positive)),
    factors=arrays(float, 3, elements=positive),
)
def test_zeros_are_kept(prior: np.ndarray, factors: np.ndarray) -> None:
    truth = prior * factors[:, None]
    fitted = ras(prior, truth.sum(axis=1), truth.sum(axis=0))
    assert ((fitted > 0) == (prior > 0)).all()


def test_many_problems_are_solved_side_by_side() -> None:
    rng = np.random.default_rng(3)
    prior, truth = rng.uniform(1, 2, (5, 2, 4, 3)), rng.uniform(1, 2, (5, 2, 4, 3))
    fitted = ras(prior, truth.sum(axis=-1), truth.sum(axis=-2))
    for a in range(5):
        for b in range(2):
            alone = ras(prior[a, b], truth[a, b].sum(axis=-1), truth[a, b].sum(axis=-2))
            np.testing.assert_allclose(fitted[a, b], alone, rtol=1e-8)


def test_margins_that_differ_are_named() -> None:
    with pytest.raises(SolveError, match=r"Row margins sum to 3 and column margins to 4"):
        ras(np.ones((2, 2)), np.array([1.0, 2.0]), np.array([2.0, 2.0]))


def test_a_margin_over_zeros_is_named() -> None:
    with pytest.raises(SolveError, match=r"zero all along row \(1,\), whose margin is 2"):
        ras(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([1.0, 2.0]), np.array([2.0, 1.0]))


def test_a_blocking_pattern_of_zeros_is_named() -> None:
    # Column 0 needs 3, but its only positive cell is in a row that has 1.
    with pytest.raises(SolveError, match=r"cannot be met after 50 iterations: row"):
        ras(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 3.0]), np.array([3.0, 1.0]), iterations=50)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_numbers_that_make_no_sense_are_refused(bad: float) -> None:
    with pytest.raises(SolveError, match="the prior hold"):
        ras(np.array([[1.0, bad], [1.0, 1.0]]), np.ones(2), np.ones(2))
