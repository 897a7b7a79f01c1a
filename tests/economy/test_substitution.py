"""Substitution between sectors: a neutral value, continuity around it, and what complements and substitutes do."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from random_economies import Recipe, random_policy

from detente.accounts import toy
from detente.economy import calibrate
from detente.economy.substitution import basket_price
from detente.errors import InputError

SHARE, PRICE = jnp.array([0.2, 0.5, 0.3]), jnp.array([0.4, -0.1, 1e-3])


@pytest.mark.parametrize("elasticity", [0.0, 0.5, 0.999, 1 - 1e-5, 1 + 1e-4, 1.01, 3.0])
def test_the_price_of_a_basket_is_the_textbook_formula(elasticity: float) -> None:
    z = 1 - elasticity
    textbook = np.log(np.sum(SHARE * np.exp(z * PRICE))) / z
    ours = basket_price(lambda x: (SHARE * x).sum(), PRICE, jnp.asarray(z))
    np.testing.assert_allclose(ours, textbook, rtol=1e-10, atol=1e-10)


def test_at_one_the_basket_is_cobb_douglas_to_the_last_digit() -> None:
    def average(x):  # type: ignore[no-untyped-def]
        return (SHARE * x).sum()

    assert float(basket_price(average, PRICE, jnp.asarray(0.0))) == float(average(PRICE))


def test_the_answer_passes_through_one_smoothly() -> None:
    economy = calibrate(Recipe(5, "two use classes").baseline(), rigidity=0.5)
    policy = random_policy(economy, 5)
    at = {e: economy.varied(demand_elasticity=e, input_elasticity=e) for e in (1 - 1e-6, 1.0, 1 + 1e-6)}
    low, middle, high = (np.asarray(one.levels(policy)[0].welfare) for one in at.values())
    np.testing.assert_allclose(middle, (low + high) / 2, rtol=1e-11)
    assert np.abs(high - low).max() > 1e-10  # it does depend on it


def test_buyers_of_complements_cut_imports_less_and_spend_more_on_what_is_dear() -> None:
    falls, spending = [], []
    for elasticity in (0.0, 1.0, 3.0):
        economy = calibrate(toy(), demand_elasticity=elasticity, input_elasticity=elasticity)
        result = economy.solve(economy.status_quo().set(importer="AAA", sector="goods", add=0.3))
        falls.append(result.sector_imports.sel(region="AAA", sector="goods").item())
        at = result.found
        spending.append(at.final_spending[0, 0] / at.final_spending[0].sum())
    assert falls[0] > falls[1] > falls[2]
    assert spending[0] > spending[1] > spending[2]
    np.testing.assert_allclose(spending[1], toy().final_share[0, 0], rtol=1e-12)


def test_an_elasticity_below_zero_is_refused_in_words() -> None:
    with pytest.raises(InputError, match="_elasticity is a finite number from 0 upwards"):
        calibrate(toy(), input_elasticity=-0.1)
