"""Policies by name: what `set` does, and one sentence for everything that is no policy."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from detente.accounts.toy import toy
from detente.economy import Economy, Policy, calibrate
from detente.errors import InputError


@pytest.fixture(scope="module")
def economy() -> Economy:
    return calibrate(toy())


def test_set_moves_the_named_cells_and_no_other(economy: Economy) -> None:
    before = economy.status_quo()
    after = before.set(importer="AAA", exporter="BBB", sector="goods", rate=0.25).set(importer="AAA", add=0.1)
    n, i, j = economy.regions.index("AAA"), economy.regions.index("BBB"), economy.sectors.index("goods")
    expected = np.array(before.tariff)
    expected[n, i, j] = 0.25
    expected[n, np.arange(3) != n] += 0.1
    np.testing.assert_array_equal(after.tariff, expected)
    assert after.labels == before.labels
    for name in ("export_tax", "trade_cost", "subsidy"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_set_moves_every_instrument(economy: Economy) -> None:
    start = economy.status_quo()
    taxed = start.set("export_tax", exporter="BBB", sector="goods", rate=0.1)
    assert taxed.dataset.export_tax.sel(exporter="BBB", importer="AAA", sector="goods") == 0.1
    assert start.set("subsidy", exporter="CCC", rate=0.05).dataset.subsidy.sel(region="CCC", sector="goods") == 0.05
    cheaper = start.set("trade_cost", importer="AAA", exporter=["BBB"], rate=0.97).dataset.trade_cost
    assert (cheaper.sel(importer="AAA", exporter="BBB") == 0.97).all() and (cheaper.sel(importer="BBB") == 1).all()
    each = start.set(importer="AAA", exporter=["BBB", "CCC"], sector="goods", rate=np.array([[[0.1], [0.2]]]))
    assert each.dataset.tariff.sel(importer="AAA", exporter="CCC", sector="goods", use="final") == 0.2
    assert math.isinf(start.set(importer="AAA", exporter="BBB", rate="prohibitive").tariff[0, 1].max())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"importer": "AAA", "rate": 25}, "25 would be 2,500 percent"),
        ({"importer": "AAA", "rate": math.nan}, "not a number"),
        ({"importer": "AAA", "rate": True}, "must be a number"),
        ({"importer": "AAA", "rate": "high"}, "must be a number"),
        ({"importer": "AAA"}, "either rate"),
        ({"importer": "AAA", "rate": 0.1, "add": 0.1}, "either rate"),
        ({"importer": {"AAA": 0.25}, "rate": 0.1}, "a name or a list of names"),
        ({"importer": "AAA", "rate": {"BBB": 0.1}}, "is a number, such as 0.25"),
        ({"importer": "USA", "rate": 0.1}, "Unknown importer 'USA'; the economy has AAA, BBB, CCC"),
        ({"importer": "AAA", "exporter": "AAA", "rate": 0.1}, "own sales"),
        ({"importer": "AAA", "sector": ["cars"], "rate": 0.1}, "Unknown sector 'cars'"),
        ({"importer": "AAA", "rate": np.ones((2, 2)) / 10}, "shape (2, 2)"),
        ({"importer": "AAA", "rate": np.full((1, 3, 2), 25.0)}, "2,500 percent"),
        ({"importer": "AAA", "rate": -2.0}, "above -1"),
        ({"instrument": "tarif", "rate": 0.1}, "Unknown instrument 'tarif'"),
        ({"instrument": "subsidy", "importer": "AAA", "rate": 0.1}, "no importer"),
        ({"instrument": "subsidy", "exporter": "AAA", "rate": 1.5}, "below 1"),
    ],
)
def test_what_is_no_change_is_refused_in_one_sentence(economy: Economy, given: dict, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        economy.status_quo().set(**given)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_a_nan_tariff_is_named_before_anything_is_solved(economy: Economy) -> None:
    """It used to search for 14 seconds, and then advise a smaller change."""
    start = economy.status_quo()
    with pytest.raises(InputError, match=r"tariff is nan for importer AAA, exporter BBB, sector goods"):
        economy.solve(start._replace(tariff=start.tariff.at[0, 1].set(jnp.nan)))


def test_an_array_of_another_world_is_named(economy: Economy) -> None:
    start = economy.status_quo()
    with pytest.raises(InputError, match=r"tariff has shape \(3, 3\)"):
        economy.solve(start._replace(tariff=jnp.zeros((3, 3))))


def test_names_travel_with_the_policy(economy: Economy) -> None:
    """Through JAX's transformations too, at no cost: names are no numbers."""
    start = economy.status_quo()
    doubled = jax.jit(lambda policy: jax.tree.map(lambda x: 2 * x, policy))(start)
    assert doubled.labels == start.labels
    assert len(jax.tree.leaves(start)) == 4
    bare = Policy(start.tariff, start.export_tax, start.trade_cost, start.subsidy)
    with pytest.raises(InputError, match="no names"):
        bare.set(importer="AAA", rate=0.1)
    assert "Mean tariff" in start._repr_html_() and "Policy" in repr(bare)
