"""`Levers`: the numbers a party or a table may move, and how each of them enters the policy of the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from detente.economy.interface import DifferentiableEconomy, Policy
from detente.errors import InputError
from detente.talks.party import position

INSTRUMENTS = ("tariff", "export_tax", "trade_cost", "subsidy")
DUTIES = ("tariff", "export_tax")


@dataclass(frozen=True)
class Lever:
    """One number and the policy cells it sets: ``cell = base + slope * value``.

    A *level* has base 0 and slope 1; a *cut* (0: as today, 1: gone) has base today and slope minus today.
    `cells` are flat positions in the instrument's array.
    """

    label: str
    instrument: str
    cells: np.ndarray
    lower: float
    upper: float
    base: np.ndarray
    slope: np.ndarray

    @classmethod
    def level(cls, label: str, instrument: str, cells: np.ndarray, lower: float, upper: float) -> Lever:
        """A lever whose value is the rate itself."""
        return cls(label, instrument, cells, lower, upper, np.zeros(len(cells)), np.ones(len(cells)))

    @classmethod
    def cut(cls, label: str, instrument: str, cells: np.ndarray, today: Policy, neutral: float = 0.0) -> Lever:
        """A lever between today's rates (0) and the `neutral` rate (1), in the same proportion in every cell."""
        base = np.asarray(getattr(today, instrument)).ravel()[cells]
        return cls(label, instrument, cells, 0.0, 1.0, base, neutral - base)


