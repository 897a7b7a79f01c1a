"""Why output, prices and jobs move, as a document: the parts of every change in the regions that a study is about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from detente.economy import Explanation
from detente.economy.explanation import PARTS


def why_document(found: Explanation, regions: Sequence[str]) -> dict[str, Any]:
    """Parts in percentage points, which add up to `total_pct`; null where a sector makes nothing.

    `residual`: the largest gap between a change and the sum of its parts, percentage points.
    """
    return {
        "steps": found.steps,
        "residual": float(f"{found.residual:.2g}"),
        "regions": {
            region: {
                sector: {outcome: _parts(found, outcome, region, sector) for outcome in PARTS}
                for sector in found.economy.sectors
            }
            for region in regions
        },
    }


def _parts(found: Explanation, outcome: str, region: str, sector: str) -> dict[str, float] | None:
    values = found.of(outcome, region, sector)
    total = values.pop("total")
    if math.isnan(total):
        return None
    return {"total_pct": float(f"{total:.6g}"), **{part: float(f"{value:.6g}") for part, value in values.items()}}
