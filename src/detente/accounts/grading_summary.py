"""How much of a baseline is measured, scaled, modelled or assumed: shares of value by variable, region and cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.grades import ERROR, Grade, dimensions
from detente.accounts.schema import VARIABLES
from detente.errors import InputError


def by_variable(baseline: Baseline) -> dict[str, np.ndarray]:
    """Share of each grade, in the order of `Grade`, in the value of every variable (of rates and shares: in cells)."""
    return {name: _shares(_grade(baseline, name), _weight(baseline, name)) for name in VARIABLES}


def uncertain(baseline: Baseline) -> np.ndarray:
    """Whether the output of a sector is modelled or assumed, not from a statistic of it [region, sector]."""
    return _grade(baseline, "output") >= Grade.MODELLED


def by_region(baseline: Baseline) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Share of each grade in what a region sells and in what it buys abroad."""
    trade = baseline.arrays["trade"].sum(axis=3)
    own = np.arange(len(baseline.regions))
    trade[own, own] = 0.0
    grade = _grade(baseline, "trade")
    return {
        region: (_shares(grade[:, k], trade[:, k]), _shares(grade[k], trade[k]))
        for k, region in enumerate(baseline.regions)
    }


def of_cell(baseline: Baseline, region: str, sector: str) -> list[dict[str, Any]]:
    """Every number of a sector of a region: variable, partner where there is one, value, unit, grade and its error.

    Raises `InputError` for an unknown region or sector.
    """
    n, j = baseline.index("region", region), baseline.index("sector", sector)
    rows: list[dict[str, Any]] = []
    for name, variable in VARIABLES.items():
        dims, grade = dimensions(name), _grade(baseline, name)
        values = baseline.arrays[name]
        if dims == ("region", "sector"):
            rows.append(_row(name, "", values[n, j], variable.units, grade[n, j]))
        elif name == "trade":
            sold, bought = values.sum(axis=3)[:, n, j], values.sum(axis=3)[n, :, j]
            for k, partner in enumerate(baseline.regions):
                if k != n:
                    rows.append(_row("sales", f"to {partner}", sold[k], variable.units, grade[k, n, j]))
                    rows.append(_row("purchases", f"from {partner}", bought[k], variable.units, grade[n, k, j]))
            rows.append(_row("sales", "at home", sold[n], variable.units, grade[n, n, j]))
        elif dims == ("sector",):
            rows.append(_row(name, "", values[j], variable.units, grade[j]))
    return rows


def _row(name: str, partner: str, value: float, unit: str, grade: int) -> dict[str, Any]:
    known = Grade(int(grade))
    return {
        "variable": name,
        "partner": partner,
        "value": None if np.isnan(value) else float(value),
        "unit": unit,
        "grade": known.name.lower(),
        "error": ERROR.get(known),
    }


def _grade(baseline: Baseline, name: str) -> np.ndarray:
    if name not in VARIABLES:
        raise InputError(f"Unknown baseline variable {name!r}; the variables are {', '.join(VARIABLES)}.")
    shape = tuple(baseline.size(dim) for dim in dimensions(name))
    return baseline.grades.get(name, np.zeros(shape, dtype=np.uint8))


def _weight(baseline: Baseline, name: str) -> np.ndarray:
    values = baseline.arrays[name]
    if "use" in VARIABLES[name].dims:
        values = values.sum(axis=-1)
    if VARIABLES[name].units.startswith(("million", "thousand", "USD")):
        return np.nan_to_num(np.abs(values))
    return np.ones(values.shape)


def _shares(grade: np.ndarray, weight: np.ndarray) -> np.ndarray:
    found = np.array([(weight * (grade == known)).sum() for known in Grade])
    return found / max(found.sum(), 1e-300)
