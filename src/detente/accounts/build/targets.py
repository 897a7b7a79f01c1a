"""Stage 11, targets: the published totals that the world must reproduce, against what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.baseline import Baseline
from detente.accounts.build import pinning
from detente.accounts.build.levels import NationalLevels
from detente.accounts.build.vocabulary import EU, GOODS, SECTORS, R

#: Relative gap that a hard target may have.
TOLERANCE = 0.01

#: Partners whose US imports are hard targets in every goods sector.
PARTNERS: dict[str, list[str]] = {
    **{code: [code] for code in ("CAN", "MEX", "CHN")},
    "EU": EU,
    **{code: [code] for code in ("JPN", "KOR")},
}
CUSTOMS = "US Census 2024, customs value, chapters 01-97"


@dataclass(frozen=True)
class Target:
    """One published total and the world's value, million USD; `hard` targets must agree within `TOLERANCE`."""

    name: str
    source: str
    target: float
    result: float
    hard: bool = True

    @property
    def gap(self) -> float:
        """Result over target, less one; 0 where both are nothing (below 0.1 million USD)."""
        if self.target < 0.1:
            return 0.0 if self.result < 0.1 else float("inf")
        return self.result / self.target - 1


def targets(world: Baseline, sources: Path, levels: NationalLevels) -> list[Target]:
    """Every target: GDP, US imports by partner and sector, goods trade between the United States and Canada."""
    trade = world.arrays["trade"].sum(axis=3)
    usa, canada = R["USA"], R["CAN"]
    customs = pinning.us_imports(sources)
    found = [
        Target("GDP, United States", "BEA 2024", levels.gdp[usa], world.gdp[usa]),
        Target("GDP, Canada", "Statistics Canada 2023, aged to 2024", levels.gdp[canada], world.gdp[canada]),
        Target("Goods, Canada to United States", CUSTOMS, customs[canada].sum(), trade[usa, canada][GOODS].sum()),
        Target(
            "Goods, United States to Canada",
            "Statistics Canada 2024, by origin, chapters 01-97",
            pinning.canada_origins_2024(sources)[usa],
            trade[canada, usa][GOODS].sum(),
        ),
        Target("Goods, world to United States", CUSTOMS, customs.sum(), _from_abroad(trade[usa], usa)[GOODS].sum()),
    ]
    for partner, members in PARTNERS.items():
        at = [R[member] for member in members]
        for sector in np.flatnonzero(GOODS):
            name = f"US imports from {partner}, {SECTORS[sector]}"
            found.append(Target(name, CUSTOMS, customs[at, sector].sum(), trade[usa][at, sector].sum()))
    for region, position in R.items():
        if region not in ("USA", "CAN"):
            source = "World Bank 2023, aged to 2024"
            found.append(Target(f"GDP, {region}", source, levels.gdp[position], world.gdp[position], hard=False))
    return found


def _from_abroad(trade: np.ndarray, importer: int) -> np.ndarray:
    return np.delete(trade, importer, axis=0).sum(axis=0)


def frame(found: list[Target]) -> pd.DataFrame:
    """The targets as a table: name, source, target, result, gap, hard."""
    columns = ["name", "source", "target", "result", "gap", "hard"]
    return pd.DataFrame([(t.name, t.source, t.target, t.result, t.gap, t.hard) for t in found], columns=columns)
