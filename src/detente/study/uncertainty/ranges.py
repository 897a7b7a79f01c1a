"""Ranges as labelled arrays: each outcome of regions and sectors with its low end, central answer and high end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.economy.labelled_outcomes import LabelledOutcomes
from detente.study.uncertainty.draws import LEVEL, Draws

if TYPE_CHECKING:
    from detente.economy import Result

#: The labels of the dimension `bound`, as of the law's rates (`dt.applied`).
BOUNDS = ("low", "central", "high")


def ranges_of(result: Result, draws: Draws, level: float = LEVEL) -> LabelledOutcomes:
    """The outcomes of `result`, the central answer, between the ends of the middle `level` of `draws`.

    Dimension `bound` in front: low, central, high. The central answer is that of the central parameters, no median of the
    draws, and may lie outside where outcomes bend. Flows between regions are not kept by draw and are left out.
    """
    import numpy as np
    import xarray as xr

    arrays = {}
    for name, array in result.dataset.items():
        if name in draws.outcomes:
            low, high = draws.range(str(name), level)
            arrays[name] = (("bound", *array.dims), np.stack([low, array.values, high]), array.attrs)
    labels = {"bound": list(BOUNDS), **{dim: result.dataset[dim] for dim in ("region", "sector")}}
    said = {"range": f"middle {level:.0%} of {int(draws.solved.sum())} draws"}
    return LabelledOutcomes(xr.Dataset(arrays, labels, {**result.dataset.attrs, **said}))
