"""Short, medium and long run: workers are stuck first and pay with their wage, then move; buyers turn away by and by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe

import detente as dt
from detente.economy import HORIZONS, Result
from detente.errors import InputError

ORDER = ("short", "medium", "long")


def tariff_on(economy, importer: int, exporter: int, sector: int, added: float) -> Result:
    policy = economy.status_quo()
    return economy.solve(policy._replace(tariff=policy.tariff.at[importer, exporter, sector].add(added)))


def real_wage_of_sector(result: Result) -> np.ndarray:
    """Hat of the wage of an hour in each sector over consumer prices [region, sector]."""
    a, b = result.reference, result.found
    return b.sector_wage / a.sector_wage / (b.price_index / a.price_index)[:, None]


@pytest.fixture(scope="module")
def steel() -> dict[str, Result]:
    """25 percent more on Canadian steel in the United States, at each horizon."""
    world = dt.load("world-2024", uses="two")
    n, i = world.index("region", "USA"), world.index("region", "CAN")
    cell = n, i, world.index("sector", "steel")
    return {horizon: tariff_on(dt.calibrate(world, horizon=horizon), *cell, 0.25) for horizon in ORDER}


@pytest.fixture(scope="module")
def canadian_steel(steel) -> tuple[int, int]:
    baseline = steel["long"].economy.baseline
    return baseline.index("region", "CAN"), baseline.index("sector", "steel")


def test_steel_workers_lose_most_wage_in_the_short_run(steel, canadian_steel):
    short, medium, long = (real_wage_of_sector(steel[horizon])[canadian_steel] for horizon in ORDER)
    assert short < 0.99
    assert short < medium < long < 1


def test_steel_loses_most_jobs_in_the_long_run(steel, canadian_steel):
    short, medium, long = (steel[horizon].arrays["employment_kjobs"][canadian_steel] for horizon in ORDER)
    assert short == pytest.approx(0, abs=1e-6)
    assert 0 > medium > long


def test_in_the_long_run_one_wage_holds_in_a_country(steel):
    hats = real_wage_of_sector(steel["long"])[:, steel["long"].economy.baseline.value_added.min(axis=0) > 0]
    np.testing.assert_allclose(hats, hats[:, :1] * np.ones_like(hats), rtol=1e-12)


def test_trade_responds_more_the_longer_the_horizon(steel):
    long = steel["long"].economy.baseline
    n, i, j = long.index("region", "USA"), long.index("region", "CAN"), long.index("sector", "steel")
    trade = [steel[horizon].arrays["bilateral"][n, i, j] for horizon in ORDER]
    output = [steel[horizon].arrays["output"][i, j] for horizon in ORDER]
    assert 0 > trade[0] > trade[1] > trade[2]
    assert 0 > output[0] > output[1] > output[2]


def test_more_of_a_duty_falls_on_the_exporter_in_the_short_run(steel, canadian_steel):
    cost = [steel[horizon].arrays["producer_price"][canadian_steel] for horizon in ORDER]
    assert cost[0] < cost[1] < cost[2]
    assert cost[0] < -1


def test_the_nation_keeps_its_jobs_at_every_horizon(steel):
    for result in steel.values():
        known = np.isfinite(result.economy.baseline.employment).all(axis=1)
        moved = result.arrays["employment_kjobs"][known]
        np.testing.assert_allclose(
            moved.sum(axis=1), 0, atol=1e-9 * np.abs(result.economy.baseline.employment[known]).sum()
        )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 2))
def test_a_duty_cuts_its_flow_more_the_longer_the_horizon(seed, sector):
    world = Recipe(seed=seed, shape="two use classes").baseline()
    results = [tariff_on(dt.calibrate(world, horizon=horizon), 0, 1, sector, 0.05) for horizon in ORDER]
    trade = [result.found.trade[0, 1, sector].sum() / result.reference.trade[0, 1, sector].sum() for result in results]
    assert trade[0] > trade[1] > trade[2]
    np.testing.assert_allclose(results[0].arrays["employment"], 0, atol=1e-6)  # nobody moves


def test_every_horizon_names_its_evidence_and_lies_within_its_ranges():
    for known in HORIZONS.values():
        assert any(year in known.source for year in ("2015", "2023"))
        for parameter in ("rigidity", "elasticity_factor", "labour_supply"):
            low, high = known.range_of(parameter)
            assert low <= getattr(known, parameter) <= high


def test_an_unknown_horizon_is_refused_in_words():
    with pytest.raises(InputError, match=r"eternal.*short, medium, long"):
        dt.calibrate(dt.load("toy"), horizon="eternal")
