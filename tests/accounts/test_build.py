"""The stages of the build that need no source data: labels and maps, rounding, stated tariffs, odds, elasticities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from detente.accounts.build import balances, factors, pinning, tables, tariffs
from detente.accounts.build.estimates import VOTING
from detente.accounts.build.quantise import BITS, SMALLEST_FLOW, quantise
from detente.accounts.build.services import extra_share
from detente.accounts.build.technology import BLOCK_OF, BLOCKS
from detente.accounts.build.vocabulary import (
    EU,
    PARENT_OF,
    PARENTS,
    REGIONS,
    SECTORS,
    J,
    N,
    R,
    S,
    region_of,
    sector_of_bea,
    shares_within,
    table,
)
from detente.accounts.elasticities import elasticity, estimates
from detente.errors import InputError


def test_vocabulary_has_the_size_of_the_world() -> None:
    assert (N, J) == (31, 43)
    assert len(EU) == 12  # eleven members shown apart and the group of the others
    assert set(PARENT_OF) == set(range(len(PARENTS)))
    assert set(BLOCK_OF) == set(range(len(BLOCKS)))


def test_every_named_region_has_a_country_and_the_others_are_the_rest() -> None:
    found = region_of(pd.Series(["USA", "HRV", "CHL", "DEU"]))
    assert [REGIONS[k] for k in found] == ["USA", "EUR", "ROW", "DEU"]
    assert [REGIONS[k] for k in region_of(pd.Series(["5830", "4239", "9999"]), "census")] == ["TWN", "EUR", "ROW"]
    named = {row["region"] for row in table("countries.csv")}
    assert named == set(REGIONS) - {"ROW"}


def test_bea_codes_take_their_longest_prefix() -> None:
    codes = pd.Series(["331110", "33131B", "336211", "336112", "31151A", "S00202", "T001"])
    found = [SECTORS[k] if k >= 0 else "" for k in sector_of_bea(codes)]
    steel, aluminum = "steel", "aluminum"
    assert found == [steel, aluminum, "motor_vehicle_parts", "motor_vehicles", "dairy", "electricity", ""]


@given(arrays(float, (5, len(PARENT_OF)), elements=st.floats(0, 10)))
def test_shares_within_sum_to_one_in_every_group(weights: np.ndarray) -> None:
    shares = shares_within(weights, PARENT_OF, axis=1)
    totals = np.zeros((5, len(PARENTS)))
    np.add.at(totals.T, PARENT_OF, shares.T)
    np.testing.assert_allclose(totals, 1.0)


@given(arrays(float, (4, 6), elements=st.floats(0, 1e7)))
def test_rounding_keeps_bilateral_totals_and_needs_few_bits(flows: np.ndarray) -> None:
    rounded = quantise(flows)
    np.testing.assert_allclose(rounded.sum(axis=-1), flows.sum(axis=-1), rtol=2.0**-BITS)
    mantissa, _ = np.frexp(rounded)
    assert (mantissa * 2**BITS == np.round(mantissa * 2**BITS)).all()
    small = (rounded > 0) & (rounded < SMALLEST_FLOW * (1 - 2.0**-BITS))
    assert small.sum(axis=-1).max() <= 1  # only where all flows together are small


def test_dairy_rates_respect_the_agreements() -> None:
    rates = tariffs.dairy()
    assert rates.min() >= 0 and rates.max() <= 1
    assert 0 < rates[R["CAN"], R["USA"]] < rates[R["CAN"], R["CHN"]]
    assert rates[R["CHN"], R["USA"]] == rates[R["CHN"], R["BRA"]]  # what China adds is no share of a rate


@given(arrays(float, (N, N, J), elements=st.floats(0, 10)))
@settings(max_examples=5)
def test_cars_and_parts_come_apart_around_their_mean(trade: np.ndarray) -> None:
    rates = np.full((N, N, J), 0.05)
    pair = [S["motor_vehicles"], S["motor_vehicle_parts"]]
    apart = tariffs.cars_and_parts(rates, trade + 1.0)
    duty = (apart * (trade + 1.0))[:, :, pair].sum(axis=(1, 2))
    np.testing.assert_allclose(duty, (rates * (trade + 1.0))[:, :, pair].sum(axis=(1, 2)), rtol=1e-9, atol=1e-9)
    others = np.delete(np.arange(N), [R["DEU"]])
    assert (apart[R["DEU"], others, pair[0]] > apart[R["DEU"], others, pair[1]]).all()
    np.testing.assert_array_equal(np.delete(apart, pair, axis=2), np.delete(rates, pair, axis=2))


def test_balancing_moves_only_free_flows_and_towards_the_ratio() -> None:
    trade = np.random.default_rng(1).lognormal(5, 1, (N, N, J))
    trade[np.arange(N), np.arange(N)] = 0.0
    ratio = np.exp(np.random.default_rng(2).normal(0, 0.05, N))
    moved = balances.balanced(trade, ratio)
    pinned = ~balances.free_flows()
    np.testing.assert_array_equal(moved[pinned], trade[pinned])
    factor = moved / np.maximum(trade, 1e-12)
    assert factor.max() <= balances.LARGEST_FACTOR**2 + 1e-9

    def gaps(flows: np.ndarray) -> np.ndarray:
        found = np.log(flows.sum(axis=(0, 2)) / flows.sum(axis=(1, 2)) / ratio)
        return np.delete(found, [R["USA"], R["CAN"]])

    assert np.ptp(gaps(moved)) < 1e-6 < np.ptp(gaps(trade))  # deficits sum to zero, so all share what is left


def test_transit_goes_from_where_it_came_to_where_it_went() -> None:
    used = np.random.default_rng(1).uniform(1, 2, (N, N))
    np.fill_diagonal(used, 0.0)
    totals = used.copy()
    port, maker, buyer = R["NLD"], R["CHN"], R["DEU"]
    totals[port, maker] += 10.0
    totals[buyer, port] += 10.0
    direct = used.copy()
    direct[buyer, maker] += 10.0
    np.testing.assert_allclose(pinning.without_transit(totals, used), direct)


def test_shares_take_the_mean_asked_for_and_keep_their_order() -> None:
    share, weight = np.linspace(0.1, 0.9, 9), np.arange(1.0, 10.0)
    moved = factors.with_mean(share, weight, 0.4)
    assert (moved * weight).sum() / weight.sum() == pytest.approx(0.4)
    assert (np.diff(moved) > 0).all() and (moved < share).all()


def test_odds_move_towards_the_parent_and_the_united_states_stay() -> None:
    share = np.full((N, J), 0.5)
    asked = np.full((N, len(PARENTS)), 0.75)  # odds 3 times those of the sectors: at the bound, so reached
    moved = tables.shift_odds(share, np.ones((N, J)), asked)
    np.testing.assert_allclose(np.delete(moved, R["USA"], axis=0), 0.75)
    np.testing.assert_allclose(moved[R["USA"]], 0.5)
    beyond = tables.shift_odds(share, np.ones((N, J)), np.full_like(asked, 0.999))
    np.testing.assert_allclose(np.delete(beyond, R["USA"], axis=0), tables.LARGEST_ODDS / (1 + tables.LARGEST_ODDS))


def test_only_groups_trade_inside_themselves() -> None:
    goods = np.array([[0.0, 2.0], [6.0, 4.0]])
    np.testing.assert_allclose(extra_share(goods), [1.0, 2.0 / 6.0])


def test_elasticities_cover_every_sector_and_the_central_rule_tames_petroleum() -> None:
    central = elasticity()
    assert set(central) == set(SECTORS)
    assert all(0.5 < value < 15 for value in central.values())
    assert elasticity("caliendo_parro")["refined_petroleum"] == pytest.approx(64.852, abs=1e-3)
    assert central["refined_petroleum"] == pytest.approx(3.435)
    # What they used, not the estimate that they set aside.
    assert elasticity("caliendo_parro")["motor_vehicles"] == 8.22
    assert elasticity("caliendo_parro_set_aside")["motor_vehicles"] == pytest.approx(1.84, abs=0.01)
    assert elasticity("heavy_crude")["oil_gas"] < central["oil_gas"]
    steel = [row.value for row in estimates() if row.sector == "steel" and row.source in VOTING]
    assert len(steel) == 5 and central["steel"] == pytest.approx(np.median(steel), abs=1e-4)
    assert all(row.citation and row.year for row in estimates())
    with pytest.raises(InputError, match="Unknown source of trade elasticities 'guess'; choose one of"):
        elasticity("guess")
