"""Run a scenario: baseline, law, changes, equilibrium, and the outcome as the JSON that every front end shows."""

from __future__ import annotations

import datetime
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.accounts import Baseline, load
from detente.economy import Economy, Policy, Result, calibrate
from detente.economy.outcomes import Levels
from detente.errors import InputError
from detente.study.contents import solve
from detente.study.policy import apply_changes, elasticities, parties
from detente.study.quotas import apply_quotas
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
    """A scenario and what came of it.

    `result` is the last step: what the changes do to the world at the starting point (or, without changes, what the law of
    `day` does to the world before 2025). `steps` holds every step by name, and the whole where there are two. `by_authority`, for
    a law without changes: what each authority's measures do, against the same law without them. `parties`: the regions that
    the scenario is about. `notes`: what has to be known with the numbers.
    """

    scenario: Scenario
    economy: Economy
    steps: dict[str, Result]
    by_authority: dict[str, Result]
    day: datetime.date | None
    parties: list[str]
    notes: list[str]
    seconds: float

    @property
    def result(self) -> Result:
        """The step that answers the scenario's question."""
        return self.steps.get("changes") or self.steps["law"]

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
            "law": self.day.isoformat() if self.day else "none",
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
            "steps": {
                name: {
                    region: {key: _number(step.arrays[outcome][n]) for key, outcome in REGION_KEYS.items()}
                    for n, region in enumerate(baseline.regions)
                }
                for name, step in self.steps.items()
            },
            "authorities": {
                authority: {
                    party: {key: _number(effect.arrays[name][n]) for key, name in REGION_KEYS.items()}
                    | {
                        "sectors": {
                            sector: {"output_pct": _number(effect.arrays["output"][n, j])}
                            for j, sector in enumerate(baseline.sectors)
                        }
                    }
                    for n, party in ((baseline.index("region", party), party) for party in self.parties)
                }
                for authority, effect in self.by_authority.items()
            },
            "notes": self.notes,
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
    began = time.perf_counter()
    steps, by_authority, day = _steps(scenario, economy)
    about = parties(scenario, baseline) or (["USA", "CAN"] if day else [])
    return Study(scenario, economy, steps, by_authority, day, about, _notes(scenario, day), time.perf_counter() - began)


def _steps(scenario: Scenario, economy: Economy) -> tuple[dict[str, Result], dict[str, Result], datetime.date | None]:
    """Baseline -> law of the day -> changes, each against the one before, and the whole where there are two.

    A law without changes is taken apart instead: each authority's effect is that of its measures being there.
    """
    edits_law = any(change.kind == "measure" for change in scenario.changes)
    if scenario.law is None:
        if edits_law:
            raise scenario.complain(
                ["law"], "a change of a measure needs the law of a day to start from; give law: DATE."
            )
        found, diagnostics = _solve(scenario, economy, economy.status_quo())
        return {"changes": Result(economy, economy.base, found, diagnostics)}, {}, None
    from detente.law import Ledger
    from detente.study.law import authorities, changed_ledger, day_of, policy_of_law

    day = day_of(scenario)
    assert day is not None
    ledger = Ledger.default()
    law = policy_of_law(economy, day, ledger, bound=scenario.law_bound)
    at_law, diagnostics = economy.levels(law)
    steps = {"law": Result(economy, economy.base, at_law, diagnostics)}
    if scenario.changes:
        edited = changed_ledger(scenario, ledger)
        start = policy_of_law(economy, day, edited, bound=scenario.law_bound) if edits_law else law
        found, diagnostics = _solve(scenario, economy, start)
        steps["changes"] = Result(economy, at_law, found, diagnostics)
        steps["law and changes"] = Result(economy, economy.base, found, diagnostics)
        return steps, {}, day
    by_authority = {}
    for authority in authorities(day, ledger):
        removed = policy_of_law(economy, day, ledger, bound=scenario.law_bound, without=(authority,))
        without, diagnostics = economy.levels(removed)
        by_authority[authority] = Result(economy, without, at_law, diagnostics)
    return steps, by_authority, day


def _solve(scenario: Scenario, economy: Economy, start: Policy) -> tuple[Levels, dict[str, float]]:
    """The equilibrium of the scenario's changes to the policy `start`."""
    changed = apply_quotas(scenario, economy.baseline, apply_changes(scenario, economy.baseline, start))
    return solve(scenario, economy, changed)


def _notes(scenario: Scenario, day: datetime.date | None) -> list[str]:
    if day is None:
        return []
    from detente.study.law import warnings

    return warnings(day)


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
