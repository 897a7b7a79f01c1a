"""The years after a change: ages, horizons, dates of changes, and the equilibria in order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from detente.economy import HORIZONS
from detente.errors import InputError
from detente.study.counterfactual import Counterfactual
from detente.study.outcomes.places import change_by_place
from detente.study.path import horizon_after, path
from detente.study.run import run
from detente.study.scenario import Scenario

TARIFF = {"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": "goods", "rate": 0.3}}


def scenario(*changes: dict, path: str | None = "2025-2035", **fields) -> Scenario:
    return Scenario.model_validate(
        {
            "title": "t",
            "baseline": "toy",
            "law": "none",
            "uses": "one",
            "changes": list(changes),
            "path": path,
            **fields,
        }
    )


def trade(result) -> float:
    """What is left of the taxed flow, percent change; goods come first in the toy world."""
    j = result.economy.sectors.index("goods")
    return result.arrays["bilateral"][0, 1, j]


@pytest.mark.parametrize(("age", "name"), [(0, "short"), (1, "short"), (3, "medium"), (10, "long"), (25, "long")])
def test_the_horizons_are_points_of_the_path(age, name):
    for parameter in ("rigidity", "elasticity_factor", "labour_supply"):
        assert getattr(horizon_after(age), parameter) == pytest.approx(getattr(HORIZONS[name], parameter))


def test_between_horizons_the_economy_adjusts_year_by_year():
    ages = np.arange(1.0, 10.5, 0.5)
    assert (np.diff([horizon_after(age).rigidity for age in ages]) < 0).all()
    assert (np.diff([horizon_after(age).elasticity_factor for age in ages]) > 0).all()


def test_the_first_and_last_year_are_the_short_and_the_long_run():
    path = run(scenario(TARIFF)).path
    assert [one.year for one in path] == list(range(2025, 2036))
    assert [one.age for one in path] == pytest.approx(list(range(11)))
    for one, horizon in ((path[0], "short"), (path[3], "medium"), (path[-1], "long")):
        apart = run(scenario(TARIFF, path=None, horizon=horizon)).result
        np.testing.assert_allclose(one.result.arrays["welfare"], apart.arrays["welfare"], atol=1e-8)
    flows = [trade(one.result) for one in path]
    assert flows[0] == pytest.approx(flows[1], abs=1e-8) and (np.diff(flows[1:]) < 0).all()


def test_a_change_counts_in_the_years_it_is_in_force():
    path = {one.year: one for one in run(scenario({**TARIFF, "from": 2027, "until": 2029}, path="2026-2031")).path}
    for year, one in path.items():
        in_force = 2027 <= year <= 2029
        assert (abs(trade(one.result)) > 1) == in_force
        if not in_force:
            np.testing.assert_allclose(one.result.arrays["welfare"], 0, atol=1e-7)
    assert [path[year].age for year in (2027, 2028, 2029)] == pytest.approx([0, 1, 2])


def test_a_change_older_than_the_path_has_its_age():
    assert [one.age for one in run(scenario({**TARIFF, "from": 2020}, path="2025-2026")).path] == pytest.approx([5, 6])


def test_changes_of_several_ages_count_with_what_they_move():
    second = {"tariff": {**TARIFF["tariff"], "importer": "BBB", "exporter": "AAA"}, "from": 2027}
    [start, _, both] = run(scenario(TARIFF, second, path="2025-2027")).path
    world = both.result.economy.baseline
    j = world.sectors.index("goods")
    values = world.border_value[..., 0]
    before = np.asarray(world.tariff)[..., 0]
    older = values[0, 1, j] * abs(np.log(1.3 / (1 + before[0, 1, j])))
    newer = values[1, 0, j] * abs(np.log(1.3 / (1 + before[1, 0, j])))
    assert start.age == 0
    assert both.age == pytest.approx(2 * older / (older + newer))


def test_a_subsidy_and_a_quota_start_the_clock_too():
    for change in (
        {"subsidy": {"region": "AAA", "sectors": "goods", "rate": 0.05}, "from": 2026},
        {"quota": {"importer": "AAA", "exporter": "BBB", "sector": "goods", "share_of_baseline": 0.5}, "from": 2026},
    ):
        assert [one.age for one in run(scenario(change, path="2025-2028")).path][1:] == pytest.approx([0, 1, 2])


def test_a_staged_tariff_rises_with_its_dates():
    stages = [
        {"tariff": {**TARIFF["tariff"], "rate": rate}, "from": year, "until": year}
        for year, rate in ((2025, 0.1), (2026, 0.2), (2027, 0.3))
    ]
    path = run(scenario(*stages, path="2025-2027")).path
    assert (np.diff([trade(one.result) for one in path]) < 0).all()


def test_the_document_has_every_year_and_says_the_rule():
    document = run(scenario(TARIFF, path="2025-2027")).to_json()["path"]
    assert "short run" in document["rule"]
    assert list(document["years"]) == [2025, 2026, 2027]
    assert set(document["years"][2026]["regions"]) == {"AAA", "BBB", "CCC"}
    assert run(scenario(TARIFF, path=None)).to_json()["path"] is None


def test_every_year_of_a_path_has_its_range(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    told = []
    study = run(scenario(TARIFF, path="2025-2036"), draws=48, progress=lambda done, count: told.append((done, count)))
    assert told[-1] == (12 * 48, 12 * 48)
    for one in study.path:
        low, high = one.draws.range("welfare")
        assert (low < one.result.arrays["welfare"]).all() and (one.result.arrays["welfare"] < high).all()
    ages = [one.draws.sample for one in study.path]
    assert ages[0].trade_elasticity.mean() < ages[3].trade_elasticity.mean() < ages[11].trade_elasticity.mean()
    assert ages[0].rigidity.min() > ages[11].rigidity.max()
    # at ten years the answer and its range are those of the long run
    long = run(scenario(TARIFF, path=None), draws=48)
    np.testing.assert_allclose(study.path[11].draws.range("welfare"), long.draws.range("welfare"), rtol=1e-6)
    years = study.to_json()["path"]["years"]
    low, high = years[2030]["ranges"]["regions"]["AAA"]["welfare_pct"]
    assert low < years[2030]["regions"]["AAA"]["welfare_pct"] < high
    assert years[2030]["ranges"]["draws"] == 48


def test_without_a_path_the_last_year_that_is_named_counts_and_is_said():
    lower = {"tariff": {**TARIFF["tariff"], "rate": 0.1}}
    study = run(scenario({**TARIFF, "until": 2026}, {**lower, "from": 2027}, path=None))
    assert trade(study.result) == pytest.approx(trade(run(scenario(lower, path=None)).result))
    assert any("2027" in note for note in study.notes)


@pytest.mark.parametrize("years", ["2025", "2035-2025", "25-35", "2025-2095", "soon"])
def test_a_path_that_is_none_is_refused_in_words(years):
    with pytest.raises(InputError, match="2025-2035"):
        scenario(TARIFF, path=None).with_path(years)


def test_a_change_that_ends_before_it_begins_is_refused_with_its_line(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "title: t\nbaseline: toy\nlaw: none\nchanges:\n"
        "  - tariff: {importer: AAA, exporter: BBB, rate: 0.1}\n    from: 2030\n    until: 2028\n"
    )
    with pytest.raises(InputError, match=r"line 5.*before it begins"):
        Scenario.from_file(file)


def test_a_fault_in_a_later_year_names_its_own_line(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        "title: t\nbaseline: toy\nuses: one\nlaw: none\npath: 2025-2026\nchanges:\n"
        "  - {tariff: {importer: AAA, exporter: BBB, sectors: goods, rate: 0.1}, until: 2025}\n"
        "  - {tariff: {importer: AAA, exporter: BBB, sectors: gods, rate: 0.1}, from: 2026}\n"
    )
    then = Scenario.from_file(file).during(2026)
    from detente.accounts import load
    from detente.economy import calibrate
    from detente.study.scenario.policy import apply_changes

    world = load("toy")
    with pytest.raises(InputError, match=r"line 8.*gods"):
        apply_changes(then, world, calibrate(world).status_quo())


def test_wages_that_fall_slowly_leave_people_without_work_until_they_have_fallen() -> None:
    scenario = Scenario.model_validate(
        {
            "title": "slow wages",
            "law": "none",
            "wages": 0.995,
            "path": "2025-2033",
            "changes": [
                {"tariff": {"importer": "USA", "exporter": "CAN", "sectors": ["lumber", "steel"], "rate": 0.5}}
            ],
        }
    )
    years = path(Counterfactual.of(scenario))
    canada = years[0].result.economy.regions.index("CAN")
    rate = [float(one.result.arrays["unemployment"][canada]) for one in years]
    assert rate[0] > 0.01 and rate[0] == max(rate)
    assert rate[-1] < rate[0] / 4  # the years heal it
    for last, one in pairwise(years):
        before, now = (year.result.found.sector_wage for year in (last, one))
        assert (now >= 0.995 * before * (1 - 1e-9)).all()
    places = change_by_place(years[0].result)
    assert places is not None
    inside = places.places.inside("CAN")
    assert places.unemployment_pp[inside].max() > rate[0] > places.unemployment_pp[inside].min() >= 0
    # no floor binds where wages may halve: the flexible path
    for a, b in zip(
        path(Counterfactual.of(scenario.model_copy(update={"wages": 0.5, "path": "2025-2026"}))),
        path(Counterfactual.of(scenario.model_copy(update={"wages": "flexible", "path": "2025-2026"}))),
        strict=True,
    ):
        np.testing.assert_allclose(a.result.arrays["welfare"], b.result.arrays["welfare"], atol=1e-12)
        assert np.abs(a.result.arrays["unemployment"]).max() < 1e-12


@pytest.mark.parametrize("wages", [0, 1.5, "sticky", True])
def test_wages_that_are_none_are_refused_in_words(wages: object) -> None:
    with pytest.raises(InputError, match="part of last year's wages"):
        Scenario.from_fields({"title": "t", "wages": wages})
