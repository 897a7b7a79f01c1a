"""Energy security: dependence, concentration, pass-through, and costs by place."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from detente.cli import main
from detente.study.outcomes.energy import ENERGY, cost_by_place, energy
from detente.study.run import run
from detente.study.scenario import Scenario

OIL = {"tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["oil_gas", "electricity"], "add": 0.1}}


@pytest.fixture(scope="module")
def study():
    return run(Scenario.model_validate({"title": "A duty on Canadian oil", "law": "none", "changes": [OIL]}))


@pytest.fixture(scope="module")
def found(study):
    return energy(study.result)


def at(study, values: np.ndarray, region: str, good: str) -> float:
    return float(values[study.economy.regions.index(region), ENERGY.index(good)])


def test_dependence_and_concentration_are_those_of_the_accounts(study, found):
    world = study.economy.baseline
    n, j = world.index("region", "USA"), world.index("sector", "oil_gas")
    bought = world.border_value[n, :, j].sum(axis=1)
    abroad = np.delete(bought, n)
    assert at(study, found.dependence_before, "USA", "oil_gas") == pytest.approx(abroad.sum() / bought.sum())
    index = 10_000 * ((abroad / abroad.sum()) ** 2).sum()
    assert at(study, found.concentration_before, "USA", "oil_gas") == pytest.approx(index)
    assert study.economy.regions[int(at(study, found.supplier_before, "USA", "oil_gas"))] == "CAN"


def test_every_number_is_within_its_bounds(found):
    for share in (found.dependence, found.dependence_before):
        assert np.nanmin(share) >= 0 and np.nanmax(share) <= 1
    for index in (found.concentration, found.concentration_before):
        assert np.nanmin(index) >= 10_000 / index.shape[0] - 1e-9 and np.nanmax(index) <= 10_000 + 1e-9


def test_a_duty_on_the_main_supplier_makes_imports_fewer_and_less_concentrated(study, found):
    for good in ("oil_gas",):
        assert at(study, found.dependence, "USA", good) < at(study, found.dependence_before, "USA", good)
        assert at(study, found.concentration, "USA", good) < at(study, found.concentration_before, "USA", good)


def test_importers_and_exporters_share_the_duty(study, found):
    for good in ("oil_gas", "electricity"):
        importers, buyers = (at(study, values, "USA", good) for values in (found.pass_through, found.to_buyers))
        assert 0 < buyers < importers < 1
    cost = 100 * (study.result.found.unit_cost / study.result.reference.unit_cost - 1)  # in world money
    seller = cost[study.economy.regions.index("CAN"), study.economy.sectors.index("electricity")]
    assert seller < 0  # electricity has one supplier, so that the parts can be checked
    expected = 1 + np.log1p(seller / 100) / np.log(1.1)
    assert at(study, found.pass_through, "USA", "electricity") == pytest.approx(expected, abs=1e-3)


def test_where_no_duty_changes_there_is_no_pass_through(study, found):
    assert np.isnan(at(study, found.pass_through, "USA", "refined_petroleum"))
    assert np.isnan(at(study, found.pass_through, "DEU", "oil_gas"))


def test_costs_by_place_add_up_to_the_nations(study):
    cost, places, world = cost_by_place(study.result, study.places), study.places.places, study.economy.baseline
    output = places.allocate(study.result.reference.output, world.regions, by="income").sum(axis=1)
    chosen = [world.sectors.index(good) for good in ENERGY]
    a = study.result.arrays
    price = (1 + a["price"][:, chosen] / 100) / (1 + a["consumer_price"][:, None] / 100) - 1
    for country in places.countries:
        n, inside = world.index("region", country), places.inside(country)
        national = (world.input_expenditure[n, chosen] * np.nan_to_num(price[n])[:, None]).sum()
        assert (cost[inside] * output[inside]).sum() / 100 == pytest.approx(national, rel=1e-9)


def test_refining_states_feel_dear_oil_most(study):
    cost, places = cost_by_place(study.result, study.places), study.places.places
    louisiana, vermont = (places.places.index(place) for place in ("US-LA", "US-VT"))
    assert cost[louisiana] > cost[vermont] > 0


def test_a_world_without_energy_has_nothing_to_say():
    toy = run(Scenario.model_validate({"title": "t", "baseline": "toy", "law": "none", "uses": "one"}))
    assert energy(toy.result) is None and toy.to_json()["energy"] is None


def test_detente_energy_prints_tables_and_json(tmp_path, monkeypatch, capsys):
    file = tmp_path / "oil.yaml"
    file.write_text(json.dumps({"title": "A duty on Canadian oil", "law": "none", "changes": [OIL]}))
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr(sys, "argv", ["detente", "energy", str(file), "--draws", "32"])
    with pytest.raises(SystemExit, match="0"):
        main()
    out = capsys.readouterr().out
    assert all(good in out for good in ENERGY) and "Herfindahl" in out and "Louisiana" in out
    assert "90% ranges" in out and "32 draws" in out
    monkeypatch.setattr(sys, "argv", ["detente", "energy", str(file), "--json", "--draws", "32"])
    with pytest.raises(SystemExit, match="0"):
        main()
    document = json.loads(capsys.readouterr().out)
    assert document["draws"] == 32 and document["level"] == 0.9
    oil = document["regions"]["USA"]["oil_gas"]
    assert oil["import_share"] < oil["import_share_before"] and oil["main_supplier_before"] == "CAN"
    for key in ("import_share", "price_pct", "pass_through_to_importers", "pass_through_to_buyers"):
        low, high = oil["ranges"][key]
        assert low < oil[key] < high, key
    assert document["regions"]["DEU"]["oil_gas"]["ranges"]["pass_through_to_importers"] == [None, None]  # no duty moves
    louisiana = document["places"]["US-LA"]
    low, high = louisiana["ranges"]["production_cost_pct"]
    assert low < louisiana["production_cost_pct"] < high
