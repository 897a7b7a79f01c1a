"""Trade elasticities by sector from published studies, and the central value that `world-2024` carries."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import NamedTuple

from detente.errors import InputError


class Estimate(NamedTuple):
    """One published trade elasticity: percent fall of relative imports for one percent higher cost."""

    sector: str
    source: str
    value: float
    std_error: float | None
    year: int
    note: str
    citation: str


@cache
def estimates() -> tuple[Estimate, ...]:
    """Every row of ``elasticities.csv``: per sector, each study that covers it, then `central` (how: in its note)."""
    with (resources.files("detente.accounts") / "elasticities.csv").open(encoding="utf-8") as file:
        return tuple(
            Estimate(
                row["sector"],
                row["source"],
                float(row["value"]),
                float(row["std_error"]) if row["std_error"] else None,
                int(row["year"]),
                row["note"],
                row["citation"],
            )
            for row in csv.DictReader(file)
        )


def elasticity(source: str = "central") -> dict[str, float]:
    """Trade elasticity of each sector that `source` covers; raises `InputError` naming the sources otherwise."""
    found = {row.sector: row.value for row in estimates() if row.source == source}
    if not found:
        known = ", ".join(dict.fromkeys(row.source for row in estimates()))
        raise InputError(f"Unknown source of trade elasticities {source!r}; choose one of {known}.")
    return found
