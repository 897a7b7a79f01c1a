"""The sectors in which customs and accounts can be compared (``sectors.csv``)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def sector_groups() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The sectors in which customs and accounts can be compared: name -> (sectors of the accounts, NAICS codes)."""
    groups: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    with (resources.files("detente.study.backtest") / "sectors.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            _, codes = groups.get(row["name"], ((), ()))
            groups[row["name"]] = (tuple(row["sectors"].split()), (*codes, row["naics3"]))
    return groups
