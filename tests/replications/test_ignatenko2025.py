from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

FOLDER = Path(__file__).resolve().parents[2] / "replications" / "ignatenko2025"
spec = importlib.util.spec_from_file_location("ignatenko2025", FOLDER / "run.py")
paper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(paper)

COUNTRIES, US = 5, 2


def random_economy(seed: int, beta: float):
    """A world of five countries with some empty flows."""
    draw = np.random.default_rng(seed)
    gdp = draw.uniform(50, 500, COUNTRIES)
    trade = draw.uniform(0, 0.05, (COUNTRIES, COUNTRIES)) * np.sqrt(np.outer(gdp, gdp))
    trade[draw.random(trade.shape) < 0.2] = 0.0
    np.fill_diagonal(trade, 0.0)
    trade[US], trade[:, US] = np.maximum(trade[US], 0.1), np.maximum(trade[:, US], 0.1)
    trade[US, US] = 0.0
    return paper.calibrate(trade, gdp, US, beta=beta)


worlds = st.builds(random_economy, st.integers(0, 10_000), st.sampled_from([1.0, 0.49]))


@given(worlds)
@settings(max_examples=20, deadline=None)
def test_the_base_year_is_an_equilibrium(economy):
    none = np.zeros((COUNTRIES, COUNTRIES))
    assert np.abs(paper.residual(np.zeros(4 * COUNTRIES), economy, none, 1.0)).max() < 1e-12


@given(worlds, st.floats(0.01, 0.5))
@settings(max_examples=20, deadline=None)
def test_the_dropped_equation_holds(economy, rate):
    tariffs = np.zeros((COUNTRIES, COUNTRIES))
    tariffs[:, US] = rate
    tariffs[US, US] = 0.0
    _, world = paper.solve(economy, tariffs)
    assert abs(float(world.income_gap[-1])) < 1e-9
    assert float(world.revenue[US]) > 0


@given(worlds, st.floats(0.01, 0.2))
@settings(max_examples=10, deadline=None)
def test_a_uniform_import_tariff_is_worth_more_than_free_trade_up_to_the_best_rate(economy, rate):
    def welfare(t):
        tariffs = np.zeros((COUNTRIES, COUNTRIES))
        tariffs[:, US] = t
        tariffs[US, US] = 0.0
        return float(paper.solve(economy, tariffs)[1].welfare[US])

    best = paper.best_uniform(welfare, 0.5)
    assert welfare(best) >= max(welfare(rate), 1.0) - 1e-9


def test_the_model_that_cannot_converge_says_so():
    economy = random_economy(1, 1.0)
    with pytest.raises(paper.SolveError, match="did not converge"):
        paper.solve(economy, np.full((COUNTRIES, COUNTRIES), np.nan))


@pytest.mark.slow
@pytest.mark.sources
def test_published_tables(sources):
    comparison = paper.run(sources)
    missed = [row for row in comparison.rows if row.passed is False]
    assert not missed
    judged = [row for row in comparison.rows if row.passed]
    assert len(comparison.rows) == 188
    assert sum(row.sense == "equal" for row in judged) == 164
    assert max(row.tolerance for row in judged) == 0.05  # rounding of the paper, nowhere more
