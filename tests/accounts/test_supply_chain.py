from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from random_worlds import baselines, random_baseline

from detente.accounts import Baseline, assemble, toy, two_uses
from detente.accounts.supply_chain import SupplyChains, effective_protection, nominal_protection, trace
from detente.errors import InputError


def from_table(
    flows: np.ndarray, output: np.ndarray, regions: list[str], sectors: list[str], tariff: np.ndarray | float = 0.0
) -> Baseline:
    """The world of an inter-country table [industry, industry]; what is not an input is final demand at home."""
    n, j = len(regions), len(sectors)
    trade = np.zeros((n, n, j, j + 1))
    trade[..., :j] = flows.reshape(n, j, n, j).transpose(2, 0, 1, 3)
    final = (output - flows.sum(axis=1)).reshape(n, j)
    for k in range(n):
        trade[k, k, :, j] = final[k]
    return assemble(trade, regions=regions, sectors=sectors, trade_elasticity=np.full(j, 5.0), tariff=tariff)


# -- textbook numbers ----------------------------------------------------------------------------------------------


def test_leontief_inverse_of_miller_and_blair_table_2_3() -> None:
    # Miller and Blair (2009), Input-Output Analysis, section 2.3: two sectors, outputs 1000 and 2000.
    world = from_table(
        np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0]), ["A"], ["agriculture", "manufactures"]
    )
    chains = SupplyChains(world)
    np.testing.assert_allclose(chains.coefficients, [[0.15, 0.25], [0.20, 0.05]])
    np.testing.assert_allclose(chains.leontief, [[1.2541, 0.3300], [0.2640, 1.1221]], atol=5e-5)


def test_interregional_inverse_of_miller_and_blair_chapter_3() -> None:
    # Miller and Blair (2009), section 3.3: region r with three sectors, region s with two.
    flows = np.array(
        [
            [150, 500, 50, 25, 75, 0],
            [200, 100, 400, 200, 100, 0],
            [300, 500, 50, 60, 40, 0],
            [75, 100, 60, 200, 250, 0],
            [50, 25, 25, 150, 100, 0],
            [0, 0, 0, 0, 0, 0],
        ],
        dtype=float,
    )
    world = from_table(flows, np.array([1000.0, 2000, 1000, 1200, 800, 0]), ["r", "s"], ["1", "2", "3"])
    expected = [
        [1.4234, 0.4652, 0.2909, 0.1917, 0.3041],
        [0.6346, 1.4237, 0.6707, 0.4092, 0.4558],
        [0.6383, 0.5369, 1.3363, 0.2501, 0.3108],
        [0.2672, 0.2000, 0.1973, 1.3406, 0.5473],
        [0.1468, 0.0908, 0.0926, 0.2155, 1.2538],
    ]
    np.testing.assert_allclose(SupplyChains(world).leontief[:5, :5], expected, atol=5e-5)


@pytest.mark.parametrize(("on_parts", "protection"), [(0.0, 1.00), (0.10, 0.70)])
def test_effective_protection_of_car_assembly(on_parts: float, protection: float) -> None:
    # Krugman and Obstfeld, International Economics, ch. 8: a car sells for 8000 in the world and needs parts of 6000. A
    # tariff of 25 percent doubles the value added of assembly; with 10 percent on parts it raises it by 70 percent.
    trade = np.zeros((2, 2, 2, 3))  # HOME, ABROAD; parts, cars; to parts, cars, final
    trade[0, 1, 0, 1] = 6000.0  # imported parts
    trade[0, 0, 1, 2] = 10000.0  # home cars, at the price with the tariff
    trade[0, 1, 1, 2] = 500.0  # imported cars
    trade[1, 1, :, 2] = 3000.0
    tariff = np.zeros_like(trade)
    tariff[0, 1, 0], tariff[0, 1, 1] = on_parts, 0.25
    world = assemble(
        trade, regions=["HOME", "ABROAD"], sectors=["parts", "cars"], trade_elasticity=np.ones(2), tariff=tariff
    )
    np.testing.assert_allclose(nominal_protection(world)[0], [on_parts, 0.25])
    assert effective_protection(world)[0, 1] == pytest.approx(protection)
    assert effective_protection(world, np.zeros_like(tariff))[0, 1] == 0.0
    assert effective_protection(world)[1, 1] == 0.0


def test_effective_protection_of_a_uniform_tariff_is_that_tariff() -> None:
    world = random_baseline(12)
    uniform = np.full_like(world.tariff, 0.2)
    protection = effective_protection(world, uniform)
    known = ~np.isnan(protection)
    assert known.sum() >= 6
    np.testing.assert_allclose(protection[known], 0.2, rtol=1e-9)


