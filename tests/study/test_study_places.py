"""Who pays, by province and state: places add up to the nation, and the user can say where industries are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.accounts.places import load
from detente.cli import main
from detente.study.outcomes.places import change_by_place
from detente.study.run import run
from detente.study.scenario import Scenario

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def study():
    return run(EXAMPLES / "retaliation.yaml")


@pytest.fixture(scope="module")
def nations(study):
    """Positions of Canada and the United States, the order of `Places.sum_by_country`."""
    return [study.economy.regions.index(country) for country in study.places.places.countries]


def test_jobs_add_up_to_the_nation_in_every_sector(study, nations):
    found = study.places
    totals = found.places.sum_by_country(found.change_by_sector)
    national = study.result.arrays["employment_kjobs"][nations]
    np.testing.assert_allclose(totals, national, rtol=1e-9, atol=1e-9 * np.abs(national).max())
    before = found.places.sum_by_country(found.before)
    np.testing.assert_allclose(before, study.economy.baseline.employment[nations].sum(axis=1), rtol=1e-9)


def test_real_income_adds_up_to_the_nation(study, nations):
    found, result = study.places, study.result
    national = result.reference.income * result.arrays["real_income"] / 100
    np.testing.assert_allclose(found.places.sum_by_country(found.real_income_musd), national[nations], rtol=1e-9)


def test_a_duty_on_cars_is_felt_where_cars_are_made():
    found = run(EXAMPLES / "autos-25.yaml").places
    j = found.places.sectors.index("motor_vehicle_parts")
    ontario, alberta = (found.places.places.index(place) for place in ("CA-ON", "CA-AB"))
    assert found.places.employment_share[ontario, j] > found.places.employment_share[alberta, j]
    assert found.jobs_pct[ontario] < 0 < found.jobs_pct[alberta]
    assert found.real_earnings_pct[ontario] < found.real_earnings_pct[alberta]


def test_the_most_affected_are_the_largest_changes_in_order(study):
    found = study.places
    chosen = found.most_affected("CAN", 4)
    others = [k for k in np.flatnonzero(found.places.inside("CAN")) if k not in chosen]
    assert np.abs(found.jobs_pct[chosen]).min() >= np.abs(found.jobs_pct[others]).max()
    assert (np.diff(found.jobs_pct[chosen]) >= 0).all()


def test_the_output_says_what_rests_on_an_assumption(study):
    places = study.to_json()["places"]
    assert set(places) == set(load().places)
    assert places["CA-ON"]["name"] == "Ontario" and places["US-MI"]["country"] == "USA"
    assert 0.5 < places["CA-ON"]["assumed_share"] <= 1  # where Canada's manufacturing is, nobody publishes here
    sums = {c: sum(p["jobs_kjobs"] for p in places.values() if p["country"] == c) for c in ("CAN", "USA")}
    assert sums["CAN"] == pytest.approx(0, abs=1e-3)  # in the long run the nation keeps its jobs


@pytest.mark.slow
def test_after_the_law_the_places_start_from_the_jobs_under_it():
    changed = {"measure": "US-232-METALS-50", "action": "drop"}
    scenario = Scenario.model_validate({"title": "t", "law": "2025-09-30", "changes": [changed]})
    study = run(scenario)
    found, result = study.places, study.result
    positions = [study.economy.regions.index(country) for country in found.places.countries]
    under_law = result.jobs(result.reference)[positions].sum(axis=1)
    np.testing.assert_allclose(found.places.sum_by_country(found.before), under_law, rtol=1e-9)
    national = (result.reference.income * result.arrays["real_income"] / 100)[positions]
    np.testing.assert_allclose(found.places.sum_by_country(found.real_income_musd), national, rtol=1e-9)


def test_a_world_of_other_sectors_has_no_places():
    scenario = {"title": "t", "baseline": "toy", "law": "none", "uses": "one"}
    study = run(Scenario.model_validate(scenario))
    assert study.places is None
    assert study.to_json()["places"] is None


# -- the user's own locations ------------------------------------------------------------------------------------------

STEEL = "place,sector,employment_share,source\nCA-ON,steel,0.2,mine\nCA-SK,steel,0.8,mine\n"


def test_steel_that_is_moved_takes_its_losses_along(tmp_path):
    file = tmp_path / "steel.csv"
    file.write_text(STEEL)
    result = run(EXAMPLES / "steel-25.yaml").result
    shipped, mine = change_by_place(result), change_by_place(result, load().replace_from_csv(file))
    prairie = shipped.places.places.index("CA-SK")
    assert mine.change[prairie] < shipped.change[prairie] - 1  # thousand jobs
    assert mine.assumed_share[prairie] < shipped.assumed_share[prairie]
    for found in (shipped, mine):
        assert found.places.sum_by_country(found.change)[0] == pytest.approx(0, abs=1e-9)


def command(monkeypatch, capsys, *arguments: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["detente", *map(str, arguments)])
    monkeypatch.setenv("COLUMNS", "120")
    try:
        main()
        code = 0
    except SystemExit as status:
        code = int(status.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_detente_run_takes_places_and_draws(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "steel.csv"
    file.write_text(STEEL)
    steel = EXAMPLES / "steel-25.yaml"
    code, out, err = command(monkeypatch, capsys, "run", steel, "--places", file, "--draws", 8, "--json")
    assert code == 0 and err == ""
    document = json.loads(out)
    low, high = document["ranges"]["places"]["CA-SK"]["jobs_kjobs"]
    assert low < document["places"]["CA-SK"]["jobs_kjobs"] < high < 0


def test_detente_run_prints_ten_places_of_each_side_and_what_matters_most(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))
    code, out, _ = command(monkeypatch, capsys, "run", EXAMPLES / "steel-25.yaml", "--draws", 32)
    assert code == 0
    sides = out.split(": the places where jobs change most in proportion")
    assert len(sides) == 3
    names = load().names
    for side in sides[1:]:
        table = side.split("\n\n")[0]
        assert sum(line.startswith(tuple(names)) for line in table.splitlines()) == 10
    assert "90% range" in out and "of the variance" in out and "≈" in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--places", "nowhere.csv"), "no file nowhere.csv"),
        (("--elasticities", "mine"), "Unknown source of trade elasticities"),
        (("--draws", "1"), "draws=1 gives no range"),
        (("--path", "2035"), "2025-2035"),
    ],
)
def test_bad_options_are_refused_in_one_sentence(monkeypatch, capsys, options, words):
    code, _, err = command(monkeypatch, capsys, "run", EXAMPLES / "steel-25.yaml", *options)
    assert code == 2 and words in err and len(err.strip().splitlines()) == 1
