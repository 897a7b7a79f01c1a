"""The accounting identities of a `Baseline`, each a small function that names the cells where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.accounts.schema import VARIABLES

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline


@dataclass(frozen=True)
class Violation:
    """One cell of one identity that fails: where, both sides (million USD, or shares), and the relative gap.

    The gap of a value that is negative or not a number is infinite, and `left` is that value.
    """

    identity: str
    cell: str
    left: float
    right: float
    gap: float

    def __str__(self) -> str:
        if np.isinf(self.gap):
            return f"{self.identity} fails at {self.cell}: {self.left:,.6g}"
        return (
            f"{self.identity} fails at {self.cell}: "
            f"{self.left:,.6g} against {self.right:,.6g} (relative gap {self.gap:.1e})"
        )


def violations(baseline: Baseline, tolerance: float) -> list[Violation]:
    """Every cell of every identity whose relative gap exceeds `tolerance`, the worst first within each identity."""
    found = list(_sign_violations(baseline))
    if found:
        return found  # sums of negative or missing values would only repeat the same fault
    for identity, (dims, _) in IDENTITIES.items():
        left, right, gap = _sides_and_gap(baseline, identity)
        cells = np.argwhere(gap > tolerance)
        order = np.argsort([-gap[tuple(cell)] for cell in cells])
        found += [
            Violation(
                identity,
                _name(baseline, dims, cells[k]),
                float(left[tuple(cells[k])]),
                float(right[tuple(cells[k])]),
                float(gap[tuple(cells[k])]),
            )
            for k in order
        ]
    return found


def largest_gaps(baseline: Baseline) -> dict[str, tuple[int, float]]:
    """For each identity, how many cells it has and the largest relative gap among them."""
    gaps = {identity: _sides_and_gap(baseline, identity)[2] for identity in IDENTITIES}
    return {identity: (int(gap.size), float(gap.max())) for identity, gap in gaps.items()}


def _sides_and_gap(baseline: Baseline, identity: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = IDENTITIES[identity][1](baseline)
    scale = np.maximum(np.maximum(np.abs(left), np.abs(right)), _floor(baseline, identity))
    return left, right, np.abs(left - right) / scale


def _floor(baseline: Baseline, identity: str) -> np.ndarray:
    """What a gap is relative to at least: a millionth of mean output, as cells may be empty; a deficit may be near zero
    as well, so its gap is relative to the region's purchases, and that of their sum to the world's.
    """
    if identity.startswith("shares"):
        return np.asarray(1.0)
    if identity.startswith("deficit"):
        purchases = baseline.border_value.sum(axis=(1, 2, 3))
        return purchases if identity.startswith("deficit =") else purchases.sum()
    return np.asarray(1e-6 * np.mean(baseline.arrays["output"]))


def _name(baseline: Baseline, dims: tuple[str, ...], cell: np.ndarray) -> str:
    return ", ".join(f"{dim} {baseline.labels(dim)[k]}" for dim, k in zip(dims, cell, strict=True)) or "the world"


def _sign_violations(baseline: Baseline) -> Iterator[Violation]:
    for name, variable in VARIABLES.items():
        values = baseline.arrays[name]
        may_be_missing = variable.default is not None and np.isnan(variable.default)
        not_finite = np.isinf(values) if may_be_missing else ~np.isfinite(values)
        for fault, cells in (
            (f"{name} is a finite number", not_finite),
            (f"{name} is not negative", (values < 0) & (not variable.signed)),
        ):
            for cell in np.argwhere(cells)[:20]:
                yield Violation(fault, _name(baseline, variable.dims, cell), float(values[tuple(cell)]), 0.0, np.inf)


# -- the identities: name -> (dimensions of the cells, both sides) ----------------------------------------------

Sides = Callable[["Baseline"], tuple[np.ndarray, np.ndarray]]


def _sales(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    return b.arrays["output"], b.arrays["trade"].sum(axis=(0, 3))


def _cost(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    return b.arrays["output"], b.arrays["value_added"] + b.arrays["input_expenditure"].sum(axis=1)


def _purchases(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    return b.demand, b.expenditure.sum(axis=1)


def _budget(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    return b.income, b.gdp + b.arrays["deficit"]


def _balance(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    value = b.border_value.sum(axis=(2, 3))
    return b.arrays["deficit"], value.sum(axis=1) - value.sum(axis=0)


def _world(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(b.arrays["deficit"].sum()), np.asarray(0.0)


def _cost_shares(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    total = b.value_added_share + b.input_coefficient.sum(axis=1)
    return total, np.ones_like(total)


def _final_shares(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    total = b.final_share.sum(axis=1)
    return total, np.ones_like(total)


def _sourcing_shares(b: Baseline) -> tuple[np.ndarray, np.ndarray]:
    total = b.expenditure_share.sum(axis=1)
    return total, (b.expenditure.sum(axis=1) > 0).astype(float)


IDENTITIES: dict[str, tuple[tuple[str, ...], Sides]] = {
    "output = sales net of duties": (("region", "sector"), _sales),
    "output = value added + inputs": (("region", "sector"), _cost),
    "expenditure = sum over exporters": (("importer", "sector", "use"), _purchases),
    "final spending = GDP + deficit": (("region",), _budget),
    "deficit = imports - exports": (("region",), _balance),
    "deficits sum to zero": ((), _world),
    "shares of cost sum to one": (("region", "using_sector"), _cost_shares),
    "shares of final spending sum to one": (("region",), _final_shares),
    "shares of exporters sum to one": (("importer", "sector", "use"), _sourcing_shares),
}
