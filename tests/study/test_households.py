"""Dollars a household: by hand where spending is stated, nothing claimed where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from detente.accounts import load
from detente.economy import calibrate
from detente.study.outcomes.households import GROUPS, HOUSEHOLDS, households


@pytest.fixture(scope="module")
def world():
    baseline = load("world-2024")
    spending = np.full_like(baseline.arrays["household_spending"], np.nan)
    usa = baseline.index("region", "USA")
    # every fifth buys twice what the one below it buys, in the proportions of the nation
    spending[usa] = 10_000 * baseline.final_share[usa][:, None] * 2.0 ** np.arange(5)
    return baseline.replace(household_spending=spending)


def test_a_basket_like_the_nations_rises_like_consumer_prices(world) -> None:
    economy = calibrate(world, horizon="short")
    result = economy.solve(economy.status_quo().set(importer="USA", sector="motor_vehicles", add=0.25))
    found = households(result)
    assert found is not None and found.regions == ("USA", "CAN")
    usa = world.index("region", "USA")
    # the same purchases cost more than the index says, in which buyers leave what is dear: a little more
    ratio = found.cost_pct[0] / result.arrays["consumer_price"][usa]
    assert (ratio > 1).all() and (ratio < 1.1).all()
    np.testing.assert_allclose(found.cost[0, 1:] / found.cost[0, 1], 2.0 ** np.arange(5), rtol=1e-12)
    np.testing.assert_allclose(found.cost[0, 0], found.cost[0, 1:].mean(), rtol=1e-12)
    count = HOUSEHOLDS["USA"][0]
    np.testing.assert_allclose(found.real_income[0] * count, result.arrays["welfare_musd"][usa], rtol=1e-12)
    np.testing.assert_allclose(found.real_income_by_group[0, 0], found.real_income[0], rtol=1e-12)
    np.testing.assert_allclose(np.diff(found.real_income_by_group[0]), -np.diff(found.cost[0]), rtol=1e-9)
    assert found.cost[0].min() > 0 and len(GROUPS) == found.cost.shape[1]


def test_where_spending_is_not_stated_nothing_is_said_of_it(world) -> None:
    economy = calibrate(world)
    found = households(economy.solve(economy.status_quo()))
    assert found is not None
    assert np.isnan(found.cost[1]).all() and np.isfinite(found.real_income).all()
    assert households(calibrate(load("toy")).solve(calibrate(load("toy")).status_quo())) is None
