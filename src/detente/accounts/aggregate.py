"""Fewer regions and sectors: the same accounts added up by a mapping, or a part of them to look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.grades import Grade, dimensions, joined
from detente.accounts.schema import VARIABLES
from detente.errors import InputError
from detente.files import read_table
from detente.text import named

if TYPE_CHECKING:
    import xarray as xr

#: Variables that add up unless they are unknown, and shares with the variable that weighs them.
JOBS = ("employment", "employment_total")
WEIGHTED = dict.fromkeys(("labour_share", "capital_share", "resource_share"), "value_added") | {
    "investment_share": "final_expenditure"
}

#: Variables that do not simply add up.
APART = (*JOBS, *WEIGHTED, "household_spending")

REST = "*"  #: the entry of a mapping that takes every label the mapping does not list


def aggregate(
    baseline: Baseline, *, regions: Mapping[str, str] | None = None, sectors: Mapping[str, str] | None = None
) -> Baseline:
    """The same accounts with regions and sectors joined: label ``old`` becomes ``mapping[old]``.

    A label that a mapping does not list goes where its entry ``*`` says, and keeps its name if there is none. Values
    and jobs add up (jobs of a group are unknown when those of a producing member are), so every identity still holds.
    Tariffs are averaged with border values as weights, export taxes with values at basic prices, trade elasticities
    with cross-border trade, factor shares with value added, investment shares and households with final spending (unknown
    where a member's are). A joined number takes the weakest grade of more than a tenth of it. Trade between joined regions
    becomes trade of the group with itself, and the duties on it stay. Using sectors that join bring their use classes
    together; other use classes stay.

    Raises `InputError` when a mapping names a label that the baseline does not have.
    """
    group_region = Grouping.of(baseline.regions, regions or {}, "region")
    group_sector = Grouping.of(baseline.sectors, sectors or {}, "sector")
    uses, buyer_class, group_use = _use_classes(baseline, group_sector)
    group = {"region": group_region, "importer": group_region, "exporter": group_region}
    group |= {"sector": group_sector, "using_sector": group_sector, "use": group_use}

    def total(values: np.ndarray, dims: Sequence[str]) -> np.ndarray:
        for axis, dim in enumerate(dims):
            values = group[dim].add(values, axis) if dim in group else values  # households keep their fifths
        return values

    def mean(values: np.ndarray, weights: np.ndarray, dims: Sequence[str]) -> np.ndarray:
        """Weighted mean; the simple mean where nothing weighs."""
        simple = total(values, dims) / total(np.ones_like(values), dims)
        weight = total(weights, dims)
        return np.divide(total(values * weights, dims), weight, out=simple, where=weight > 0)

    old = baseline.arrays
    four = VARIABLES["trade"].dims
    arrays = {name: total(old[name], VARIABLES[name].dims) for name in VARIABLES if name not in APART}
    arrays["tariff"] = mean(old["tariff"], baseline.border_value, four)
    arrays["export_tax"] = mean(old["export_tax"], old["trade"].sum(axis=3), four[:3])
    # An export tax is one rate for all uses. Border values by use are kept exactly, so that purchases and duties add
    # up, and sales by use follow at the average tax; their sum over uses does not change.
    arrays["trade"] = total(baseline.border_value, four) / (1 + arrays["export_tax"][..., None])
    foreign = baseline.border_value.sum(axis=3) * ~np.eye(len(baseline.regions), dtype=bool)[..., None]
    arrays["trade_elasticity"] = mean(old["trade_elasticity"], foreign.sum(axis=(0, 1)), ("sector",))
    cell = ("region", "sector")
    for name in JOBS:
        unknown = np.isnan(old[name])
        jobs = total(np.where(unknown & (old["output"] == 0), 0.0, old[name]), cell)
        arrays[name] = np.where(total(~unknown, cell) > 0, jobs, np.nan)
    for name, weight in WEIGHTED.items():
        arrays[name] = mean(old[name], old[weight], cell)
    spending = group_sector.add(old["household_spending"], 1)
    final = np.broadcast_to(old["final_expenditure"].sum(axis=1)[:, None, None], spending.shape)
    weighted = group_region.add(spending * final, 0) / group_region.add(final, 0)
    arrays["household_spending"] = weighted
    grades = {
        name: joined({grade: total(weights * (values == grade), dims) for grade in Grade})
        for name, values in baseline.grades.items()
        for dims, weights in [_graded_by(baseline, name)]
    }
    note = f"added up from {len(baseline.regions)} regions and {len(baseline.sectors)} sectors"
    return Baseline(
        arrays,
        regions=group_region.labels,
        sectors=group_sector.labels,
        uses=uses,
        buyer_class=buyer_class,
        sources={name: f"{source}; {note}" for name, source in baseline.sources.items()},
        attributes={**baseline.attributes, "aggregation": note},
        grades=grades,
    )


def _graded_by(baseline: Baseline, name: str) -> tuple[tuple[str, ...], np.ndarray]:
    """Dimensions of the grades of a variable, and what weighs them: the variable, or what it is a share of."""
    dims = dimensions(name)
    weight = baseline.arrays[{"tariff": "trade", "export_tax": "trade", **WEIGHTED}.get(name, name)]
    if "use" in VARIABLES[name].dims or weight.ndim > len(dims):
        weight = weight.sum(axis=-1)
    return dims, np.nan_to_num(weight)


def select(
    baseline: Baseline, *, regions: Sequence[str] | None = None, sectors: Sequence[str] | None = None
) -> xr.Dataset:
    """Some regions and sectors of a baseline, as a labelled dataset to look at; it is no baseline, nothing balances.

    Raises `InputError` for a label that the baseline does not have. To keep a world that balances, `aggregate` with
    ``{"USA": "USA", "CAN": "CAN", "*": "ROW"}``.
    """
    chosen: dict[str, list[str]] = {}
    for dims, labels in ((("region", "importer", "exporter"), regions), (("sector", "using_sector"), sectors)):
        if labels is not None:
            for label in labels:
                baseline.index(dims[0], label)
            chosen |= {dim: list(labels) for dim in dims}
    return baseline.dataset.sel(chosen)


def read_mapping(path: str | Path) -> dict[str, str]:
    """The mapping in a CSV file with the columns `old` and `new`; raises `InputError` when it is not one."""
    mapping: dict[str, str] = {}
    for line, row in read_table(path, ("old", "new"), "a CSV file with the columns old,new"):
        old, new, where = row["old"], row["new"], f"{named(path)}, line {line}"
        if not old or not new:
            raise InputError(f"{where}: both old and new must be given.")
        if mapping.setdefault(old, new) != new:
            raise InputError(f"{where}: {named(old)} already goes to {named(mapping[old])}, not to {named(new)}.")
    return mapping


class Grouping:
    """Labels joined into fewer: `labels` are the new ones, `position[k]` is where old label ``k`` goes."""

    def __init__(self, new: Iterable[str]) -> None:
        new = list(new)
        self.labels = tuple(dict.fromkeys(new))
        self.position = np.array([self.labels.index(label) for label in new])

    @classmethod
    def of(cls, labels: Sequence[str], mapping: Mapping[str, str], dim: str) -> Grouping:
        """The grouping that a mapping of labels gives; raises `InputError` for a label that is not in `labels`."""
        if unknown := [old for old in mapping if old != REST and old not in labels]:
            raise InputError(f"The mapping names the {dim} {unknown[0]!r}; the baseline has {', '.join(labels)}.")
        return cls(mapping.get(label, mapping.get(REST, label)) for label in labels)

    def add(self, values: np.ndarray, axis: int) -> np.ndarray:
        """Sums of `values` over the members of each group along `axis`."""
        values = np.moveaxis(values, axis, 0)
        sums = [values[self.position == group].sum(axis=0) for group in range(len(self.labels))]
        return np.moveaxis(np.stack(sums), 0, axis)


def _use_classes(baseline: Baseline, sectors: Grouping) -> tuple[list[str], np.ndarray, Grouping]:
    """Use classes after sectors join: those of one new buyer become one class, and so do those they overlap with."""
    new_buyer = np.append(sectors.position, len(sectors.labels))  # final demand stays a buyer of its own
    joined = np.arange(len(baseline.uses))
    for buyer in range(len(sectors.labels) + 1):
        classes = np.unique(joined[baseline.buyer_class[new_buyer == buyer]])
        joined[np.isin(joined, classes)] = classes[0]
    group = Grouping(str(root) for root in joined)
    names = []
    for k in range(len(group.labels)):
        members = group.position == k
        old_names = [name for name, member in zip(baseline.uses, members, strict=True) if member]
        buyers = np.unique(new_buyer[members[baseline.buyer_class]])
        one_sector = len(buyers) == 1 and buyers[0] < len(sectors.labels) and set(old_names) <= set(baseline.sectors)
        names.append(sectors.labels[buyers[0]] if one_sector else "+".join(old_names))
    buyer_class = np.empty(len(sectors.labels) + 1, dtype=int)
    buyer_class[new_buyer] = group.position[baseline.buyer_class]
    return names, buyer_class, group
