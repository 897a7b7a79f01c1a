"""What theory says of every world of this class: sufficient statistics, symmetry, optimal tariffs, efficiency."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, parts, random_policy, recipes, welfare
from scipy.optimize import brentq

from detente.accounts import Baseline, assemble
from detente.economy import Economy, Policy, calibrate

seeds = st.integers(0, 2**32 - 1)


def own_share_change(economy: Economy, policy: Policy) -> tuple[np.ndarray, object]:
    """Hats of the share of own products in each buyer's spending [n, j, u], and the equilibrium."""
    found, _ = economy.levels(policy)
    spending = np.asarray(found.border_value + found.duties)
    total = spending.sum(axis=1)
    own = np.einsum("nnju->nju", spending)
    now = np.divide(own, total, out=np.ones_like(own), where=own > 0)
    before = np.einsum("nnju->nju", economy.baseline.expenditure_share)
    return np.divide(now, before, out=np.ones_like(now), where=before > 0), found


@given(recipes(("one sector",), tariffs=False, export_taxes=False, deficits=False, inputs=False), seeds)
@settings(max_examples=20, deadline=None)
def test_one_sector_welfare_is_own_share_to_minus_one_over_theta(recipe: Recipe, seed: int) -> None:
    """Arkolakis, Costinot and Rodriguez-Clare (2012)."""
    economy = calibrate(recipe.baseline())
    policy = random_policy(economy, seed, tariff=0.0, export_tax=0.0, subsidy=0.0, trade_cost=1.0)
    own, found = own_share_change(economy, policy)
    home = np.einsum("nnju->nju", np.asarray(policy.trade_cost))[:, 0, 0]  # a cost of buying at home is technology
    theta = economy.baseline.trade_elasticity[0]
    np.testing.assert_allclose(found.welfare, own[:, 0, 0] ** (-1 / theta) / home, rtol=1e-9)


@given(recipes(specialised=False, sparse=False), seeds)
@settings(max_examples=25, deadline=None)
def test_real_wages_follow_from_own_shares_and_the_leontief_inverse(recipe: Recipe, seed: int) -> None:
    """Costinot and Rodriguez-Clare (2014, equation 29) with input-output loops and use classes; any tariffs."""
    baseline = recipe.baseline()
    economy = calibrate(baseline)
    policy = random_policy(economy, seed, subsidy=0.0)
    own, found = own_share_change(economy, policy)
    home = np.einsum("nnju->nju", np.asarray(policy.trade_cost))
    b, buyers = baseline, baseline.buyer_class
    for n in range(len(b.regions)):
        # log price over unit cost at home, of each product for each use class
        gap = np.log(own[n]) / b.trade_elasticity[:, None] + np.log(home[n])
        inputs = b.input_coefficient[n]  # [k, j]
        pushed = (inputs * gap[:, buyers[:-1]]).sum(axis=0)
        cost_over_wage = np.linalg.solve(np.eye(len(gap)) - inputs.T, pushed)
        price_over_wage = b.final_share[n] @ (cost_over_wage + gap[:, buyers[-1]])
        np.testing.assert_allclose(np.log(found.wage[n] / found.price_index[n]), -price_over_wage, atol=1e-9)


