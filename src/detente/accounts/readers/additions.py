"""What tables of flows leave out and a user may know: tariffs, jobs and factor shares, each one CSV file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.errors import InputError
from detente.files import read_table
from detente.text import named, number, shown

#: A label that stands for all.
ANY = "*"

#: Shares of factors may miss one by this much (rounding).
ROUNDING = 1e-3


@dataclass(frozen=True)
class Additions:
    """Paths of the files that complete a table of flows; None: not given.

    `tariffs`: importer, exporter, sector, tariff (fraction of the value at the border); `jobs`: region, sector, jobs
    (thousand); `factors`: region, sector, labour, capital, resource (fractions of value added that sum to one). Any label
    may be `*`; of rows that name the same cell the last counts.
    """

    tariffs: Path | None = None
    jobs: Path | None = None
    factors: Path | None = None

    def tariff(self, regions: Sequence[str], sectors: Sequence[str]) -> np.ndarray:
        """Tariffs [importer, exporter, sector]; zero where the file is silent, and at home. Raises `InputError`."""
        found = np.zeros((len(regions), len(regions), len(sectors)))
        if self.tariffs is not None:
            _fill(self.tariffs, {"importer": regions, "exporter": regions, "sector": sectors}, {"tariff": found})
            if found.max() > 10.0:
                raise InputError(
                    f"{named(self.tariffs)} has a tariff of {found.max():g}; give fractions of the value, 0.25 for 25 percent."
                )
        own = np.arange(len(regions))
        found[own, own] = 0.0
        return found

    def known(self, regions: Sequence[str], sectors: Sequence[str]) -> dict[str, np.ndarray]:
        """`employment` and factor shares [region, sector], those that are given; not a number where a file is silent."""
        shape, labels = (len(regions), len(sectors)), {"region": regions, "sector": sectors}
        found: dict[str, np.ndarray] = {}
        if self.jobs is not None:
            found["employment"] = np.full(shape, np.nan)
            _fill(self.jobs, labels, {"jobs": found["employment"]})
        if self.factors is not None:
            shares = {factor: np.full(shape, np.nan) for factor in ("labour", "capital", "resource")}
            _fill(self.factors, labels, shares)
            total = np.sum(list(shares.values()), axis=0)
            if (np.abs(total[np.isfinite(total)] - 1) > ROUNDING).any():
                worst = np.nanargmax(np.abs(total - 1))
                region, sector = divmod(int(worst), len(sectors))
                raise InputError(
                    f"{named(self.factors)}: labour, capital and resource of {regions[region]}, {sectors[sector]} sum to "
                    f"{total[region, sector]:g}; fractions of value added sum to 1."
                )
            found |= {f"{factor}_share": values / total for factor, values in shares.items()}
        return found

    def sources(self) -> dict[str, str]:
        """Where the variables that are given come from."""
        named_files = {"tariff": self.tariffs, "employment": self.jobs}
        named_files |= {f"{factor}_share": self.factors for factor in ("labour", "capital", "resource")}
        return {name: f"file {path.name}" for name, path in named_files.items() if path is not None}


def _fill(path: Path, labels: dict[str, Sequence[str]], into: dict[str, np.ndarray]) -> None:
    """Write the columns of a file into arrays over `labels`."""
    columns = (*labels, *into)
    for line, row in read_table(path, columns, "a CSV file " + ",".join(columns)):
        cell = tuple(_position(path, line, name, row[name], known) for name, known in labels.items())
        for name, values in into.items():
            try:
                value = number(row[name])
            except ValueError:
                raise InputError(f"{named(path)}, line {line}: {name} must be a number.") from None
            if value < 0:
                raise InputError(f"{named(path)}, line {line}: {name} must not be negative; it is {value:g}.")
            values[cell] = value


def _position(path: Path, line: int, name: str, label: str, known: Sequence[str]) -> slice | int:
    if label == ANY:
        return slice(None)
    if label not in known:
        raise InputError(
            f"{named(path)}, line {line}: unknown {name} {shown(label)}; the table has {', '.join(known)}, and {ANY} for all."
        )
    return list(known).index(label)
