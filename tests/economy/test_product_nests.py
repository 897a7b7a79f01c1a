"""Products inside a sector: the nested demand against its own definition, adding up, and the limits in which it is one tier."""

from __future__ import annotations

import numpy as np
import pytest

from detente.economy.product_nests import ProductNests
from detente.errors import InputError

HOME = 0


@pytest.fixture
def nests() -> ProductNests:
    rng = np.random.default_rng(3)
    spending = rng.uniform(0.0, 5.0, (7, 4)) * (rng.uniform(size=(7, 4)) > 0.3) + 1e-9
    return ProductNests.of([0, 0, 0, 1, 1, 1, 1], spending, HOME, 3)


def _brute(nests: ProductNests, price: np.ndarray, theta: float, rho: float, total: np.ndarray) -> np.ndarray:
    """Spending after over before [supplier, sector], product by product from prices: Feenstra and others (2018)."""
    before, after = np.zeros((4, 3)), np.zeros((4, 3))
    for sector, row in zip(nests.sector, nests.spending, strict=True):
        foreign = row[1:] / row[1:].sum()
        imports = (foreign @ price[1:, sector] ** -theta) ** (-1 / theta)
        home = row[0] / row.sum()
        index = home * price[0, sector] ** -rho + (1 - home) * imports**-rho
        at_home = home * price[0, sector] ** -rho / index
        spent = row.sum() * np.array(
            [at_home, *((1 - at_home) * foreign * price[1:, sector] ** -theta / imports**-theta)]
        )
        before[:, sector] += row
        after[:, sector] += spent * total[sector]
    return np.divide(after, before, out=np.ones_like(after), where=before > 0)


@pytest.mark.parametrize("macro", [1.0, 0.6])
def test_it_is_the_nested_demand_product_by_product(nests: ProductNests, macro: float) -> None:
    theta, price = 4.0, np.array([[1.0, 1.1, 1.0], [1.3, 1.0, 1.0], [1.0, 1.25, 1.0], [0.9, 1.0, 1.0]])
    total = np.array([1.05, 0.9, 1.0])
    # what a model of one tier and one product a sector would say: attraction up to a factor common to the sector
    ratio = price**-theta * np.array([2.0, 0.5, 1.0])
    found = np.asarray(nests.reallocate(ratio, total, macro=macro))
    assert found == pytest.approx(_brute(nests, price, theta, macro * theta, total), rel=1e-9)


def test_spending_of_a_sector_adds_up(nests: ProductNests) -> None:
    ratio, total = np.random.default_rng(1).uniform(0.3, 2.0, (4, 3)), np.array([1.1, 0.8, 1.0])
    sold = np.stack([nests.spending[nests.sector == s].sum(axis=0) for s in range(2)])
    found = np.asarray(nests.reallocate(ratio, total, macro=0.5)).T[:2]
    assert (found * sold).sum(axis=1) == pytest.approx(total[:2] * sold.sum(axis=1), rel=1e-12)


def test_one_product_and_one_tier_is_the_model_of_sectors() -> None:
    spending = np.array([[4.0, 3.0, 1.0]])
    ratio = np.array([[1.1], [0.7], [1.3]])
    total = (spending @ ratio)[0] / spending.sum()
    found = ProductNests.of([0], spending, HOME, 1).reallocate(ratio, total)
    assert np.asarray(found) == pytest.approx(ratio, rel=1e-12)


def test_a_duty_sends_buyers_to_those_who_sell_the_same_goods() -> None:
    spending = np.array([[1.0, 5.0, 5.0, 0.0], [5.0, 0.0, 0.0, 5.0]])  # the last supplier sells another product
    ratio = np.array([[1.0], [0.5], [1.0], [1.0]])
    found = np.asarray(ProductNests.of([0, 0], spending, HOME, 1).reallocate(ratio, [1.0]))[:, 0]
    assert found[2] > 1.2 and found[3] == pytest.approx(1.0)


def test_a_higher_duty_on_a_product_moves_that_product(nests: ProductNests) -> None:
    uneven = np.ones((7, 4))
    uneven[0, 1] = 0.5
    plain, found = (np.asarray(nests.reallocate(np.ones((4, 3)), np.ones(3), uneven=u)) for u in (None, uneven))
    assert plain == pytest.approx(np.ones((4, 3)))
    assert found[1, 0] < 1 < found[2, 0] and found[:, 1] == pytest.approx(np.ones(4))


def test_what_is_not_spending_is_refused() -> None:
    with pytest.raises(InputError, match="shapes"):
        ProductNests.of([0, 1], np.ones((3, 2)), 0, 2)
    with pytest.raises(InputError, match="not negative"):
        ProductNests.of([0], np.array([[np.nan, 1.0]]), 0, 1)
