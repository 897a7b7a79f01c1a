from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import detente as dt
from detente.economy import Policy, calibrate
from detente.errors import InputError
from detente.study.run import run
from detente.study.scenario import Scenario
from detente.study.scenario.policy import apply_changes, parties

WORLD = dt.load(
    "toy"
)  # regions AAA, BBB, CCC; sectors goods (5 percent tariffs), services (none); uses intermediate, final
START = calibrate(WORLD).status_quo()
A, B, C = range(3)
GOODS, SERVICES = range(2)


def scenario(*changes: dict[str, Any], **fields: Any) -> Scenario:
    return Scenario.model_validate({"title": "t", "baseline": "toy", "law": "none", "changes": list(changes), **fields})


def policy(*changes: dict[str, Any]) -> Policy:
    return apply_changes(scenario(*changes), WORLD, START)


def changed(new: Any, old: Any) -> set[tuple[int, ...]]:
    """Where two arrays differ, without the use class."""
    return {tuple(int(k) for k in cell[:3]) for cell in np.argwhere(np.asarray(new) != np.asarray(old))}


def test_a_rate_replaces_what_was_there_and_add_comes_on_top() -> None:
    where = {"importer": "AAA", "exporter": "BBB", "sectors": "goods"}
    assert np.asarray(policy({"tariff": {**where, "rate": 0.25}}).tariff)[A, B, GOODS] == pytest.approx(0.25)
    assert np.asarray(policy({"tariff": {**where, "add": 0.25}}).tariff)[A, B, GOODS] == pytest.approx(0.30)
    assert np.asarray(policy({"tariff": {**where, "add": -0.05}}).tariff)[A, B, GOODS] == pytest.approx(0.0)


def test_only_the_named_flows_change() -> None:
    new = policy({"tariff": {"importer": "AAA", "exporter": ["BBB", "CCC"], "sectors": ["services"], "rate": 0.1}})
    assert changed(new.tariff, START.tariff) == {(A, B, SERVICES), (A, C, SERVICES)}
    for name in ("export_tax", "trade_cost", "subsidy"):
        assert getattr(new, name) is getattr(START, name)


def test_all_is_everybody_and_never_a_region_with_itself() -> None:
    new = policy({"tariff": {"importer": "all", "exporter": "all", "rate": 0.2}})
    pairs = {(n, i) for n in range(3) for i in range(3) if n != i}
    assert changed(new.tariff, START.tariff) == {(n, i, j) for n, i in pairs for j in range(2)}


def test_between_is_every_pair_in_both_directions() -> None:
    new = policy({"tariff": {"between": ["AAA", "CCC"], "sectors": "goods", "rate": 0}})
    assert changed(new.tariff, START.tariff) == {(A, C, GOODS), (C, A, GOODS)}


def test_uses_limit_a_tariff_to_some_buyers() -> None:
    new = policy({"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "uses": "final", "rate": 0.5}})
    rates = np.asarray(new.tariff)[A, B, GOODS]
    assert rates[WORLD.uses.index("final")] == 0.5
    assert rates[WORLD.uses.index("intermediate")] == np.asarray(START.tariff)[A, B, GOODS, 0]


def test_export_taxes_trade_costs_and_subsidies_reach_their_arrays() -> None:
    new = policy(
        {"export_tax": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.1}},
        {"trade_cost": {"between": ["AAA", "BBB"], "sectors": "services", "change": -0.03}},
        {"subsidy": {"region": "CCC", "sectors": "goods", "rate": 0.2}},
    )
    assert np.asarray(new.export_tax)[A, B, GOODS] == pytest.approx(0.1)
    assert np.asarray(new.trade_cost)[A, B, SERVICES] == pytest.approx(0.97)
    assert changed(new.trade_cost, START.trade_cost) == {(A, B, SERVICES), (B, A, SERVICES)}
    assert np.asarray(new.subsidy)[C, GOODS] == pytest.approx(0.2)
    assert new.tariff is START.tariff


def test_the_starting_policy_is_left_alone() -> None:
    before = np.array(START.tariff)
    policy({"tariff": {"importer": "AAA", "exporter": "BBB", "rate": 0.9}})
    assert np.array_equal(np.asarray(START.tariff), before)


def test_two_instruments_on_one_flow_are_no_duplicate_and_two_rates_are() -> None:
    where = {"importer": "AAA", "exporter": "BBB", "sectors": "goods"}
    policy({"tariff": {**where, "rate": 0.1}}, {"export_tax": {**where, "rate": 0.1}})
    policy({"tariff": {**where, "rate": 0.1}}, {"tariff": {**where, "sectors": "services", "rate": 0.1}})
    with pytest.raises(InputError, match="duplicate change: tariff of goods"):
        policy({"tariff": {**where, "rate": 0.1}}, {"tariff": {**where, "exporter": "all", "add": 0.1}})


def test_parties_are_the_regions_that_changes_name() -> None:
    about = scenario(
        {"tariff": {"importer": "CCC", "exporter": "all", "rate": 0.1}},
        {"subsidy": {"region": "AAA", "sectors": "goods", "rate": 0.1}},
    )
    assert parties(about, WORLD) == ["AAA", "CCC"]


# -- what they do to the economy ---------------------------------------------------------------------------------------


def test_no_change_is_no_change() -> None:
    result = run(scenario()).result
    assert np.abs(result.arrays["welfare"]).max() < 1e-8
    assert np.nanmax(np.abs(result.arrays["bilateral"])) < 1e-6


def test_a_prohibitive_tariff_stops_the_flow_and_no_other() -> None:
    study = run(scenario({"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": "prohibitive"}}))
    flows = study.result.arrays["bilateral"]
    assert flows[A, B, GOODS] == pytest.approx(-100)
    assert (np.delete(flows.ravel(), np.ravel_multi_index((A, B, GOODS), flows.shape)) > -100).sum() > 0
    assert study.result.arrays["bilateral"][A, C, GOODS] > 0


def test_cheaper_trade_helps_and_an_export_tax_is_collected_by_the_exporter() -> None:
    cheaper = run(scenario({"trade_cost": {"between": ["AAA", "BBB"], "change": -0.1}})).result.arrays
    assert (cheaper["welfare"][[A, B]] > 0).all()
    taxed = run(scenario({"export_tax": {"importer": "all", "exporter": "BBB", "sectors": "goods", "rate": 0.1}}))
    revenue = taxed.result.arrays["export_tax_revenue_musd"]
    assert revenue[B] > 0.1
    assert np.abs(revenue[[A, C]]).max() < 1e-9


def test_a_subsidy_raises_the_output_of_its_sector() -> None:
    study = run(scenario({"subsidy": {"region": "AAA", "sectors": "goods", "rate": 0.05}}))
    assert study.result.arrays["output"][A, GOODS] > 1


def test_horizon_elasticities_labour_supply_and_closure_reach_the_economy() -> None:
    tariff = {"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.3}}
    flow = run(scenario(tariff)).result.arrays["bilateral"][A, B, GOODS]
    short = run(scenario(tariff, horizon="short")).result.arrays["bilateral"][A, B, GOODS]
    inelastic = run(scenario(tariff, trade_elasticities={"goods": 1.0})).result.arrays["bilateral"][A, B, GOODS]
    assert flow < short < 0 and flow < inelastic < 0
    supplied = run(scenario(tariff, labour_supply=0.5)).economy.calibration.labour_supply
    assert float(supplied) == 0.5
    balanced = run(scenario(tariff, closure="balanced")).result.found.deficit
    assert np.abs(balanced).max() < 1e-9
