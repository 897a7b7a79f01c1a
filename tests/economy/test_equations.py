"""What must hold at every equilibrium, in random worlds: the engine against a second, slow implementation."""

from __future__ import annotations

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes, with_capital
from second_model import SecondModel

from detente.economy import Economy, Result, calibrate

seeds = st.integers(0, 2**32 - 1)
rigidities = st.sampled_from([0.0, 0.5, 1.0])
supplies = st.sampled_from([0.0, 0.7])
closures = st.sampled_from(["fixed", 0.4, "pooled", "balanced"])
between_sectors = st.sampled_from([(1.0, 1.0), (0.4, 0.1), (0.0, 0.0), (2.0, 1.5)])  # final demand, inputs
capital = st.sampled_from([None, (0.0, 0.0), (1.0, 0.0), (0.5, 0.3), (0.0, 1.0)])  # rigidity, accumulation


def second(economy: Economy, policy, **options) -> SecondModel:  # type: ignore[no-untyped-def]
    cal = economy.calibration
    return SecondModel(
        economy.baseline,
        policy,
        np.asarray(cal.theta),
        float(cal.rigidity),
        float(cal.labour_supply),
        pooling=economy.pooling,
        labour=np.asarray(cal.labour_share),
        capital=np.asarray(cal.capital_share),
        investment=np.asarray(cal.investment_share),
        capital_rigidity=float(cal.capital_rigidity),
        accumulation=float(cal.accumulation),
        demand_elasticity=float(cal.demand_elasticity),
        input_elasticity=float(cal.input_elasticity),
        **options,
    )


@given(recipes(), rigidities, supplies)
@settings(max_examples=25, deadline=None)
def test_no_change_gives_exactly_no_change(recipe: Recipe, rigidity: float, supply: float) -> None:
    baseline = recipe.baseline()
    economy = calibrate(baseline, rigidity=rigidity, labour_supply=supply)
    result = economy.solve(economy.status_quo())
    assert result.diagnostics["iterations"] == 1
    for name, values in result.arrays.items():
        if name not in (
            "tariff_revenue_musd",
            "export_tax_revenue_musd",
            "quota_rents_musd",
            "bilateral_musd",
            "trade_balance_musd",
        ):  # levels, not changes
            scale = baseline.output.sum() if name.endswith("_musd") else 1.0
            np.testing.assert_allclose(values[np.isfinite(values)] / scale, 0.0, atol=1e-11, err_msg=name)
    np.testing.assert_allclose(result.found.trade, baseline.trade, rtol=1e-12)
    np.testing.assert_allclose(result.found.income, baseline.income, rtol=1e-12)
    np.testing.assert_allclose(result.tariff_revenue_musd, baseline.tariff_revenue, rtol=1e-10, atol=1e-12)


def accounts_close(result: Result) -> None:
    """Walras' law and adding-up, from flows alone."""
    b, found = result.economy.baseline, result.found
    # every product sells what is made, every buyer's money goes somewhere, every region spends what it earns
    np.testing.assert_allclose(found.trade.sum(axis=(0, 3)), found.output, rtol=1e-9, atol=1e-9 * b.output.max())
    spent = (found.border_value + found.duties).sum(axis=(1, 2, 3))
    policy_paid = found.output.sum(axis=1) + found.subsidies
    np.testing.assert_allclose(spent, policy_paid - found.factor_income + found.income, rtol=1e-9)
    earned = found.factor_income + found.tariff_revenue + found.export_tax_revenue - found.subsidies + found.deficit
    np.testing.assert_allclose(found.income, earned, rtol=1e-9)
    # trade deficits at border values are the transfers, which sum to zero over the world
    pairs = found.border_value.sum(axis=(2, 3))
    np.testing.assert_allclose(pairs.sum(axis=1) - pairs.sum(axis=0), found.deficit, atol=1e-8 * b.output.sum())
    np.testing.assert_allclose(found.factor_income.sum(), b.value_added.sum(), rtol=1e-12)
    assert max(result.diagnostics["walras"], result.diagnostics["adding_up"], result.diagnostics["residual"]) < 1e-10


@given(recipes(), seeds, rigidities, supplies, st.sampled_from([None, None, 0.97]), closures, capital, between_sectors)
@settings(max_examples=60, deadline=None)
def test_every_equation_holds_in_a_second_implementation(
    recipe: Recipe,
    seed: int,
    rigidity: float,
    supply: float,
    floor: float | None,
    closure: str | float,
    stock: tuple[float, float] | None,
    between: tuple[float, float],
) -> None:
    if floor is not None:  # a region that loses its work to the floor may have nothing to pay its transfers with
        recipe = replace(recipe, deficits=False)
    baseline = recipe.baseline()
    economy = calibrate(
        baseline,
        rigidity=rigidity,
        labour_supply=supply,
        wage_floor=floor,
        closure=closure,
        demand_elasticity=between[0],
        input_elasticity=between[1],
        **with_capital(baseline, seed, stock),
    )
    policy = random_policy(economy, seed)
    result = economy.solve(policy)
    accounts_close(result)
    found = result.found
    products, budgets, rest = second(economy, policy, wage_floor=floor or 0.0).gaps(found.output, found.income)
    np.testing.assert_allclose(products / economy.baseline.output.max(), 0.0, atol=1e-9)
    np.testing.assert_allclose(budgets / economy.baseline.income, 0.0, atol=1e-9)
    made = economy.baseline.value_added > 0
    for name, values in rest.items():
        ours = getattr(found, name)
        if values.shape == made.shape:
            ours, values = ours[made], values[made]
        np.testing.assert_allclose(ours, values, rtol=1e-8, atol=1e-9 * max(abs(values).max(), 1.0), err_msg=name)


