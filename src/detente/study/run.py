"""Run a scenario: baseline, law, changes, equilibrium, and the outcome as the JSON that every front end shows."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.accounts import Baseline, load
from detente.economy import Economy, Result, calibrate
from detente.errors import InputError
from detente.study.policy import apply_changes, elasticities, parties
from detente.study.scenario import Scenario

#: JSON key -> outcome, by place in the document
REGION_KEYS = {
    "welfare_pct": "welfare",
    "welfare_musd": "welfare_musd",
    "real_income_pct": "real_income",
    "real_wage_pct": "real_wage",
    "consumer_price_pct": "consumer_price",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "tariff_revenue_musd": "tariff_revenue_musd",
    "tariff_revenue_change_musd": "tariff_revenue_change_musd",
    "export_tax_revenue_musd": "export_tax_revenue_musd",
    "first_order_terms_of_trade_pct": "terms_of_trade",
    "first_order_volume_of_trade_pct": "volume_of_trade",
}
SECTOR_KEYS = {
    "output_pct": "output",
    "price_pct": "price",
    "producer_price_pct": "producer_price",
    "employment_kjobs": "employment_kjobs",
    "employment_pct": "employment",
    "exports_pct": "sector_exports",
    "imports_pct": "sector_imports",
}
FLOW_KEYS = {"exports_pct": "bilateral", "exports_musd": "bilateral_musd"}


@dataclass(frozen=True)
class Study:
    """A scenario and what came of it. `parties`: the regions that the scenario names."""

    scenario: Scenario
    economy: Economy
    result: Result
    parties: list[str]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """The document of `detente run --json`: percentages, million USD and thousand jobs; null where nothing is traded."""
        arrays, baseline = self.result.arrays, self.economy.baseline
        bilateral: dict[str, Any] = {}
        for i, exporter in enumerate(baseline.regions):
            bilateral[exporter] = {
                importer: {
                    sector: {key: _number(arrays[name][n, i, j]) for key, name in FLOW_KEYS.items()}
                    for j, sector in enumerate(baseline.sectors)
                    if not math.isnan(arrays["bilateral"][n, i, j])
                }
                for n, importer in enumerate(baseline.regions)
                if n != i
            }
        return {
            "title": self.scenario.title,
            "baseline": str(self.scenario.baseline),
            "law": self.scenario.law.isoformat() if self.scenario.law else None,
            "horizon": self.scenario.horizon,
            "diagnostics": {**self.result.diagnostics, "seconds": round(self.seconds, 4)},
            "regions": {
                region: {key: _number(arrays[name][n]) for key, name in REGION_KEYS.items()}
                for n, region in enumerate(baseline.regions)
            },
            "sectors": {
                region: {
                    sector: {key: _number(arrays[name][n, j]) for key, name in SECTOR_KEYS.items()}
                    for j, sector in enumerate(baseline.sectors)
                }
                for n, region in enumerate(baseline.regions)
            },
            "bilateral": bilateral,
        }


def run(scenario: Scenario | str | Path) -> Study:
    """Solve a scenario (or the file of one). Raises `InputError` for what it asks, `SolveError` if nothing clears."""
    if not isinstance(scenario, Scenario):
        scenario = Scenario.from_file(scenario)
    baseline = _baseline(scenario)
    economy = calibrate(
        baseline,
        horizon=scenario.horizon,
        closure=scenario.closure,
        trade_elasticity=elasticities(scenario, baseline),
        labour_supply=scenario.labour_supply,
    )
    policy = apply_changes(scenario, baseline, economy.status_quo())
    began = time.perf_counter()
    result = economy.solve(policy)
    return Study(scenario, economy, result, parties(scenario, baseline), time.perf_counter() - began)


def _baseline(scenario: Scenario) -> Baseline:
    path = scenario.baseline
    if scenario._document is not None and path.endswith(".nc") and not Path(path).is_absolute():
        path = str(scenario._document.path.parent / path)  # relative to the file that names it
    try:
        return load(path, uses=scenario.uses)
    except InputError as error:
        raise scenario.complain(["baseline"], str(error)) from None


def _number(value: float | np.floating) -> float | None:
    """Six significant digits; null where there is nothing to report."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
