"""`toy`: a made-up world of three regions and two sectors, for examples, doctests and quick tests."""

from __future__ import annotations

import numpy as np

from detente.accounts.assemble import assemble
from detente.accounts.baseline import Baseline


def toy() -> Baseline:
    """A made-up world: three regions (AAA, BBB, CCC), goods and services, tariffs of 5 percent, deficits not zero."""
    regions, sectors = ["AAA", "BBB", "CCC"], ["goods", "services"]
    size = np.array([100.0, 60.0, 30.0])
    openness = np.array([0.25, 0.05])  # share of purchases that come from abroad
    buyers = np.array([[0.30, 0.15, 0.55], [0.20, 0.25, 0.55]])  # of each sector's sales: to goods, services, final
    trade = np.empty((3, 3, 2, 3))
    for n in range(3):
        for i in range(3):
            abroad = size[i] / (size.sum() - size[n])
            weight = 1 - openness if n == i else openness * abroad
            trade[n, i] = size[n] * np.array([0.8, 1.2])[:, None] * weight[:, None] * buyers
    tariff = np.zeros((3, 3, 2, 3))
    tariff[~np.eye(3, dtype=bool), 0] = 0.05
    return assemble(
        trade,
        regions=regions,
        sectors=sectors,
        tariff=tariff,
        trade_elasticity=np.array([5.0, 3.0]),
        employment=np.outer(size, [3.0, 6.0]),
        sources=dict.fromkeys(("trade", "tariff", "employment", "trade_elasticity"), "made up"),
        attributes={"title": "toy", "year": 2024},
    )
