"""Derivatives by the implicit function theorem against finite differences, forward against reverse; batches; warm starts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, parts, random_policy, recipes, welfare, with_capital

from detente.accounts import toy
from detente.economy import Policy, Quotas, calibrate
from detente.economy.content import ContentRule, solve_content_rules
from detente.economy.outcomes import levels
from detente.economy.solver import solve

SHAPE = ("a use class per buyer",)
seeds = st.integers(0, 2**32 - 1)
closures = st.sampled_from(["fixed", 0.4, "pooled", "balanced"])
capital = st.sampled_from([None, (1.0, 0.0), (0.5, 0.3), (0.0, 1.0)])  # rigidity, accumulation


def outcome(calibration: Any, preconditioner: Any, policy: Policy) -> jax.Array:
    """A number that depends on all that an equilibrium holds."""
    at = levels(calibration, policy, solve(calibration, preconditioner, policy).state)
    money = ((at.trade**2).sum() + (at.value_added**2).sum()) / 1000 + (at.tariff_revenue * at.price_index).sum()
    return money / 1000 + (at.welfare * jnp.arange(1.0, 4.0)).sum() + (at.price - at.price.mean()).var()


value = jax.jit(outcome)
gradient = jax.jit(jax.grad(outcome, argnums=(0, 2)))


def along_policy(function: Any) -> Any:
    """The derivative of `function` (calibration, preconditioner, policy) along a move of the policy."""
    return jax.jit(lambda *at: jax.jvp(partial(function, *at[:2]), (at[2],), (at[3],))[1])


#: ... with a quota in the policy, whose integers cannot be differentiated.
by_tariffs = jax.jit(
    jax.grad(lambda cal, pre, tariff, policy: outcome(cal, pre, policy._replace(tariff=tariff)), argnums=(0, 2))
)
slope = along_policy(outcome)
curvature = along_policy(jax.grad(outcome, argnums=2))


def direction(like: Any, seed: int) -> Any:
    """A random move of every number; own tariffs and export taxes move too."""
    random = np.random.default_rng(seed)
    return jax.tree.map(lambda x: jnp.asarray(random.uniform(-1, 1, x.shape) * (0.1 + jnp.abs(x))), like)


def moved(point: Any, along: Any, by: float) -> Any:
    return jax.tree.map(lambda x, d: x + by * d, point, along)


def inner(a: Any, b: Any) -> float:
    return float(sum((x * y).sum() for x, y in zip(jax.tree.leaves(a), jax.tree.leaves(b), strict=True)))


def difference(f: Any, step: float) -> Any:
    """Central difference, fourth order."""
    return jax.tree.map(
        lambda a, b, c, d: (8 * (a - b) - (c - d)) / (12 * step), f(step), f(-step), f(2 * step), f(-2 * step)
    )


@given(recipes(SHAPE, sparse=False, specialised=False), seeds, st.sampled_from([0.0, 0.5, 1.0]), closures, capital)
@settings(max_examples=10, deadline=None)
def test_gradients_are_finite_differences_forward_and_reverse(
    recipe: Recipe, seed: int, rigidity: float, closure: str | float, stock: tuple[float, float] | None
) -> None:
    baseline = recipe.baseline()
    options = with_capital(baseline, seed, stock)
    economy = calibrate(baseline, rigidity=rigidity, labour_supply=0.4, closure=closure, **options)
    cal, pre = parts(economy)
    policy = random_policy(economy, seed)
    by_cal, by_policy = gradient(cal, pre, policy)
    along = direction(policy, seed)
    numeric = difference(lambda h: value(cal, pre, moved(policy, along, h)), 1e-3)
    reverse = inner(by_policy, along)
    np.testing.assert_allclose(reverse, numeric, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(reverse, slope(cal, pre, policy, along), rtol=1e-8, atol=1e-9)
    # elasticities and transfers
    turn = jnp.asarray(np.random.default_rng(seed).uniform(-1, 1, cal.theta.shape))
    numeric = difference(lambda h: value(replace(cal, theta=cal.theta + h * turn), pre, policy), 1e-3)
    np.testing.assert_allclose((by_cal.theta * turn).sum(), numeric, rtol=1e-6, atol=1e-7)
    transfer = jnp.array([1.0, -0.3, -0.7])
    numeric = difference(lambda h: value(replace(cal, deficit=cal.deficit + h * transfer), pre, policy), 1e-2)
    np.testing.assert_allclose((by_cal.deficit * transfer).sum(), numeric, rtol=1e-6, atol=1e-9)


def test_second_derivatives_are_differences_of_gradients_and_symmetric() -> None:
    economy = calibrate(Recipe(7, *SHAPE).baseline(), rigidity=0.5)
    at = parts(economy)
    policy = random_policy(economy, 7)
    one, other = direction(policy, 1), direction(policy, 2)
    by_one = curvature(*at, policy, one)
    numeric = difference(lambda h: gradient(*at, moved(policy, one, h))[1], 1e-3)
    for ours, theirs in zip(jax.tree.leaves(by_one), jax.tree.leaves(numeric), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6 * np.abs(theirs).max())
    np.testing.assert_allclose(inner(by_one, other), inner(curvature(*at, policy, other), one), rtol=1e-6)


def test_jacobians_agree_and_an_economy_can_be_differentiated_as_it_is() -> None:
    economy = calibrate(toy())
    before = economy.status_quo()

    @jax.jit
    def of_tariff(rates: jax.Array) -> jax.Array:
        return economy.equilibrium(before._replace(tariff=before.tariff.at[0, 1:, 0, 0].set(rates))).welfare

    rates = jnp.array([0.1, 0.2])
    forward, reverse = jax.jit(jax.jacfwd(of_tariff))(rates), jax.jit(jax.jacrev(of_tariff))(rates)
    np.testing.assert_allclose(forward, reverse, rtol=1e-8, atol=1e-12)
    numeric = [difference(lambda h, d=d: of_tariff(rates + h * d), 1e-3) for d in np.eye(2)]
    np.testing.assert_allclose(forward, np.stack(numeric, axis=1), rtol=1e-6, atol=1e-10)


def test_a_ban_elsewhere_leaves_gradients_right() -> None:
    economy = calibrate(toy())
    before = economy.status_quo()
    banned = before._replace(tariff=before.tariff.at[1, 2, 0].set(jnp.inf))
    slopes = gradient(*parts(economy), banned)[1]
    assert all(bool(jnp.isfinite(leaf).all()) for leaf in jax.tree.leaves(slopes))
    np.testing.assert_allclose(slopes.tariff[1, 2, 0], 0.0)

    def numeric(h: float) -> jax.Array:
        return value(*parts(economy), banned._replace(tariff=banned.tariff.at[0, 1, 0].add(h)))

    np.testing.assert_allclose(slopes.tariff[0, 1, 0].sum(), difference(numeric, 1e-4), rtol=1e-6)


batch = jax.jit(jax.vmap(welfare, in_axes=(None, None, 0)))


@given(recipes(SHAPE), seeds)
@settings(max_examples=5, deadline=None)
def test_a_batch_is_a_loop(recipe: Recipe, seed: int) -> None:
    economy = calibrate(recipe.baseline())
    policies = [random_policy(economy, seed + k, tariff=0.2 * k) for k in range(8)]
    together = batch(*parts(economy), jax.tree.map(lambda *x: jnp.stack(x), *policies))
    one_by_one = np.stack([economy.levels(policy)[0].welfare for policy in policies])
    np.testing.assert_allclose(together, one_by_one, rtol=1e-9)


def test_a_warm_start_saves_work_and_changes_nothing() -> None:
    economy = calibrate(Recipe(3, *SHAPE).baseline())
    policy = random_policy(economy, 3)
    equilibrium = jax.jit(economy.equilibrium)
    cold = equilibrium(policy)
    again = equilibrium(policy, cold.state)
    assert int(again.evaluations) <= 2 < int(cold.evaluations)
    nearby = policy._replace(tariff=policy.tariff * 1.05)
    warm, fresh = equilibrium(nearby, cold.state), equilibrium(nearby)
    assert int(warm.evaluations) < int(fresh.evaluations)
    for ours, theirs in zip(warm[:5], fresh[:5], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-7)
    lost = equilibrium(nearby, cold.state + 30.0)  # a useless start costs time, not the answer
    np.testing.assert_allclose(lost.welfare, fresh.welfare, rtol=1e-9)


def test_the_equilibrium_object_agrees_with_the_levels() -> None:
    economy = calibrate(toy(), labour_supply=0.5, rigidity=0.5)
    policy = random_policy(economy, 5)
    equilibrium, (found, _) = economy.equilibrium(policy), economy.levels(policy)
    np.testing.assert_allclose(equilibrium.welfare, found.welfare, rtol=1e-10)
    np.testing.assert_allclose(equilibrium.sector_income, found.value_added, rtol=1e-10)
    revenue = found.tariff_revenue + found.export_tax_revenue - found.subsidies
    np.testing.assert_allclose(equilibrium.revenue, revenue, rtol=1e-9, atol=1e-9)
    assert float(equilibrium.residual) <= 1e-11


@pytest.mark.parametrize("horizon", ["short", "medium", "long"])
@pytest.mark.parametrize("closure", ["fixed", 0.4, "pooled", "balanced"])
def test_gradients_under_every_horizon_and_closure_with_quotas_and_content_rules(
    horizon: str, closure: str | float
) -> None:
    """Capital, resources, labour supply and substitution between sectors on; a quota binds; a content rule is charged."""
    baseline = Recipe(21, *SHAPE).baseline()
    economy = calibrate(
        baseline,
        horizon=horizon,
        closure=closure,
        factors="all",
        labour_supply=0.3,
        demand_elasticity=0.6,
        input_elasticity=0.3,
    )
    policy = random_policy(economy, 21)
    rule = ContentRule(importer=1, exporter=2, sector=0, origin=1, rate=0.3)
    policy, _, _ = solve_content_rules(economy, policy, [rule], update=False)
    one = jnp.ones(1)
    bought = float(economy.levels(policy)[0].border_value[0, 1, 0].sum())
    quotas = Quotas(
        importer=jnp.array([0]),
        exporter=jnp.array([1]),
        sector=jnp.array([0]),
        limit=0.8 * bought * one,
        by_value=jnp.array([True]),
        in_quota=0.0 * one,
        over_quota=2.0 * one,
        rents_to_exporter=0.4 * one,
    )
    policy = policy._replace(quotas=quotas)
    cal, pre = parts(economy)
    by_cal, by_tariff = by_tariffs(cal, pre, policy.tariff, policy)
    along = jnp.asarray(np.random.default_rng(1).uniform(-0.1, 0.1, policy.tariff.shape))
    numeric = difference(lambda h: value(cal, pre, policy._replace(tariff=policy.tariff + h * along)), 1e-3)
    np.testing.assert_allclose((by_tariff * along).sum(), numeric, rtol=1e-6, atol=1e-7)
    for name in ("demand_elasticity", "input_elasticity", "labour_supply", "pooling"):
        at = float(getattr(cal, name))
        numeric = difference(lambda h, n=name, x=at: value(replace(cal, **{n: jnp.asarray(x + h)}), pre, policy), 1e-3)
        np.testing.assert_allclose(getattr(by_cal, name), numeric, rtol=1e-6, atol=1e-6, err_msg=name)