# -- a chain worked by hand ----------------------------------------------------------------------------------------


def ping_pong() -> Baseline:
    """B casts for 40; A machines the casting, adding 30; B assembles, adding 30, and sells all of its 100 at home."""
    regions, sectors = ["A", "B"], ["casting", "machining", "assembly"]
    flows = np.zeros((6, 6))
    flows[3, 1] = 40.0  # B casting -> A machining
    flows[1, 5] = 70.0  # A machining -> B assembly
    output = np.array([0.0, 70.0, 10.0, 40.0, 0.0, 100.0])
    return from_table(flows, output, regions, sectors)


def test_content_and_crossings_by_hand() -> None:
    chains = SupplyChains(ping_pong())
    assembly = chains.industry("B", "assembly")
    np.testing.assert_allclose(chains.content[:, 1, 2], [0.3, 0.7])
    np.testing.assert_allclose(chains.content[:, 0, 1], [30 / 70, 40 / 70])
    np.testing.assert_allclose(chains.content_by_industry("B", "assembly"), [[0, 0.3, 0], [0.4, 0, 0.3]])
    assert chains.leontief[chains.industry("B", "casting"), assembly] == pytest.approx(0.4)
    # 40 of the 100 cross twice, 30 once, 30 never.
    assert chains.border_crossings()[1, 2] == pytest.approx((2 * 40 + 30) / 100)
    assert chains.border_crossings(("B", "A"))[1, 2] == pytest.approx(1.1)
    assert chains.border_crossings(("A", "A"))[1, 2] == 0.0
    # A's exports of 70 hold 30 of its GDP; B's of 40 are all its own.
    np.testing.assert_allclose(chains.domestic_value_in_exports, [[0, 30, 0], [40, 0, 0]], atol=1e-12)
    np.testing.assert_allclose(chains.exports, [[0, 70, 0], [40, 0, 0]])


def test_exposure_by_hand() -> None:
    world = ping_pong()
    duty = np.zeros_like(world.tariff)
    duty[0, 1, 0] = 0.25  # A taxes castings from B
    direct, total = SupplyChains(world).cost_exposure(duty)
    assert direct[0, 1] == pytest.approx(10 / 70)
    assert direct[1, 2] == 0.0
    assert total[1, 2] == pytest.approx(10 / 100)  # B's assembly pays it in the end


# -- what always holds, and the same by another road ---------------------------------------------------------------


@given(baselines)
@settings(max_examples=25, deadline=None)
def test_contents_sum_to_one(world: Baseline) -> None:
    chains = SupplyChains(world)
    np.testing.assert_allclose(chains.content.sum(axis=0), 1.0, atol=1e-12)
    assert chains.content.min() >= 0.0
    for region in world.regions:
        part = chains.content_by_industry(region, world.sectors[0])
        np.testing.assert_allclose(part.sum(axis=1), chains.content[:, world.index("region", region), 0], atol=1e-12)


@given(baselines)
@settings(max_examples=15, deadline=None)
def test_final_products_hold_all_gdp(world: Baseline) -> None:
    # Over the products of final demand, at basic prices, the value of each origin is its GDP, duties on final goods and
    # export taxes on them apart.
    chains = SupplyChains(world)
    final = world.trade[..., -1].sum(axis=0).ravel()
    inputs = world.trade[..., :-1]
    border = inputs * (1 + world.export_tax[..., None])
    gdp = (
        world.value_added.sum(axis=1)
        + (border * world.tariff[..., :-1]).sum(axis=(1, 2, 3))
        + (inputs * world.export_tax[..., None]).sum(axis=(0, 2, 3))
    )
    np.testing.assert_allclose(chains.content.reshape(len(gdp), -1) @ final, gdp, rtol=1e-9)


def test_content_is_the_sum_of_rounds_of_production() -> None:
    world = random_baseline(21)
    chains = SupplyChains(world)
    reached, rounds = np.zeros((chains.size, chains.size)), np.eye(chains.size)
    for _ in range(400):
        reached += rounds
        rounds = chains.coefficients @ rounds
    np.testing.assert_allclose(reached, chains.leontief, rtol=1e-10, atol=1e-12)