class Levers(Sequence[Lever]):
    """An ordered set of levers: a vector of values on one side, a policy on the other."""

    def __init__(self, levers: Iterable[Lever]) -> None:
        self._levers = list(levers)
        if not self._levers:
            raise InputError("There is nothing to decide: no lever was given; name at least one tariff or other term.")
        self.lower = np.array([lever.lower for lever in self._levers])
        self.upper = np.array([lever.upper for lever in self._levers])
        self.labels = [lever.label for lever in self._levers]

    def __len__(self) -> int:
        return len(self._levers)

    def __getitem__(self, index: Any) -> Any:
        return self._levers[index]

    @cached_property
    def _cells(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
        """By instrument: cells, the lever that sets each, base, slope."""
        grouped = {}
        for instrument in INSTRUMENTS:
            mine = [(k, lever) for k, lever in enumerate(self._levers) if lever.instrument == instrument]
            if mine:
                cells = np.concatenate([lever.cells for _, lever in mine])
                if len(np.unique(cells)) < len(cells):
                    raise InputError(f"Two terms move the same {instrument}; each rate may belong to one term only.")
                grouped[instrument] = (
                    cells,
                    np.concatenate([np.full(len(lever.cells), k) for k, lever in mine]),
                    np.concatenate([lever.base for _, lever in mine]),
                    np.concatenate([lever.slope for _, lever in mine]),
                )
        return grouped

    def apply(self, policy: Policy, values: np.ndarray) -> Policy:
        """`policy` with the levers at `values`."""
        changed: dict[str, Any] = {}
        for instrument, (cells, owner, base, slope) in self._cells.items():
            array = np.array(getattr(policy, instrument))
            array.reshape(-1)[cells] = base + slope * values[owner]
            changed[instrument] = array
        return policy._replace(**changed)

    def read(self, policy: Policy) -> np.ndarray:
        """The values at which the levers come closest to `policy`, within their bounds."""
        above, below = np.zeros(len(self)), np.zeros(len(self))
        for instrument, (cells, owner, base, slope) in self._cells.items():
            array = np.asarray(getattr(policy, instrument)).reshape(-1)
            np.add.at(above, owner, slope * (array[cells] - base))
            np.add.at(below, owner, slope**2)
        values = np.divide(above, below, out=np.zeros(len(self)), where=below > 0)
        return np.clip(values, self.lower, self.upper)

    def directions(self, policy: Policy) -> Policy:
        """The change of the policy for one more unit of each lever [lever, ...]."""
        stacked: dict[str, Any] = {}
        for instrument in INSTRUMENTS:
            array = np.asarray(getattr(policy, instrument))
            moved = np.zeros((len(self), array.size))
            if instrument in self._cells:
                cells, owner, _, slope = self._cells[instrument]
                moved[owner, cells] = slope
            stacked[instrument] = moved.reshape(len(self), *array.shape)
        return Policy(**stacked)

    def pull(self, gradient: Policy) -> np.ndarray:
        """Derivatives with respect to the levers [lever], from those with respect to the policy."""
        total = np.zeros(len(self))
        for instrument, (cells, owner, _, slope) in self._cells.items():
            np.add.at(total, owner, np.asarray(getattr(gradient, instrument)).ravel()[cells] * slope)
        return total

    def touched(self, gradient: Policy) -> np.ndarray:
        """Sum of the derivatives' sizes over the rates of each lever, each times the square of how it follows [lever]."""
        total = np.zeros(len(self))
        for instrument, (cells, owner, _, slope) in self._cells.items():
            np.add.at(total, owner, np.abs(np.asarray(getattr(gradient, instrument)).ravel()[cells]) * slope**2)
        return total

    def mean(self, policy: Policy, by_sector: np.ndarray) -> np.ndarray:
        """Mean over the rates of each lever of what is given [sector]; `policy` says how rates are laid out [lever]."""
        total = np.zeros(len(self))
        for instrument, (cells, owner, _, _) in self._cells.items():
            place = np.unravel_index(cells, np.shape(getattr(policy, instrument)))
            np.add.at(total, owner, by_sector[place[1 if instrument == "subsidy" else 2]])
        return total / np.array([max(len(lever.cells), 1) for lever in self])

    @property
    def are_duties(self) -> np.ndarray:
        """Which levers are the rate of a duty itself [lever]."""
        return np.array([bool(lever.instrument in DUTIES and (lever.slope == 1).all()) for lever in self])


def tariff_levers(
    economy: DifferentiableEconomy,
    importer: str,
    *,
    exporters: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    mfn: bool = False,
    lower: float = 0.0,
    upper: float = 2.0,
) -> Levers:
    """The tariffs of `importer`: one lever per partner and sector, or per sector with the same rate for all (`mfn`).

    `exporters` and `sectors` restrict them (default: all). A tariff is the same for every use class. `lower` and
    `upper` are fractions: the default ceiling of 2 is 200 percent, where most trade has ended.
    """
    if upper <= lower:
        raise InputError(f"The tariff ceiling ({upper}) must be above the floor ({lower}); both are fractions.")
    n = position(importer, economy.regions, "region")
    partners = [position(e, economy.regions, "region") for e in exporters or economy.regions if e != importer]
    chosen = [position(s, economy.sectors, "sector") for s in sectors or economy.sectors]
    names, products = economy.regions, economy.sectors

    def lever(group: list[int], sector: int) -> Lever:
        cells = tariff_cells(economy, [n], group, [sector])
        partner = names[group[0]] if len(group) == 1 else "all"
        return Lever.level(f"{importer}<{partner}:{products[sector]}", "tariff", cells, lower, upper)

    if mfn:
        return Levers(lever(partners, j) for j in chosen)
    return Levers(lever([i], j) for i in partners for j in chosen)


def raised_from(levers: Levers, today: Policy) -> Levers:
    """The same levers, none to be set below its rate of today, and each cell as far above the others as it is today."""
    raised = []
    for lever in levers:
        rates = np.asarray(getattr(today, lever.instrument)).ravel()[lever.cells]
        now = float(rates.mean())
        raised.append(replace(lever, lower=now, upper=max(lever.upper, now), base=rates - now))
    return Levers(raised)


def tariff_cells(
    economy: DifferentiableEconomy, importers: Sequence[int], exporters: Sequence[int], sectors: Sequence[int]
) -> np.ndarray:
    """Flat positions in `Policy.tariff` (and `trade_cost`) of a block, all use classes, own sales left out."""
    n, j, u = len(economy.regions), len(economy.sectors), len(economy.uses)
    pairs = [(m, x) for m in importers for x in exporters if m != x]
    cells = [((m * n + x) * j + s) * u + c for m, x in pairs for s in sectors for c in range(u)]
    return np.array(cells, dtype=int)
