"""Policies and worlds at the edge: enormous tariffs, bans, autarky, what cannot be solved."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, recipes
from test_equations import accounts_close

from detente.accounts import assemble, toy
from detente.accounts.aggregate import aggregate
from detente.economy import calibrate
from detente.errors import InputError, SolveError

seeds = st.integers(0, 2**32 - 1)


@given(recipes(("one sector", "a use class per buyer", "two use classes"), deficits=False), st.sampled_from([0.0, 1.0]))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_tariffs_of_500_percent_everywhere(recipe: Recipe, rigidity: float) -> None:
    """The same worlds every time: of random ones about one in a thousand is not solved (docs/model.md)."""
    economy = calibrate(recipe.baseline(), rigidity=rigidity)
    before = economy.status_quo()
    abroad = ~np.eye(len(economy.regions), dtype=bool)[:, :, None, None]
    result = economy.solve(before._replace(tariff=jnp.where(abroad, 5.0, before.tariff)))
    accounts_close(result)
    imports = result.imports.values
    assert np.isfinite(imports).all() and (imports < 0).all()


@given(recipes(("two use classes", "one use class"), sparse=False, specialised=False), seeds)
@settings(max_examples=15, deadline=None)
def test_bans_stop_what_they_ban(recipe: Recipe, seed: int) -> None:
    economy = calibrate(recipe.baseline())
    before = economy.status_quo()
    random = np.random.default_rng(seed)
    n, i = random.choice(len(economy.regions), 2, replace=False)
    pair = before._replace(tariff=before.tariff.at[n, i].set(jnp.inf).at[i, n].set(jnp.inf))
    result = economy.solve(pair)
    accounts_close(result)
    assert result.found.trade[n, i].sum() == result.found.trade[i, n].sum() == 0.0
    assert np.isfinite(result.found.welfare).all()
    others = np.arange(len(economy.regions)) != n
    product = before._replace(tariff=before.tariff.at[n, others, 0].set(jnp.inf))
    result = economy.solve(product)
    accounts_close(result)
    assert result.found.trade[n, others, 0].sum() == 0.0
    enormous = economy.solve(before._replace(tariff=before.tariff.at[n, others, 0].set(1e9)))
    np.testing.assert_allclose(result.found.welfare, enormous.found.welfare, rtol=1e-6)


@given(recipes(("two use classes", "one use class"), sparse=False, specialised=False), seeds)
@settings(max_examples=10, deadline=None)
def test_a_region_can_be_cut_off(recipe: Recipe, seed: int) -> None:
    """Autarky: nothing crosses its border, and it loses what Costinot and Rodriguez-Clare (2014) say."""
    economy = calibrate(recipe.baseline(), closure="balanced")
    baseline = economy.baseline  # re-based on balanced trade
    before = economy.status_quo()
    n = seed % len(economy.regions)
    others = np.arange(len(economy.regions)) != n
    alone = before._replace(tariff=before.tariff.at[n, others].set(jnp.inf).at[others, n].set(jnp.inf))
    result = economy.solve(alone)
    accounts_close(result)
    found = result.found
    assert found.trade[n, others].sum() == found.trade[others, n].sum() == 0.0
    own = np.einsum("nnju->nju", baseline.expenditure_share)[n]
    gap = -np.log(own) / baseline.trade_elasticity[:, None]
    inputs, buyers = baseline.input_coefficient[n], baseline.buyer_class
    cost = np.linalg.solve(np.eye(len(own)) - inputs.T, (inputs * gap[:, buyers[:-1]]).sum(axis=0))
    loss = baseline.final_share[n] @ (cost + gap[:, buyers[-1]])
    np.testing.assert_allclose(np.log(found.wage[n] / found.price_index[n]), -loss, atol=1e-9)
    np.testing.assert_allclose(found.income[n], found.factor_income[n], rtol=1e-9)


def test_a_sector_that_can_sell_nothing_is_left_with_nothing() -> None:
    """Everybody pays a prohibitive rate on the second product of the first region, at home too."""
    economy = calibrate(toy())
    before = economy.status_quo()
    result = economy.solve(before._replace(tariff=before.tariff.at[:, 0, 1].set(1e6)))
    accounts_close(result)
    assert result.output.values[0, 1] == pytest.approx(-100.0, abs=1e-6)
    assert np.isfinite(result.welfare.values).all() and result.welfare.values[0] < 0


def rich_debtor():  # type: ignore[no-untyped-def]
    """Region A earns 100 and owes 90."""
    trade = np.array([[5.0, 5.0], [95.0, 100.0]])[:, :, None, None]
    return assemble(
        trade,
        regions=["A", "B"],
        sectors=["goods"],
        trade_elasticity=np.array([4.0]),
        uses=["all"],
        buyer_class=[0, 0],
        input_expenditure=np.zeros((2, 1, 1)),
    )


def test_what_has_no_equilibrium_raises_and_names_a_market() -> None:
    economy = calibrate(toy())
    before = economy.status_quo()
    # a region that may buy nothing abroad and sell nothing there cannot run the deficit it is to keep
    alone = before._replace(tariff=before.tariff.at[0, 1:].set(jnp.inf).at[1:, 0].set(jnp.inf))
    with pytest.raises(SolveError, match=r"furthest from clearing is the .* (AAA|BBB|CCC)"):
        economy.solve(alone)
    # nobody is left to sell the first region the second product
    with pytest.raises(SolveError, match="AAA"):
        economy.solve(before._replace(tariff=before.tariff.at[0, :, 1].set(jnp.inf)))
    # a debtor whose exports are taxed away cannot pay what it owes
    debtor = calibrate(rich_debtor())
    start = debtor.status_quo()
    with pytest.raises(SolveError, match=r"(goods in|budget of) A"):
        debtor.solve(start._replace(tariff=start.tariff.at[1, 0].set(0.5)))


def test_a_speck_of_spending_on_what_nobody_sells_is_rounding() -> None:
    """Accounts that are assembled leave final demand of 1e-16 where there is none."""
    baseline = Recipe(5, "two use classes", sparse=True).baseline()
    final = np.array(baseline.final_expenditure)
    final[final < 1e-9] = 1e-10
    speck = baseline.replace(final_expenditure=final)
    assert (speck.final_share > baseline.final_share).any()
    economies = [calibrate(world) for world in (baseline, speck)]
    policies = [economy.status_quo() for economy in economies]
    found = [e.levels(p._replace(tariff=p.tariff + 0.1))[0] for e, p in zip(economies, policies, strict=True)]
    np.testing.assert_allclose(found[1].welfare, found[0].welfare, atol=1e-8)


def test_a_world_of_one_region_is_refused_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r"two regions or more, and the baseline has AAA alone"):
        calibrate(aggregate(toy(), regions=dict.fromkeys(toy().regions, "AAA")))
