"""Capital and natural resources: neutral shares, what stays and what moves, and the welfare that counts the saving."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes, with_capital

from detente.accounts import toy
from detente.economy import Factors, calibrate
from detente.errors import InputError

seeds = st.integers(0, 2**32 - 1)
SHAPE = ("two use classes",)


@given(recipes(), seeds, st.sampled_from(["short", "medium", "long"]))
@settings(max_examples=10, deadline=None)
def test_labour_alone_is_the_model_without_other_factors(recipe: Recipe, seed: int, horizon: str) -> None:
    baseline = recipe.baseline()
    ones = np.ones(baseline.output.shape)
    plain, neutral = (
        calibrate(baseline, horizon=horizon, factors=f) for f in ("labour", Factors(ones, 0 * ones, 0 * ones))
    )
    policy = random_policy(plain, seed)
    for ours, theirs in zip(plain.levels(policy)[0], neutral.levels(policy)[0], strict=True):
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@given(recipes(SHAPE), seeds)
@settings(max_examples=8, deadline=None)
def test_a_sector_that_is_all_resource_and_no_inputs_makes_what_it_made(recipe: Recipe, seed: int) -> None:
    """Nothing else goes into it, so its supply does not respond to any price."""
    baseline = Recipe(**{**recipe.__dict__, "inputs": False}).baseline()
    shares = np.full(baseline.output.shape, 0.5), np.full(baseline.output.shape, 0.5), np.zeros(baseline.output.shape)
    for share, value in zip(shares, (0.0, 0.0, 1.0), strict=True):
        share[:, 0] = value
    economy = calibrate(baseline, factors=Factors(*shares))
    result = economy.solve(random_policy(economy, seed, subsidy=0.0))
    made = baseline.output[:, 0] > 0
    np.testing.assert_allclose(result.arrays["output"][made, 0], 0.0, atol=1e-7)


@given(recipes(SHAPE), seeds)
@settings(max_examples=8, deadline=None)
def test_capital_stays_moves_or_grows(recipe: Recipe, seed: int) -> None:
    baseline = recipe.baseline()
    for stock in ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0)):
        economy = calibrate(baseline, **with_capital(baseline, seed, stock))
        found, _ = economy.levels(random_policy(economy, seed))
        if stock[1] == 0.0:
            np.testing.assert_allclose(found.capital, 1.0, rtol=1e-12)
            np.testing.assert_allclose(found.welfare, found.income / baseline.income / found.price_index, rtol=1e-12)
        else:  # its return buys what it bought: final goods, where no other basket is stated
            cal = economy.calibration
            yields = np.asarray(cal.capital_share * cal.value_added).sum(axis=1)
            paid = np.asarray(cal.capital_share * found.value_added).sum(axis=1)
            np.testing.assert_allclose(paid / yields / found.capital, found.price_index, rtol=1e-12)


@given(recipes(SHAPE, export_taxes=False), seeds, st.sampled_from([0.3, 1.0]))
@settings(max_examples=6, deadline=None)
def test_welfare_counts_the_saving_as_an_integral_along_the_way(recipe: Recipe, seed: int, accumulation: float) -> None:
    """What more capital costs is the area under its supply curve, here summed over a path of policies."""
    baseline = recipe.baseline()
    options = with_capital(baseline, seed, (0.0, accumulation))
    economy = calibrate(baseline, **options)
    before = economy.status_quo()
    after = random_policy(economy, seed, export_tax=0.0, trade_cost=0.0, subsidy=0.0).tariff
    points = [
        economy.levels(before._replace(tariff=before.tariff + part * (after - before.tariff)))[0]
        for part in np.linspace(0, 1, 33)
    ]
    yields = (options["factors"].capital * baseline.value_added).sum(axis=1)
    stock = np.array([p.capital for p in points])
    rental = np.array([(options["factors"].capital * p.value_added).sum(axis=1) / yields / p.capital for p in points])
    real = rental / np.array([p.price_index for p in points])

    def saved(every: int) -> np.ndarray:
        r, k = real[::every], stock[::every]
        return yields * ((r[1:] + r[:-1]) / 2 * np.diff(k, axis=0)).sum(axis=0)

    integral = (4 * saved(1) - saved(2)) / 3  # Richardson
    end = points[-1]
    expected = 1 + (end.income / end.price_index - baseline.income - integral) / baseline.income
    np.testing.assert_allclose(end.welfare, expected, atol=1e-7)


def test_income_of_the_long_run_is_not_called_welfare() -> None:
    """Dearer imports make investment goods dearer: less is saved, so income falls by more than welfare does."""
    found = []
    for accumulation in (0.0, 1.0):
        economy = calibrate(toy(), factors="all", accumulation=accumulation)
        before = economy.status_quo()
        found.append(economy.levels(before._replace(trade_cost=before.trade_cost.at[0, 1:].mul(1.2)))[0])
    static, steady = found
    assert steady.capital[0] < 0.99
    assert steady.consumption[0] < static.consumption[0] < 1
    assert float(steady.income[0] / steady.price_index[0]) < float(static.income[0] / static.price_index[0])
    ratio = float((steady.consumption[0] - 1) / (static.consumption[0] - 1))
    assert 1.2 < ratio < 4


def test_the_examples_are_the_same_with_neutral_parameters() -> None:
    """Each addition at its neutral value: the answers of every example, to 1e-12."""
    from detente.study.counterfactual import Counterfactual
    from detente.study.scenario import Scenario

    examples = Path(__file__).parents[2] / "examples"
    for file in sorted(examples.glob("*.yaml")):
        if file.name.startswith(("talks", "sweep")):
            continue
        scenario = Scenario.from_file(file)
        asked = Counterfactual.of(scenario)
        world = asked.baseline
        ones = np.ones(world.output.shape)
        neutral = {
            "closure": 0.0,
            "factors": Factors(ones, 0 * ones, 0 * ones),
            "accumulation": 0.7,
            "capital_rigidity": 0.3,
        }
        answers = [
            asked.answer(economy).arrays
            for economy in (calibrate(world, horizon=scenario.horizon, **options) for options in ({}, neutral))
        ]
        for name, ours in answers[0].items():
            scale = np.nanmax(np.abs(ours), initial=1.0)
            np.testing.assert_allclose(answers[1][name] / scale, ours / scale, atol=1e-12, rtol=0, err_msg=name)


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ("capital", "Unknown factors 'capital'; choose one of labour, all"),
        (Factors(jnp.ones(()), jnp.ones(()), jnp.zeros(())), "sum to one"),
        (Factors(jnp.full((), 1.5), jnp.full((), -0.5), jnp.zeros(())), "must not be negative"),
    ],
)
def test_shares_that_are_none_are_refused_in_words(factors: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        calibrate(toy(), factors=factors)  # type: ignore[arg-type]