def test_crossings_are_the_response_to_scaling_cross_border_inputs() -> None:
    # Scale each crossing by s: value that crosses c times counts s^c, so the mean of c is the derivative at s = 1.
    world = random_baseline(22, regions=3, sectors=2)
    chains = SupplyChains(world)
    abroad = np.kron(~np.eye(3, dtype=bool), np.ones((2, 2))).astype(bool)
    value = chains.content.sum(axis=0).ravel() - (chains.coefficients.T @ np.ones(chains.size))  # 1 - column sums

    def total(s: float) -> np.ndarray:
        scaled = np.where(abroad, s * chains.coefficients, chains.coefficients)
        return value @ np.linalg.inv(np.eye(chains.size) - scaled)

    h = 1e-5
    np.testing.assert_allclose(total(1.0), 1.0, atol=1e-12)
    by_difference = ((total(1 + h) - total(1 - h)) / (2 * h)).reshape(3, 2)
    np.testing.assert_allclose(chains.border_crossings(), by_difference, rtol=1e-6)
    pairs = [("R00", "R01"), ("R00", "R02"), ("R01", "R02")]
    np.testing.assert_allclose(sum(chains.border_crossings(pair) for pair in pairs), chains.border_crossings())


def test_domestic_value_in_exports_is_gdp_lost_without_them() -> None:
    world = random_baseline(23, regions=3, sectors=3)
    chains = SupplyChains(world)
    final = world.trade[..., -1].sum(axis=0).ravel()
    value = chains.direct_value.reshape(3, 3)
    for r in range(3):
        stopped, demand = chains.coefficients.copy(), final.copy()
        mine = slice(3 * r, 3 * r + 3)
        elsewhere = np.ones(9, dtype=bool)
        elsewhere[mine] = False
        stopped[np.ix_(~elsewhere, elsewhere)] = 0.0
        demand[mine] = world.trade[r, r, :, -1]
        output = np.linalg.solve(np.eye(9) - stopped, demand)
        lost = value[r] @ (world.output[r] - output[mine])
        assert chains.domestic_value_in_exports[r].sum() == pytest.approx(lost, rel=1e-9)


def test_domestic_value_is_less_than_content_where_value_comes_home() -> None:
    chains = SupplyChains(random_baseline(24))
    own = np.stack([chains.content[r, r] for r in range(3)]) * chains.exports
    assert (chains.domestic_value_in_exports <= own + 1e-9).all()
    assert (chains.domestic_value_in_exports < own * (1 - 1e-6)).any()


def test_exposure_is_the_rise_of_costs_in_the_price_model() -> None:
    world = random_baseline(25)
    chains = SupplyChains(world)
    duty = np.random.default_rng(0).uniform(0, 0.1, world.tariff.shape) * ~np.eye(3, dtype=bool)[..., None, None]
    direct, total = chains.cost_exposure(duty)
    # Costs round by round: each industry passes on what its inputs cost more, duties on them included.
    paid = world.expenditure[..., :-1] / np.where(world.output > 0, world.output, np.inf)[:, None, None, :]
    cost, rounds = np.zeros((3, 3)), direct
    for _ in range(2000):
        cost = cost + rounds
        rounds = np.einsum("ij,nijk->nk", rounds, paid)
    np.testing.assert_allclose(total, cost, rtol=1e-8)
    assert (total >= direct - 1e-15).all()


def test_a_closed_region_crosses_no_border() -> None:
    baseline = toy()
    trade = baseline.trade * np.eye(3)[:, :, None, None]
    closed = assemble(trade, regions=baseline.regions, sectors=baseline.sectors, trade_elasticity=np.ones(2))
    chains = SupplyChains(closed)
    assert not chains.border_crossings().any()
    assert not chains.domestic_value_in_exports.any()
    np.testing.assert_allclose(chains.content[0, 0], 1.0)


# -- words ---------------------------------------------------------------------------------------------------------


def test_trace_reports_one_flow() -> None:
    chains = SupplyChains(toy())
    found = trace(chains, "goods", "BBB", "AAA", rate=0.25, top=3)
    assert found["value"] == pytest.approx(toy().border_value[0, 1, 0].sum())
    assert found["tariff"] == pytest.approx(0.05)
    assert [row["origin"] for row in found["content"]] == ["BBB", "AAA", "CCC"]
    assert sum(row["share"] for row in found["content"]) == pytest.approx(1.0, abs=1e-12)
    assert found["exposed"][0]["direct"] == pytest.approx(0.25 * toy().border_value[0, 1, 0, 0] / toy().output[0, 0])
    assert found["border_crossings_between"] < found["border_crossings"]


def test_bad_requests() -> None:
    with pytest.raises(InputError, match="Supply chains need a use class for each buyer"):
        SupplyChains(two_uses(toy()))
    chains = SupplyChains(toy())
    with pytest.raises(InputError, match="Unknown sector 'cars'; the baseline has goods, services"):
        trace(chains, "cars", "BBB", "AAA", rate=0.25)
    with pytest.raises(InputError, match="Unknown region 'USA'"):
        chains.border_crossings(("USA", "AAA"))
    with pytest.raises(InputError, match="must cross a border"):
        trace(chains, "goods", "AAA", "AAA", rate=0.25)
