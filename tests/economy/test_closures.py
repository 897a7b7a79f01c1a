"""What is held fixed about trade deficits, and what callers may get wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_economies import Recipe, random_policy, recipes

from detente.accounts import toy
from detente.economy import calibrate
from detente.errors import InputError


@given(recipes(("two use classes",)), st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_closures_hold_what_they_say(recipe: Recipe, seed: int) -> None:
    baseline = recipe.baseline()
    given_deficit = -0.3 * baseline.deficit
    for closure, deficit, expected in (
        ("fixed", None, baseline.deficit),
        ("balanced", None, np.zeros(4)),
        ("given", given_deficit, given_deficit),
    ):
        economy = calibrate(baseline, closure=closure, deficit=deficit)
        found, _ = economy.levels(random_policy(economy, seed))
        flows = np.asarray(found.border_value).sum(axis=(2, 3))
        world = baseline.value_added.sum()
        np.testing.assert_allclose(flows.sum(axis=1) - flows.sum(axis=0), expected, atol=1e-9 * world)
        np.testing.assert_allclose(found.factor_income.sum(), world, rtol=1e-12)


def test_a_transfer_makes_who_receives_it_richer() -> None:
    economy = calibrate(toy())
    more = economy.varied(deficit=economy.deficit + np.array([2.0, -2.0, 0.0]))
    welfare = more.solve(more.status_quo()).welfare.values
    assert welfare[0] > 0 > welfare[1]


@given(recipes(("two use classes", "one use class")), st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_the_end_of_deficits_is_no_part_of_the_answer(recipe: Recipe, seed: int) -> None:
    """Caliendo and Parro's two steps: the answer is what the policy does to a world that was balanced before it."""
    baseline = recipe.baseline()
    nothing = np.zeros(len(baseline.regions))
    economy = calibrate(baseline, closure="balanced")
    np.testing.assert_array_equal(economy.baseline.deficit, nothing)
    economy.baseline.check(1e-8)
    assert np.abs(economy.solve(economy.status_quo()).arrays["welfare"]).max() < 1e-8
    # the same in one step: both worlds reached from the accounts, one divided by the other
    policy = random_policy(economy, seed)
    direct = calibrate(baseline).varied(deficit=nothing)
    before, after = (direct.levels(p)[0] for p in (direct.status_quo(), policy))
    found = economy.solve(policy).found
    np.testing.assert_allclose(found.welfare, after.welfare / before.welfare, rtol=1e-8)
    np.testing.assert_allclose(found.price_index, after.price_index / before.price_index, rtol=1e-8)
    np.testing.assert_allclose(found.trade, after.trade, rtol=1e-7, atol=1e-9 * baseline.trade.max())


def test_every_horizon_is_held_against_the_same_balanced_world() -> None:
    worlds = [calibrate(toy(), closure="balanced", horizon=horizon).baseline for horizon in ("short", "long")]
    np.testing.assert_array_equal(worlds[0].trade, worlds[1].trade)
    np.testing.assert_allclose(worlds[0].employment.sum(axis=1), toy().employment.sum(axis=1), rtol=1e-12)


@given(recipes(("two use classes",)), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 1.0]))
@settings(max_examples=10, deadline=None)
def test_pooled_income_keeps_every_share_of_the_world(recipe: Recipe, seed: int, rigidity: float) -> None:
    baseline = recipe.baseline()
    economy = calibrate(baseline, closure="pooled", rigidity=rigidity)
    policy = random_policy(economy, seed)
    found, _ = economy.levels(policy)
    share, before = found.income / found.income.sum(), baseline.income / baseline.income.sum()
    np.testing.assert_allclose(share, before, rtol=1e-9)
    assert abs(found.deficit.sum()) < 1e-9 * baseline.income.sum()
    # the number between the two is as good as the name, and no change changes nothing
    for name, number in (("fixed", 0.0), ("pooled", 1.0)):
        ends = [calibrate(baseline, closure=closure, rigidity=rigidity) for closure in (name, number)]
        assert ends[0].closure == ends[1].closure == name
        np.testing.assert_array_equal(*(at.levels(policy)[0].welfare for at in ends))
    assert economy.solve(economy.status_quo()).diagnostics["iterations"] == 1


def test_between_fixed_and_pooled_the_deficit_moves_by_parts() -> None:
    """A country that closes itself spends ever less of the world's income the more its deficit is pooled."""
    deficits = []
    for closure in ("fixed", 0.25, 0.5, 0.75, "pooled"):
        economy = calibrate(toy(), closure=closure)
        before = economy.status_quo()
        found, _ = economy.levels(before._replace(tariff=before.tariff.at[0, 1:].add(0.2)))
        deficits.append(float(found.deficit[0]))
    assert deficits[0] == toy().deficit[0]
    assert (np.diff(deficits) < 0).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"closure": "open"}, "Unknown closure 'open'; choose one of fixed, pooled, balanced, given"),
        ({"closure": 1.5}, "between 0 .fixed. and 1 .pooled., not at 1.5"),
        ({"closure": "given"}, "closure 'given'"),
        ({"deficit": np.zeros(3)}, "closure 'given'"),
        ({"closure": "given", "deficit": np.zeros(2)}, "each of 3 regions"),
        ({"closure": "given", "deficit": np.array([1.0, 0.0, 0.0])}, "sum to zero"),
        ({"horizon": "eternal"}, "Unknown horizon 'eternal'; choose one of short, medium, long"),
        ({"trade_elasticity": np.array([5.0])}, "positive number for each of 2 sectors"),
        ({"trade_elasticity": np.array([5.0, -1.0])}, "positive number for each of 2 sectors"),
        ({"trade_elasticity": np.array([5.0, np.nan])}, "positive number for each of 2 sectors"),
    ],
)
def test_wrong_options_are_refused_in_words(options: dict, says: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(InputError, match=says):
        calibrate(toy(), **options)
