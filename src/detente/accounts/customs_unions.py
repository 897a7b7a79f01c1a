"""Customs unions: the regions of a world that charge one tariff and negotiate as one, by the code that people use for them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

#: Code of a union -> its group in ``regions.csv``.
UNIONS: Mapping[str, str] = {"EU": "eu"}

#: Regions that stand for several states of a union: the Rest of the European Union is the 16 that have no accounts of their own.
STATES: Mapping[str, int] = {"EUR": 16}


def members(code: str, regions: Sequence[str]) -> tuple[str, ...]:
    """The members among `regions` of the union `code`, in their order; empty where `code` is no union or none is there.

    A code that is itself one of `regions` is that region.
    """
    if code in regions or code not in UNIONS:
        return ()
    return tuple(region for region in regions if _groups().get(region) == UNIONS[code])


def states(region: str) -> int:
    """How many states a region stands for when a union's members vote."""
    return STATES.get(region, 1)


@cache
def _groups() -> dict[str, str]:
    with (resources.files("detente.accounts") / "regions.csv").open(encoding="utf-8") as file:
        return {row["region"]: row["group"] for row in csv.DictReader(file)}