@pytest.mark.slow
@given(recipes(("one sector", "a use class per buyer")), seeds, rigidities, supplies, closures)
@settings(max_examples=5, deadline=None)
def test_another_solver_finds_the_same_equilibrium(
    recipe: Recipe, seed: int, rigidity: float, supply: float, closure: str | float
) -> None:
    economy = calibrate(recipe.baseline(), rigidity=rigidity, labour_supply=supply, closure=closure)
    policy = random_policy(economy, seed)
    found, _ = economy.levels(policy)
    output, income, rest = second(economy, policy).solve()
    np.testing.assert_allclose(found.output, output, rtol=1e-7, atol=1e-9 * output.max())
    np.testing.assert_allclose(found.income, income, rtol=1e-7)
    np.testing.assert_allclose(found.price_index, rest["price_index"], rtol=1e-7)


@given(recipes(), seeds)
@settings(max_examples=15, deadline=None)
def test_the_unit_of_money_does_not_matter(recipe: Recipe, seed: int) -> None:
    baseline = recipe.baseline()
    monies = ("trade", "output", "value_added", "input_expenditure", "final_expenditure", "deficit")
    euros = baseline.replace(**{name: 0.9e-3 * baseline.arrays[name] for name in monies})
    economy, other = calibrate(baseline), calibrate(euros)
    policy = random_policy(economy, seed)
    a, b = economy.solve(policy).arrays, other.solve(policy).arrays
    for name in a:
        scale = 0.9e-3 if name.endswith("_musd") else 1.0
        largest = np.nanmax(np.abs(a[name]), initial=1.0)
        np.testing.assert_allclose(b[name], scale * a[name], rtol=1e-7, atol=1e-8 * scale * largest, err_msg=name)


@given(recipes(), seeds)
@settings(max_examples=15, deadline=None)
def test_the_order_of_regions_and_sectors_does_not_matter(recipe: Recipe, seed: int) -> None:
    baseline = recipe.baseline()
    random = np.random.default_rng(seed)
    r, s = random.permutation(len(baseline.regions)), random.permutation(len(baseline.sectors))
    orders = {"region": r, "importer": r, "exporter": r, "partner": r, "sector": s, "using_sector": s}
    dataset = baseline.dataset.isel(orders, missing_dims="ignore")
    # one shape has a use class per buyer: the classes keep their order, the buyers that hold them move
    dataset["buyer_class"] = ("buyer", baseline.buyer_class[[*s, -1]])
    economy, other = calibrate(baseline), calibrate(type(baseline).from_dataset(dataset))
    policy = random_policy(economy, seed)
    moved = policy._replace(
        tariff=policy.tariff[np.ix_(r, r, s)],
        export_tax=policy.export_tax[np.ix_(r, r, s)],
        trade_cost=policy.trade_cost[np.ix_(r, r, s)],
        subsidy=policy.subsidy[np.ix_(r, s)],
    )
    a, b = economy.solve(policy).dataset, other.solve(moved).dataset
    for name in a.data_vars:
        ours = a[name].isel({dim: order for dim, order in orders.items() if dim in a[name].dims})
        largest = np.nanmax(np.abs(ours.values), initial=1.0)
        np.testing.assert_allclose(b[name].values, ours.values, rtol=1e-7, atol=1e-8 * largest, err_msg=str(name))


@given(recipes(), seeds)
@settings(max_examples=15, deadline=None)
def test_doing_and_undoing_returns_to_the_baseline(recipe: Recipe, seed: int) -> None:
    from detente.accounts import assemble

    baseline = recipe.baseline()
    economy = calibrate(baseline, rigidity=0.5)
    policy = random_policy(economy, seed, subsidy=0.0)  # a baseline holds no subsidies
    done = economy.solve(policy)
    changed = assemble(
        done.found.trade,
        regions=baseline.regions,
        sectors=baseline.sectors,
        trade_elasticity=baseline.trade_elasticity,
        tariff=np.asarray(policy.tariff),
        export_tax=np.asarray(policy.export_tax),
        uses=baseline.uses,
        buyer_class=baseline.buyer_class,
        input_expenditure=baseline.input_coefficient * done.found.output[:, None, :],
        employment=baseline.employment,
    )
    changed.check(1e-8)
    after = calibrate(changed, rigidity=0.5)
    undone = after.solve(
        after.status_quo()._replace(
            tariff=jnp.asarray(baseline.tariff),
            export_tax=jnp.asarray(baseline.export_tax),
            trade_cost=1 / policy.trade_cost,
        )
    )
    np.testing.assert_allclose(undone.found.welfare * done.found.welfare, 1.0, rtol=1e-8)
    np.testing.assert_allclose(undone.found.trade, baseline.trade, rtol=1e-7, atol=1e-9 * baseline.trade.max())
    np.testing.assert_allclose(undone.found.price_index * done.found.price_index, 1.0, rtol=1e-8)
    np.testing.assert_allclose(undone.found.value_added, baseline.value_added, rtol=1e-7, atol=1e-9)
