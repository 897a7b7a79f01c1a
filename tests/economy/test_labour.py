"""Labour: mobile, specific or between; jobs; labour supply and the welfare that goes with it."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes

from detente.accounts import toy
from detente.economy import HORIZONS, Economy, calibrate
from detente.economy.result import Result

seeds = st.integers(0, 2**32 - 1)
SHAPES = ("a use class per buyer", "two use classes")


@given(recipes(SHAPES), seeds)
@settings(max_examples=15, deadline=None)
def test_mobile_workers_earn_one_wage_and_specific_workers_stay(recipe: Recipe, seed: int) -> None:
    baseline = recipe.baseline()
    made = baseline.value_added > 0
    for rigidity in (0.0, 1.0):
        economy = calibrate(baseline, rigidity=rigidity)
        found, _ = economy.levels(random_policy(economy, seed))
        wage, labour = np.asarray(found.sector_wage), np.asarray(found.employment)
        if rigidity == 0.0:
            gap = wage / np.asarray(found.wage)[:, None]
            np.testing.assert_allclose(gap[made], 1.0, rtol=1e-12)
        else:
            np.testing.assert_allclose(labour[made], 1.0, rtol=1e-9)
        # what sectors pay is wage times labour, whatever the rigidity
        np.testing.assert_allclose((wage * labour * baseline.value_added)[made], found.value_added[made], rtol=1e-9)


def test_the_more_rigid_labour_is_the_fewer_move_and_the_more_wages_differ() -> None:
    moved, spread = [], []
    for rigidity in (0.0, 0.25, 0.5, 0.75, 1.0):
        economy = calibrate(toy(), rigidity=rigidity)
        before = economy.status_quo()
        found, _ = economy.levels(before._replace(tariff=before.tariff.at[0, 1:, 0].add(0.3)))
        moved.append(np.ptp(np.log(found.employment[0])))
        spread.append(np.ptp(np.log(found.sector_wage[0])))
    assert (np.diff(moved) < -1e-4).all() and moved[-1] < 1e-9
    assert (np.diff(spread) > 1e-4).all() and spread[0] < 1e-9


@given(recipes(SHAPES, specialised=False, sparse=False), seeds, st.sampled_from([0.0, 0.5, 1.0]), st.booleans())
@settings(max_examples=15, deadline=None)
def test_jobs_add_up_to_the_nation(recipe: Recipe, seed: int, rigidity: float, supply: bool) -> None:
    baseline = recipe.baseline()
    economy = calibrate(baseline, rigidity=rigidity, labour_supply=0.8 * supply)
    result = economy.solve(random_policy(economy, seed))
    nation = result.employment_kjobs.sum("sector").values
    real_wage = 1 + result.real_wage.values / 100
    expected = baseline.employment.sum(axis=1) * (real_wage ** (0.8 * supply) - 1)
    np.testing.assert_allclose(nation, expected, atol=1e-8 * baseline.employment.sum())


def path(economy: Economy, seed: int, steps: int) -> list:  # type: ignore[type-arg]
    """Equilibria on the way to a random tariff policy, the baseline first."""
    before = economy.status_quo()
    after = random_policy(economy, seed, export_tax=0.0, trade_cost=0.0, subsidy=0.0).tariff
    return [
        economy.levels(before._replace(tariff=before.tariff + share * (after - before.tariff)))[0]
        for share in np.linspace(0, 1, steps + 1)
    ]


@given(recipes(SHAPES), seeds, st.sampled_from([0.0, 1.0]))
@settings(max_examples=8, deadline=None)
def test_equivalent_variation_is_what_income_buys_less_the_integral_of_effort(
    recipe: Recipe, seed: int, rigidity: float
) -> None:
    """Effort is the area under the labour-supply curve, integrated along a path of policies."""
    baseline = recipe.baseline()
    economy = calibrate(baseline, rigidity=rigidity, labour_supply=0.8)
    points = path(economy, seed, 32)
    wage_bill = baseline.value_added.sum(axis=1)
    real_wage = np.array([p.wage / p.price_index for p in points])
    labour = np.array([p.factor_income / wage_bill / p.wage for p in points])
    np.testing.assert_allclose(labour, real_wage**0.8, rtol=1e-9)

    def effort(every: int) -> np.ndarray:
        w, h = real_wage[::every], labour[::every]
        return wage_bill * ((w[1:] + w[:-1]) / 2 * np.diff(h, axis=0)).sum(axis=0)

    integral = (4 * effort(1) - effort(2)) / 3  # Richardson
    end = points[-1]
    expected = 1 + (end.income / end.price_index - baseline.income - integral) / baseline.income
    np.testing.assert_allclose(end.welfare, expected, atol=1e-8)


@given(recipes(SHAPES, export_taxes=False), seeds, st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.8]))
@settings(max_examples=8, deadline=None)
def test_first_order_effects_over_many_small_steps_sum_to_welfare(
    recipe: Recipe, seed: int, rigidity: float, supply: float
) -> None:
    """Terms of trade and volume of trade (Caliendo and Parro 2015, equations 15 to 17) are the derivative of welfare."""
    economy = calibrate(recipe.baseline(), rigidity=rigidity, labour_supply=supply)
    points = path(economy, seed, 32)

    def gap(every: int) -> np.ndarray:
        total = np.zeros(len(economy.regions))
        for a, b in zip(points[:-every:every], points[every::every], strict=True):
            first_order = Result(economy, a, b, {}).arrays
            growth = (first_order["terms_of_trade"] + first_order["volume_of_trade"]) / 100
            total += growth * np.asarray(a.income / a.price_index) / economy.baseline.income
        return total - (np.asarray(points[-1].welfare) - 1)

    gaps = [np.abs(gap(every)).max() for every in (4, 2, 1)]
    assert gaps[2] < 0.6 * gaps[1] < 0.36 * gaps[0] or gaps[2] < 1e-9
    extrapolated = (8 * gap(1) - 6 * gap(2) + gap(4)) / 3  # the limit of ever smaller steps, to third order
    assert np.abs(extrapolated).max() < max(1e-7, 1e-2 * gaps[2])


@pytest.mark.parametrize("name", list(HORIZONS))
def test_a_horizon_sets_labour_and_elasticities(name: str) -> None:
    economy, horizon = calibrate(toy(), horizon=name), HORIZONS[name]
    np.testing.assert_allclose(economy.calibration.theta, toy().trade_elasticity * horizon.elasticity_factor)
    assert float(economy.calibration.rigidity) == horizon.rigidity
    assert float(economy.calibration.labour_supply) == horizon.labour_supply
    assert economy.horizon == name and horizon.source
    before = economy.status_quo()
    imports = economy.solve(before._replace(tariff=before.tariff.at[0, 1:].add(0.1))).imports.values[0]
    assert imports < 0
    if name == "long":
        short = calibrate(toy(), horizon="short")
        assert (
            short.solve(before._replace(tariff=jnp.asarray(before.tariff).at[0, 1:].add(0.1))).imports.values[0]
            > imports
        )
