"""Real GDP from both sides against loops, consumer prices under each anchor, and who bears a duty."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes

from detente.accounts import toy
from detente.economy import Result, calibrate
from detente.economy.national_accounts import gdp, real_gdp
from detente.errors import InputError

seeds = st.integers(0, 2**32 - 1)
SHAPES = ("a use class per buyer", "two use classes")


def by_loops(result: Result) -> np.ndarray:
    """Double deflation cell by cell: outputs, less inputs of every user from every origin, and taxes on trade volumes."""
    a, b, world = result.reference, result.found, result.economy.baseline
    volume = np.zeros(len(world.regions))
    regions, sectors, uses = len(world.regions), len(world.sectors), len(world.uses)
    for i in range(regions):
        for j in range(sectors):
            volume[i] += b.output[i, j] * a.unit_cost[i, j] / b.unit_cost[i, j]
    for n in range(regions):
        paid = [b.value_added[n, k] / world.value_added_share[n, k] for k in range(sectors)]
        for j in range(sectors):
            for u in range(uses):
                spent = (b.border_value + b.duties)[n, :, j, u].sum()
                if spent == 0:
                    continue
                users = [k for k in range(sectors) if world.buyer_class[k] == u]
                inputs = sum(world.input_coefficient[n, j, k] * paid[k] for k in users) / spent
                for i in range(regions):
                    if b.trade[n, i, j, u] == 0:
                        continue
                    basic = b.trade[n, i, j, u] * a.unit_cost[i, j] / b.unit_cost[i, j]
                    border = basic * a.border_value[n, i, j, u] / a.trade[n, i, j, u]
                    duty = border * a.duties[n, i, j, u] / a.border_value[n, i, j, u]
                    volume[n] += duty - inputs * (border + duty)
                    volume[i] += border - basic
    return volume


@given(recipes(SHAPES), seeds, st.sampled_from([0.0, 1.0]))
@settings(max_examples=10, deadline=None)
def test_production_and_spending_give_one_gdp(recipe: Recipe, seed: int, rigidity: float) -> None:
    economy = calibrate(recipe.baseline(), rigidity=rigidity)
    result = economy.solve(random_policy(economy, seed))
    laspeyres, fisher, gap = real_gdp(economy.baseline, result.reference, result.found)
    assert gap < 1e-8
    np.testing.assert_allclose(
        gdp(economy.baseline, result.reference, result.reference).production, economy.baseline.gdp
    )
    np.testing.assert_allclose(laspeyres, by_loops(result) / economy.baseline.gdp, rtol=1e-9)
    np.testing.assert_allclose(result.arrays["real_gdp"], 100 * (laspeyres - 1), atol=1e-12)
    # Fisher's index undone: from there and back gives one
    there_and_back = fisher * real_gdp(economy.baseline, result.found, result.reference)[1]
    np.testing.assert_allclose(there_and_back, 1.0, rtol=1e-9)


@given(recipes(SHAPES, tariffs=False, export_taxes=False, sparse=False, specialised=False), seeds)
@settings(max_examples=6, deadline=None)
def test_without_taxes_a_small_tariff_leaves_gdp_to_first_order(recipe: Recipe, seed: int) -> None:
    """Factors are used where they are worth most, so that moving them changes no volume at first: terms of trade are not GDP."""
    economy = calibrate(recipe.baseline())
    before = economy.status_quo()
    growth = []
    for rate in (1e-3, 1e-2):
        result = economy.solve(before._replace(tariff=before.tariff.at[0, 1:].set(rate)))
        growth.append(np.abs(result.arrays["real_gdp"]).max())
        assert growth[-1] < 0.2 * np.abs(result.arrays["welfare"]).max() + 1e-9
    assert growth[0] < 0.02 * growth[1] + 1e-9  # a tenth of the rate, a hundredth of the change


def test_prices_say_what_they_are_measured_in() -> None:
    results = {}
    for anchor in ("wages", "gdp", "world"):
        economy = calibrate(toy(), anchor=anchor)
        before = economy.status_quo()
        results[anchor] = economy.solve(before._replace(tariff=before.tariff.at[0, 1:].add(0.2)))
        assert anchor in results[anchor].dataset.attrs["prices"]
    wages, nominal, world = results.values()
    np.testing.assert_allclose(1 + wages.arrays["consumer_price"] / 100, 1 / (1 + wages.arrays["real_wage"] / 100))
    np.testing.assert_allclose(1 + world.arrays["consumer_price"] / 100, world.found.price_index)
    np.testing.assert_allclose(world.arrays["exchange_rate"], 0.0, atol=1e-12)
    # relative prices and quantities do not depend on the anchor
    for name in ("price", "producer_price"):
        real = [r.arrays[name] / 100 + 1 for r in results.values()]
        index = [r.arrays["consumer_price"][:, None] / 100 + 1 for r in results.values()]
        for other in (1, 2):
            np.testing.assert_allclose(real[other] / index[other], real[0] / index[0], rtol=1e-12)
    np.testing.assert_array_equal(nominal.arrays["welfare"], wages.arrays["welfare"])
    assert wages.arrays["exchange_rate"][0] > 0  # who taxes imports sees its money rise


def test_pass_through_is_what_buyers_pay_of_a_duty() -> None:
    economy = calibrate(toy(), anchor="wages")
    before = economy.status_quo()
    result = economy.solve(before._replace(tariff=before.tariff.at[0, 1, 0].add(0.1)))
    own, *others = result.arrays["import_pass_through"]
    assert np.isnan(others).all()
    cost = result.found.unit_cost[1, 0] / result.found.wage[0]
    rate = np.asarray(before.tariff)[0, 1, 0]
    weights = economy.baseline.border_value[0, 1, 0]
    duty = np.log((1.1 + rate) / (1 + rate))
    assert own == pytest.approx(100 * (weights * (np.log(cost) + duty)).sum() / (weights * duty).sum())
    none = economy.solve(before._replace(subsidy=jnp.full(before.subsidy.shape, 0.01)))
    assert np.isnan(none.arrays["import_pass_through"]).all()


def test_an_unknown_anchor_is_refused_in_words() -> None:
    with pytest.raises(InputError, match=r"Unknown anchor 'gold'; choose one of wages, gdp, world"):
        calibrate(toy(), anchor="gold")
