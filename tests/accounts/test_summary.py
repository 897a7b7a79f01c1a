from __future__ import annotations

import json

import numpy as np
import pytest
from random_worlds import random_baseline

from detente.accounts import toy
from detente.accounts.summary import summarize


def test_the_figures_are_those_of_the_accounts() -> None:
    baseline = random_baseline(7, regions=4, sectors=3)
    figures = summarize(baseline, top=5)
    json.dumps(figures, allow_nan=False)
    regions = {row["region"]: row for row in figures["regions"]}
    assert sum(row["gdp"] for row in regions.values()) == pytest.approx(figures["world"]["gdp"])
    for k, region in enumerate(baseline.regions):
        assert regions[region]["imports"] - regions[region]["exports"] == pytest.approx(baseline.deficit[k])
        assert regions[region]["average_tariff"] * regions[region]["imports"] == pytest.approx(
            baseline.tariff_revenue[k]
        )
    assert sum(row["trade"] for row in figures["sectors"]) == pytest.approx(figures["world"]["trade"])
    assert sum(row["output"] for row in figures["sectors"]) == pytest.approx(baseline.output.sum())


def test_flows_are_the_largest_that_cross_a_border() -> None:
    baseline = random_baseline(7)
    figures = summarize(baseline, top=4)
    values = [flow["value"] for flow in figures["flows"]]
    assert values == sorted(values, reverse=True)
    crossing = baseline.border_value.sum(axis=3)
    for k in range(3):
        crossing[k, k] = 0.0
    assert values == pytest.approx(sorted(crossing.ravel())[::-1][:4])
    assert all(flow["importer"] != flow["exporter"] for flow in figures["flows"])


def test_a_closed_world_has_no_flows() -> None:
    baseline = toy()
    trade = baseline.trade * np.eye(3)[:, :, None, None]
    figures = summarize(baseline.replace(trade=trade))
    assert figures["flows"] == []
    assert figures["world"]["average_tariff"] == 0.0


def test_jobs_that_are_not_all_known_are_not_added_up() -> None:
    jobs = toy().employment.copy()
    jobs[0, 0] = np.nan
    regions = summarize(toy().replace(employment=jobs))["regions"]
    assert regions[0]["employment"] is None
    assert regions[1]["employment"] == pytest.approx(jobs[1].sum())
