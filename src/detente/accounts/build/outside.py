"""Checks outside the build: published statistics beside what the world holds (``outside.csv``).

Most of the published figures are written down from memory and rounded (the column `source` says which); those that the build
itself uses are marked, because agreeing with them proves little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.build.vocabulary import table

#: Gap beyond which a check must say why.
EXPLAINED_FROM = 0.05


@dataclass(frozen=True)
class Check:
    """One published figure, the world's, and why they differ."""

    kind: str
    cell: str
    published: float
    ours: float
    unit: str
    source: str
    used: bool  # whether the build uses the figure itself
    explanation: str

    @property
    def gap(self) -> float:
        """Relative gap; of figures in percent, the difference in points over 100."""
        return (self.ours - self.published) / (100 if self.unit == "percent" else self.published)


#: Kind -> what the figures are, unit, and how the world's is found for a region, a partner and sectors.
KINDS: dict[str, tuple[str, str, Callable[[_Totals, dict[str, str]], float]]] = {}


class _Totals:
    """Sums of a baseline that several checks need, billion USD and thousand jobs."""

    def __init__(self, world: Baseline) -> None:
        self.world = world
        self.trade = world.arrays["trade"].sum(axis=3) / 1e3
        self.abroad = self.trade.copy()
        own = np.arange(len(world.regions))
        self.abroad[own, own] = 0.0
        self.goods = np.arange(len(world.sectors)) < world.sectors.index("gas_water")

    def region(self, row: dict[str, str]) -> int:
        return self.world.index("region", row["region"])

    def sectors(self, row: dict[str, str]) -> list[int]:
        return [self.world.index("sector", sector) for sector in row["sectors"].split()]


def _kind(name: str, unit: str, meaning: str) -> Callable[[Callable[[_Totals, dict[str, str]], float]], None]:
    def keep(function: Callable[[_Totals, dict[str, str]], float]) -> None:
        KINDS[name] = (meaning, unit, function)

    return keep


@_kind("gdp", "billion USD", "GDP at market prices, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.world.gdp[totals.region(row)]) / 1e3


@_kind("balance", "percent", "exports less imports of goods and services over GDP")
def _(totals: _Totals, row: dict[str, str]) -> float:
    n = totals.region(row)
    return float(-100 * totals.world.arrays["deficit"][n] / totals.world.gdp[n])


@_kind("goods exports", "billion USD", "exports of goods, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.abroad[:, totals.region(row), totals.goods].sum())


@_kind("goods imports", "billion USD", "imports of goods, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.abroad[totals.region(row), :, totals.goods].sum())


@_kind("services exports", "billion USD", "exports of services, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.abroad[:, totals.region(row), ~totals.goods].sum())


@_kind("services imports", "billion USD", "imports of services, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.abroad[totals.region(row), :, ~totals.goods].sum())


@_kind("sales to a partner", "billion USD", "what a region sells to a partner, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    partner = totals.world.index("region", row["partner"])
    sold = totals.abroad[partner, totals.region(row)]
    if row["sectors"] in ("goods", "services"):
        return float(sold[totals.goods if row["sectors"] == "goods" else ~totals.goods].sum())
    return float(sold[totals.sectors(row)].sum())


@_kind("output", "billion USD", "output by sector, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    return float(totals.world.output[totals.region(row), totals.sectors(row)].sum()) / 1e3


@_kind("jobs", "thousand jobs", "payroll jobs by sector, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    jobs = totals.world.arrays["employment"][totals.region(row)]
    return float(jobs.sum() if row["sectors"] == "all" else jobs[totals.sectors(row)].sum())


@_kind("duties", "percent", "customs duties over imports of goods")
def _(totals: _Totals, row: dict[str, str]) -> float:
    members = [totals.world.index("region", name) for name in row["region"].split("+")]
    outside = totals.abroad[members][:, :, totals.goods].copy()
    outside[:, members] = 0.0
    revenue = totals.world.arrays["tariff"].mean(axis=3)[members][:, :, totals.goods] * outside
    return float(100 * revenue.sum() / outside.sum())


@_kind("share to the United States", "percent", "share of the United States in exports of a sector, 2024")
def _(totals: _Totals, row: dict[str, str]) -> float:
    sold = totals.abroad[:, totals.region(row), totals.sectors(row)].sum(axis=1)
    return float(100 * sold[totals.world.index("region", "USA")] / sold.sum())


def checks(world: Baseline) -> list[Check]:
    """Every row of ``outside.csv`` beside the world, in the order of the file."""
    totals = _Totals(world)
    found = []
    for row in table("outside.csv"):
        _, unit, ours = KINDS[row["kind"]]
        cell = " ".join(
            part for part in (row["region"], row["sectors"], f"to {row['partner']}" * bool(row["partner"])) if part
        )
        found.append(
            Check(
                row["kind"],
                cell,
                float(row["value"]),
                ours(totals, row),
                unit,
                row["source"],
                row["used"] == "yes",
                row["why"],
            )
        )
    return found
