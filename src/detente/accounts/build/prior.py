"""Stage 3, prior: who bought what from whom, by using industry, in 2011 (WIOD, release 2013).

Only shares are taken from it: levels come from newer sources, and its rounding to whole millions does not matter.
Switzerland, Norway, Viet Nam and Thailand are inside WIOD's rest of the world and take its pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import PARENT_OF_INDUSTRY, N, P, R, region_of, spread

#: Regions that WIOD does not show, and so follow the pattern of its rest of the world.
NOT_IN_WIOD = [R[region] for region in ("CHE", "NOR", "VNM", "THA")]


@dataclass(frozen=True)
class PriorFlows:
    """Flows of 2011, million USD."""

    flows: np.ndarray  # [importer, exporter, parent, buyer]: buyers are the parents, then final demand
    known: np.ndarray  # [region], whether WIOD shows the region

    @property
    def trade(self) -> np.ndarray:
        """Flows of all buyers together [importer, exporter, parent]."""
        return self.flows.sum(axis=-1)


def prior(sources: Path) -> PriorFlows:
    """The flows of WIOD 2011 with our regions and parent industries; net sales of inventories are set to zero."""
    folder = sources / "wiod2011"
    inputs = pd.read_parquet(folder / "intermediate.parquet")
    final = pd.read_parquet(folder / "final.parquet")
    flows = np.zeros((N, N, P, P + 1))
    flows[..., :P] = spread(
        (N, N, P, P),
        region_of(inputs["to_country"]),
        region_of(inputs["from_country"]),
        _parent(inputs["from_sector"]),
        _parent(inputs["to_sector"]),
        values=inputs["value_musd"].to_numpy(),
    )
    flows[..., P] = np.maximum(
        spread(
            (N, N, P),
            region_of(final["to_country"]),
            region_of(final["from_country"]),
            _parent(final["from_sector"]),
            values=final["value_musd"].to_numpy(),
        ),
        0.0,
    )
    known = np.ones(N, dtype=bool)
    known[NOT_IN_WIOD] = False
    return PriorFlows(flows, known)


def _parent(codes: pd.Series) -> np.ndarray:
    return codes.astype(str).map(PARENT_OF_INDUSTRY).to_numpy(int)
