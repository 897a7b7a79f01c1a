"""Stage 5, trade in electricity: only between regions that a line joins (``wires.csv``)."""

from __future__ import annotations

import numpy as np

from detente.accounts.build.levels import NationalLevels
from detente.accounts.build.prior import PriorFlows
from detente.accounts.build.vocabulary import PARENTS, N, R, S, table

#: Share of electricity (the rest: gas distribution and water) in trade of utilities.
IN_UTILITIES_TRADE = 0.95


def wires() -> np.ndarray:
    """Whether a line joins two regions [importer, exporter]."""
    joined = np.zeros((N, N), dtype=bool)
    for row in table("wires.csv"):
        at = R[row["first"]], R[row["second"]]
        joined[at] = joined[at[::-1]] = True
    return joined


def electricity_trade(
    levels: NationalLevels, pins: dict[str, np.ndarray], prior: PriorFlows, extra: np.ndarray
) -> np.ndarray:
    """Trade in electricity [importer, exporter], million USD.

    Imports of the United States and Canada are the pins. Others: each exporter's sales of power (ADB MRIO, aged; `extra`
    [region]: the share that leaves a group) less the pinned, among the regions that a line joins as in WIOD 2011, or with
    the importer's GDP where that has none.
    """
    joined = wires()
    sector, parent = S["electricity"], PARENTS.index("c17")
    trade = np.zeros((N, N))
    for region, values in pins.items():
        trade[R[region]] = values[:, sector] * joined[R[region]]
    free = np.array([name not in pins for name in R])
    wiod = prior.trade[:, :, parent] * joined
    for exporter in range(N):
        to = joined[:, exporter] & free
        made = levels.exports[exporter, parent] * IN_UTILITIES_TRADE * extra[exporter] - trade[:, exporter].sum()
        if not to.any() or made <= 0:
            continue
        weight = np.where(to, np.maximum(wiod[:, exporter], 0.01 * wiod[:, exporter].sum() + 1e-3 * levels.gdp), 0.0)
        trade[:, exporter] += made * weight / weight.sum()
    return trade
