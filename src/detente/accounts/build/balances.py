"""Stage 5, external balances: trade of the pairs that no customs pin, brought to the balances of national accounts.

Bilateral statistics do not add up to a country's balance of payments (re-exports, goods in transit, mirror statistics). ICIO
is balanced to national accounts, so each region's exports over imports come from it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import GOODS, N, R, region_of, spread

#: Years of ICIO whose ratios are averaged: energy was dear in one and not in the other.
YEARS = (2019, 2022)

#: How far a region's sales may be raised, and its purchases lowered, as a factor (exporter's and importer's multiply).
LARGEST_FACTOR = 1.2


def exports_over_imports(sources: Path) -> np.ndarray:
    """Exports over imports of goods and services [region], geometric mean of `YEARS` (ICIO)."""
    logs = []
    for year in YEARS:
        data = pd.read_parquet(sources / "icio2022_trade" / f"icio_trade_{year}.parquet")
        values = spread(
            (N, N), region_of(data["importer"]), region_of(data["exporter"]), values=data["value"].to_numpy()
        )
        np.fill_diagonal(values, 0.0)
        logs.append(np.log(values.sum(axis=0) / values.sum(axis=1)))
    return np.exp(np.mean(logs, axis=0))


def free_flows() -> np.ndarray:
    """Flows that no customs or balance-of-payments statistic pins [importer, exporter, sector]: none of the United States,
    and of Canada only services."""
    free = np.ones((N, N, len(GOODS)), dtype=bool)
    free[R["USA"]] = free[:, R["USA"]] = False
    free[R["CAN"], :, GOODS] = free[:, R["CAN"], GOODS] = False
    return free


def balanced(trade: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """`trade` [importer, exporter, sector] with exports over imports brought towards `ratio` [region].

    Each region has one factor, at most `LARGEST_FACTOR`: its free sales are multiplied by it, its free purchases divided,
    so that nothing else of the pattern changes. Deficits of the world sum to zero: what the pinned flows and the
    bounds leave over, all regions bear alike.
    """
    free = free_flows()
    pinned = np.where(free, 0.0, trade).sum(axis=2)
    moved = np.where(free, trade, 0.0).sum(axis=2)
    bound = np.log(LARGEST_FACTOR)
    steps = np.zeros(N)
    for _ in range(500):
        flows = pinned + moved * np.exp(steps[None, :] - steps[:, None])
        gap = np.log(ratio * flows.sum(axis=1) / flows.sum(axis=0))
        gap[R["USA"]] = 0.0
        weight = flows.sum(axis=0)
        gap -= (gap * weight).sum() / weight.sum()
        steps = np.clip(steps + 0.4 * gap, -bound, bound)
    factor = np.exp(steps[None, :] - steps[:, None])[..., None]
    return np.where(free, trade * factor, trade)