@given(recipes(), seeds, st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.05, 1.0))
@settings(max_examples=25, deadline=None)
def test_a_uniform_import_tariff_is_a_uniform_export_tax(
    recipe: Recipe, seed: int, rigidity: float, rate: float
) -> None:
    """Lerner (1936), on top of whatever taxes there are, with transfers of the same worth abroad."""
    baseline = recipe.baseline()
    economy = calibrate(baseline, rigidity=rigidity, labour_supply=0.4)
    before = random_policy(economy, seed)
    region = seed % len(baseline.regions)
    abroad = np.arange(len(baseline.regions)) != region
    tariff, export_tax = np.array(before.tariff), np.array(before.export_tax)
    tariff[region, abroad] = (1 + tariff[region, abroad]) * (1 + rate) - 1
    export_tax[abroad, region] = (1 + export_tax[abroad, region]) * (1 + rate) - 1
    by_tariff, _ = economy.levels(before._replace(tariff=jnp.asarray(tariff)))
    # with the export tax all money at home is worth 1 + rate less abroad, so world income measures less: transfers,
    # given in units of world income, are larger by as much
    world = by_tariff.factor_income.sum()
    shrunk = world - by_tariff.factor_income[region] * (1 - 1 / (1 + rate))
    other = economy.varied(deficit=baseline.deficit * float(world / shrunk))
    by_tax, _ = other.levels(before._replace(export_tax=jnp.asarray(export_tax)))
    made = baseline.value_added > 0
    np.testing.assert_allclose(by_tax.welfare, by_tariff.welfare, rtol=1e-8)
    np.testing.assert_allclose(by_tax.employment[made], by_tariff.employment[made], rtol=1e-8)
    real = [f.wage / f.price_index for f in (by_tariff, by_tax)]
    np.testing.assert_allclose(*real, rtol=1e-8)
    unit = float(world / shrunk)  # money abroad; at home it is divided by 1 + rate as well
    scale = np.where(abroad, unit, unit / (1 + rate))
    np.testing.assert_allclose(by_tax.output, by_tariff.output * scale[:, None], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(by_tax.wage, by_tariff.wage * scale, rtol=1e-8)


def two_countries(size: float, theta: float, openness: float = 0.3) -> Baseline:
    """One sector, no inputs, no taxes, balanced trade: home is `size` of the world and imports `openness` at most."""
    imports = openness * size * (1 - size)
    trade = np.array([[size - imports, imports], [imports, 1 - size - imports]])[:, :, None, None]
    return assemble(
        1e6 * trade,
        regions=["HOM", "FOR"],
        sectors=["goods"],
        trade_elasticity=np.array([theta]),
        uses=["all"],
        buyer_class=[0, 0],
        input_expenditure=np.zeros((2, 1, 1)),
    )


def _home_welfare(cal, preconditioner, policy) -> jax.Array:  # type: ignore[no-untyped-def]
    return welfare(cal, preconditioner, policy)[0]


slopes = jax.jit(jax.grad(_home_welfare, argnums=2))


def best_tariff(economy: Economy) -> float:
    """The tariff of HOM at which its welfare stops rising."""
    before = economy.status_quo()

    def slope(rate: float) -> float:
        policy = before._replace(tariff=before.tariff.at[0, 1, 0, 0].set(rate))
        return float(slopes(*parts(economy), policy).tariff[0, 1, 0, 0])

    return brentq(slope, 1e-3, 3.0, xtol=1e-9)


@pytest.mark.parametrize("theta", [2.5, 6.0])
def test_the_optimal_tariff_of_a_small_economy_is_one_over_theta(theta: float) -> None:
    """Gros (1987): 1 / (theta x the foreign country's own share), hence 1 / theta for a small economy."""
    rates = []
    for size in (0.5, 0.1, 1e-3):
        economy = calibrate(two_countries(size, theta))
        rate = best_tariff(economy)
        before = economy.status_quo()
        found, _ = economy.levels(before._replace(tariff=before.tariff.at[0, 1, 0, 0].set(rate)))
        foreign = np.asarray(found.border_value)[1, :, 0, 0]
        assert rate == pytest.approx(1 / (theta * foreign[1] / foreign.sum()), rel=1e-6)
        rates.append(rate)
    assert rates[0] > rates[1] > rates[2] > 1 / theta
    assert rates[2] == pytest.approx(1 / theta, rel=1e-3)


@jax.jit
def pushed(cal, preconditioner, policy, direction) -> jax.Array:  # type: ignore[no-untyped-def]
    """The response of welfare to a direction of log trade costs."""

    def response(cost: jax.Array) -> jax.Array:
        return welfare(cal, preconditioner, policy._replace(trade_cost=jnp.exp(cost)))

    return jax.jvp(response, (jnp.zeros_like(direction),), (direction,))[1]


@given(recipes(("a use class per buyer",), tariffs=False, export_taxes=False), seeds)
@settings(max_examples=15, deadline=None)
def test_without_taxes_a_cheaper_route_is_worth_the_trade_on_it(recipe: Recipe, seed: int) -> None:
    """Hulten (1978): to first order the world gains d log(cost) times the trade it falls on, wherever the gain goes."""
    economy = calibrate(recipe.baseline(), rigidity=0.5)
    before = economy.status_quo()
    direction = jnp.asarray(np.random.default_rng(seed).uniform(-1, 1, before.trade_cost.shape))

    gains = pushed(*parts(economy), before, direction)
    expected = -(economy.baseline.trade * np.asarray(direction)).sum()
    np.testing.assert_allclose(
        (gains * economy.baseline.income).sum(), expected, atol=1e-7 * economy.baseline.trade.sum()
    )


@given(recipes(symmetric=True, tariffs=True, deficits=False, export_taxes=False, sparse=False, specialised=False))
@settings(max_examples=15, deadline=None)
def test_among_equals_free_trade_and_cheaper_trade_raise_every_income(recipe: Recipe) -> None:
    economy = calibrate(recipe.baseline())
    before = economy.status_quo()
    free, _ = economy.levels(before._replace(tariff=jnp.zeros_like(before.tariff)))
    np.testing.assert_allclose(free.welfare, free.welfare[0], rtol=1e-9)
    assert free.welfare.min() > 1.0
    at_home = jnp.eye(len(economy.regions), dtype=bool)[:, :, None, None]
    cheap = jnp.where(at_home, before.trade_cost, 0.9)
    cheaper, _ = economy.levels(before._replace(tariff=jnp.zeros_like(before.tariff), trade_cost=cheap))
    assert (cheaper.welfare > free.welfare + 1e-6).all()


@given(recipes(("one sector",), tariffs=False, deficits=False, inputs=False), st.floats(-0.5, 0.5))
@settings(max_examples=10, deadline=None)
def test_a_subsidy_to_all_there_is_changes_nothing_but_who_pays(recipe: Recipe, rate: float) -> None:
    economy = calibrate(recipe.baseline())
    before = economy.status_quo()
    found, _ = economy.levels(before._replace(subsidy=before.subsidy.at[0, 0].set(rate)))
    np.testing.assert_allclose(found.welfare, 1.0, atol=1e-9)
    np.testing.assert_allclose(found.subsidies, [rate * found.factor_income[0], 0.0], rtol=1e-9)
    np.testing.assert_allclose(
        found.income, found.factor_income + found.export_tax_revenue - found.subsidies, rtol=1e-9
    )


@given(recipes(("a use class per buyer",), buyer_class=(0, 0, 0)), seeds)
@settings(max_examples=15, deadline=None)
def test_more_use_classes_change_nothing_when_they_buy_alike(recipe: Recipe, seed: int) -> None:
    """One use class is Caliendo and Parro (2015); two, and one per buyer, nest it."""
    one = recipe.baseline()
    economy = calibrate(one, rigidity=0.5)
    policy = random_policy(economy, seed)
    a, _ = economy.levels(policy)
    j = len(one.sectors)
    for uses, classes in ((["inputs", "final"], [0] * j + [1]), ([*one.sectors, "final"], list(range(j + 1)))):
        spending = np.concatenate([one.input_expenditure, one.final_expenditure[:, :, None]], axis=2)
        by_class = spending @ np.eye(len(uses))[classes]
        total = by_class.sum(axis=2, keepdims=True)
        portion = np.divide(by_class, total, out=np.full_like(by_class, 1 / len(uses)), where=total > 0)  # [n, j, u]
        split = Baseline(
            {
                **one.arrays,
                "trade": one.trade * portion[:, None],
                "tariff": np.repeat(one.tariff, len(uses), axis=3),
            },
            regions=one.regions,
            sectors=one.sectors,
            uses=uses,
            buyer_class=classes,
        )
        split.check(1e-9)
        other = calibrate(split, rigidity=0.5)
        b, _ = other.levels(
            policy._replace(
                tariff=jnp.repeat(policy.tariff, len(uses), axis=3),
                trade_cost=jnp.repeat(policy.trade_cost, len(uses), axis=3),
            )
        )
        for name in ("welfare", "price_index", "output", "value_added", "employment", "tariff_revenue"):
            ours, theirs = np.asarray(getattr(b, name)), np.asarray(getattr(a, name))
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-9 * np.abs(theirs).max() + 1e-9, err_msg=name)
        np.testing.assert_allclose(b.trade.sum(axis=3), a.trade[..., 0], rtol=1e-8, atol=1e-8)
