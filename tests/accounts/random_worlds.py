"""Random balanced baselines, as a hypothesis strategy: sizes, sparse trade, tariffs, export taxes, unknown jobs."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from detente.accounts import Baseline, assemble


def random_baseline(seed: int, regions: int = 3, sectors: int = 3) -> Baseline:
    """A balanced world with a use class per buyer; some flows are zero, some jobs unknown."""
    random = np.random.default_rng(seed)
    shape = (regions, regions, sectors, sectors + 1)
    trade = random.lognormal(0, 2, shape) * (random.uniform(size=shape) > 0.2)
    own = np.arange(regions)
    trade[own, own] += 1.0
    trade[..., -1] += trade[..., :-1].sum() * random.uniform(0.5, 1.5, shape[:3])  # final demand leaves value added
    abroad = ~np.eye(regions, dtype=bool)
    tariff = random.uniform(0, 0.4, shape) * abroad[..., None, None] * (random.uniform(size=shape) > 0.3)
    export_tax = random.uniform(0, 0.2, shape[:3]) * abroad[..., None] * (random.uniform(size=shape[:3]) > 0.5)
    employment = random.uniform(1, 1000, (regions, sectors))
    employment[random.uniform(size=employment.shape) < 0.2] = np.nan
    return assemble(
        trade,
        regions=[f"R{k:02d}" for k in range(regions)],
        sectors=[f"s{k}" for k in range(sectors)],
        tariff=tariff,
        export_tax=export_tax,
        trade_elasticity=random.uniform(1, 12, sectors),
        employment=employment,
        sources={"trade": f"random, seed {seed}"},
        attributes={"title": "random", "year": 2024, "share": 0.5},
    )


baselines = st.builds(
    random_baseline, st.integers(0, 2**32 - 1), st.integers(2, 4).map(int), st.integers(1, 4).map(int)
)
