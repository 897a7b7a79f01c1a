"""The labels of `world-2024`, and the maps from the classifications of the sources to them."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd


def table(name: str, package: str = "detente.accounts.build") -> list[dict[str, str]]:
    """The rows of a CSV table shipped beside the code."""
    with (resources.files(package) / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


_SECTORS = table("sectors.csv", "detente.accounts")
_REGIONS = table("regions.csv", "detente.accounts")

#: Labels of the world, in the order of every array.
REGIONS = [row["region"] for row in _REGIONS]
SECTORS = [row["sector"] for row in _SECTORS]
EU = [row["region"] for row in _REGIONS if row["group"] == "eu"]

#: Industries of WIOD and ADB MRIO (joined where we do not split them): one parent for each of our sectors.
PARENTS = list(dict.fromkeys(row["wiod"] for row in _SECTORS))
PARENT_OF = np.array([PARENTS.index(row["wiod"]) for row in _SECTORS])
GOODS = np.array([row["group"] == "goods" for row in _SECTORS])
PARENT_OF_INDUSTRY = {code: k for k, parent in enumerate(PARENTS) for code in parent.split("+")}

N, J, P = len(REGIONS), len(SECTORS), len(PARENTS)
R = {region: k for k, region in enumerate(REGIONS)}
S = {sector: k for k, sector in enumerate(SECTORS)}

#: Groups of sectors whose levels come together from one table: lines of ICIO 2022 for goods, parents for the others.
GROUPS = list(dict.fromkeys(row["icio"] or row["wiod"] for row in _SECTORS))
GROUP_OF = np.array([GROUPS.index(row["icio"] or row["wiod"]) for row in _SECTORS])
G = len(GROUPS)
GROUP_OF_LINE = {line: GROUPS.index(row["icio"]) for row in _SECTORS if row["icio"] for line in row["icio"].split("+")}
GROUP_GOODS = np.array([name in {row["icio"] for row in _SECTORS if row["icio"]} for name in GROUPS])

#: Parents made of goods only, of services only, and the one (utilities) that has both.
PARENT_GOODS = np.array([bool(GOODS[k == PARENT_OF].any()) for k in range(P)])


@cache
def _countries(column: str) -> dict[str, int]:
    return {row[column]: R[row["region"]] for row in table("countries.csv")}


def region_of(codes: pd.Series, column: str = "iso3") -> np.ndarray:
    """Position of the region of each country code (`iso3`, `iso2` or `census`); every other country is in ROW."""
    return codes.astype(str).map(_countries(column)).fillna(R["ROW"]).to_numpy(int)


def sector_of_bea(codes: pd.Series) -> np.ndarray:
    """Position of the sector of each BEA industry or commodity code by its longest prefix; -1 where there is none."""
    prefixes = {row["bea"]: S[row["sector"]] for row in table("bea_sectors.csv")}

    def find(code: str) -> int:
        return next((prefixes[code[:k]] for k in range(len(code), 1, -1) if code[:k] in prefixes), -1)

    return codes.astype(str).map(find).to_numpy(int)


def spread(matrix_shape: tuple[int, ...], *indexed: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum `values` into an array at the given positions (entries with a negative position are left out)."""
    keep = np.all([index >= 0 for index in indexed], axis=0)
    out = np.zeros(matrix_shape)
    np.add.at(out, tuple(index[keep] for index in indexed), np.asarray(values, float)[keep])
    return out


def shares_within(weights: np.ndarray, groups: np.ndarray, axis: int) -> np.ndarray:
    """`weights` divided by their sum within each group of positions along `axis`; equal shares where a sum is zero."""
    moved = np.moveaxis(weights, axis, -1)
    member = np.eye(int(groups.max()) + 1)[groups]
    total = (moved @ member)[..., groups]
    equal = np.broadcast_to(1 / member.sum(axis=0)[groups], moved.shape)
    return np.moveaxis(np.divide(moved, total, out=equal.copy(), where=total > 0), -1, axis)
