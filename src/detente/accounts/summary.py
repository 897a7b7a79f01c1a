"""What a baseline holds, in a page: regions, sectors, the largest flows, tariffs and where the numbers come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.accounts.baseline import Baseline


def summarize(baseline: Baseline, top: int = 10) -> dict[str, Any]:
    """The main figures of a baseline, as plain numbers and text ready for JSON.

    Values in million USD a year at border values (before import duties), rates as fractions, employment in thousand
    jobs (None where unknown). `average_tariff` is duties over the value of imports from other regions. `flows` are the
    `top` largest cross-border flows of one sector.
    """
    abroad = ~np.eye(len(baseline.regions), dtype=bool)
    crossing = baseline.border_value.sum(axis=3) * abroad[..., None]  # [importer, exporter, sector]
    duties = (baseline.border_value * baseline.arrays["tariff"]).sum(axis=3) * abroad[..., None]
    jobs = baseline.arrays["employment"]
    output, value_added = baseline.arrays["output"], baseline.arrays["value_added"]
    largest = np.argsort(-crossing, axis=None)[:top]
    largest = largest[crossing.ravel()[largest] > 0]
    return {
        "title": str(baseline.attributes.get("title", "baseline")),
        "year": baseline.attributes.get("year"),
        "units": "million USD a year; rates are fractions; employment in thousand jobs",
        "uses": list(baseline.uses),
        "world": {
            "gdp": float(baseline.gdp.sum()),
            "output": float(output.sum()),
            "trade": float(crossing.sum()),
            "average_tariff": _ratio(duties.sum(), crossing.sum()),
        },
        "regions": [
            {
                "region": region,
                "gdp": float(baseline.gdp[k]),
                "imports": float(crossing[k].sum()),
                "exports": float(crossing[:, k].sum()),
                "deficit": float(baseline.arrays["deficit"][k]),
                "average_tariff": _ratio(duties[k].sum(), crossing[k].sum()),
                "employment": _total_if_known(jobs[k], output[k]),
            }
            for k, region in enumerate(baseline.regions)
        ],
        "sectors": [
            {
                "sector": sector,
                "output": float(output[:, k].sum()),
                "value_added": float(value_added[:, k].sum()),
                "trade": float(crossing[:, :, k].sum()),
                "average_tariff": _ratio(duties[:, :, k].sum(), crossing[:, :, k].sum()),
                "trade_elasticity": float(baseline.arrays["trade_elasticity"][k]),
            }
            for k, sector in enumerate(baseline.sectors)
        ],
        "flows": [
            {
                "importer": baseline.regions[n],
                "exporter": baseline.regions[i],
                "sector": baseline.sectors[j],
                "value": float(crossing[n, i, j]),
                "average_tariff": _ratio(duties[n, i, j], crossing[n, i, j]),
            }
            for n, i, j in (np.unravel_index(cell, crossing.shape) for cell in largest)
        ],
        "attributes": dict(baseline.attributes),
        "sources": dict(baseline.sources),
    }


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0


def _total_if_known(jobs: np.ndarray, output: np.ndarray) -> float | None:
    """Sum over sectors; None where the jobs of a sector that produces are unknown."""
    return None if np.isnan(jobs[output > 0]).any() else float(np.nansum(jobs))
