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
    baseline = toy()
    more = calibrate(baseline, closure="given", deficit=baseline.deficit + np.array([2.0, -2.0, 0.0]))
    welfare = more.solve(more.status_quo()).welfare.values
    assert welfare[0] > 0 > welfare[1]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"closure": "open"}, "Unknown closure 'open'; choose one of fixed, balanced, given"),
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
