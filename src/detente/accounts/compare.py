"""Two baselines side by side: where they differ, the largest cells first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.accounts.assemble import one_use
from detente.accounts.baseline import Baseline
from detente.accounts.schema import VARIABLES

if TYPE_CHECKING:
    import pandas as pd

DIMS = ("region", "sector", "use")


@dataclass(frozen=True)
class BaselineComparison:
    """How the `second` baseline differs from the `first`, over the labels that both have.

    `only_first`, `only_second`: labels of `region`, `sector` and `use` that the other lacks; where use classes differ,
    trade and tariffs are compared over all uses (`all_uses`). `variables`: one row per variable (cells compared, cells
    that differ, both totals over them where the variable is a value, largest difference). `cells`: the largest
    differences of each variable, with the columns of `variable`, `cell`, `first`, `second`, `difference` (second less
    first), `percent` and `units`.
    """

    only_first: dict[str, tuple[str, ...]]
    only_second: dict[str, tuple[str, ...]]
    all_uses: bool
    variables: pd.DataFrame
    cells: pd.DataFrame

    @property
    def identical(self) -> bool:
        """Whether both have the same labels and the same numbers."""
        labels = [*self.only_first.values(), *self.only_second.values()]
        return not any(labels) and not self.all_uses and not int(self.variables["differ"].sum())


def compare(first: Baseline, second: Baseline, *, top: int = 20, tolerance: float = 1e-9) -> BaselineComparison:
    """Differences between two baselines, the `top` largest cells of each variable first.

    Cells differ when they are further apart than `tolerance`, relative to the larger of the two; a number that only one
    of the two knows is a difference, and unknown on both sides is none.
    """
    import pandas as pd

    all_uses = first.uses != second.uses or not np.array_equal(first.buyer_class, second.buyer_class)
    only = [
        {dim: tuple(x for x in a.labels(dim) if x not in b.labels(dim)) for dim in DIMS}
        for a, b in ((first, second), (second, first))
    ]
    if all_uses:
        first, second = one_use(first), one_use(second)
    summaries, cells = [], []
    for name, variable in VARIABLES.items():
        labels = [[x for x in first.labels(dim) if x in second.labels(dim)] for dim in variable.dims]
        one, two = (_common(baseline, name, labels) for baseline in (first, second))
        known = ~(np.isnan(one) & np.isnan(two))
        distance = np.abs(np.nan_to_num(two) - np.nan_to_num(one))
        scale = np.maximum(np.abs(np.nan_to_num(one)), np.abs(np.nan_to_num(two)))
        differ = known & ((distance > tolerance * scale) | (np.isnan(one) != np.isnan(two)))
        adds_up = variable.units.startswith(("million USD", "thousand"))
        summaries.append(
            {
                "variable": name,
                "cells": int(known.sum()),
                "differ": int(differ.sum()),
                "total_first": float(np.nansum(one)) if adds_up else np.nan,
                "total_second": float(np.nansum(two)) if adds_up else np.nan,
                "largest_difference": float(distance[differ].max(initial=0.0)),
                "units": variable.units,
            }
        )
        where = np.argwhere(differ)
        order = np.argsort(-distance[differ], kind="stable")[:top]
        cells += [
            {
                "variable": name,
                "cell": ", ".join(f"{d} {x[k]}" for d, x, k in zip(variable.dims, labels, cell, strict=True)),
                "first": one[tuple(cell)],
                "second": two[tuple(cell)],
                "units": variable.units,
            }
            for cell in where[order]
        ]
    table = pd.DataFrame(cells, columns=["variable", "cell", "first", "second", "units"])
    table.insert(4, "difference", table["second"] - table["first"])
    table.insert(5, "percent", 100 * table["difference"] / table["first"].where(table["first"] != 0).abs())
    return BaselineComparison(only[0], only[1], all_uses, pd.DataFrame(summaries), table)


def _common(baseline: Baseline, name: str, labels: Sequence[Sequence[str]]) -> np.ndarray:
    """The cells of a variable for some labels of each of its dimensions."""
    dims = VARIABLES[name].dims
    return baseline.arrays[name][
        np.ix_(*([baseline.index(dim, label) for label in kept] for dim, kept in zip(dims, labels, strict=True)))
    ]
