"""Tracks: the groups of sectors that the page moves together."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

_NAMED = {
    "steel": ("steel",),
    "aluminum": ("aluminum",),
    "autos": ("motor_vehicles",),
    "parts": ("motor_vehicle_parts",),
    "energy": ("oil_gas", "refined_petroleum", "electricity"),
}


@cache
def vocabulary(table: str, key: str) -> dict[str, dict[str, str]]:
    """A vocabulary file of the accounts, by code."""
    with (resources.files("detente.accounts") / table).open(encoding="utf-8") as file:
        return {row[key]: row for row in csv.DictReader(file)}


@cache
def tracks() -> dict[str, tuple[str, ...]]:
    """Track -> sectors; `rest` holds every other good."""
    goods = [code for code, row in vocabulary("sectors.csv", "sector").items() if row["group"] == "goods"]
    named = {sector for group in _NAMED.values() for sector in group}
    return {**_NAMED, "rest": tuple(sector for sector in goods if sector not in named)}
