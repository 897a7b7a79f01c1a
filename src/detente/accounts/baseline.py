"""`Baseline`: the world as measured, one validated object and one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.accounts.grades import validated
from detente.accounts.labelled_array import Edge, LabelledArray
from detente.accounts.schema import DIMENSIONS, FIFTHS, VARIABLES
from detente.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

Array = np.ndarray


def _labelled(*dims: str, units: str = "million USD a year") -> Callable[[Any], Callable[[Any], LabelledArray]]:
    """A derived variable of a baseline, with the labels of its dimensions."""

    def with_labels(method: Callable[[Baseline], Array]) -> Callable[[Baseline], LabelledArray]:
        @wraps(method)
        def labelled(self: Baseline) -> LabelledArray:
            text = (method.__doc__ or "").partition(" [")[0]
            return self._view(method.__name__, dims, method(self), {"units": units, "long_name": text})

        return labelled

    return with_labels


class Baseline:
    """Balanced accounts of the world economy in one year.

    Values are in million USD a year, rates are fractions, employment is in thousand jobs. The variables and their
    dimensions are those of `detente.accounts.schema`; each is an attribute, an array that knows its labels
    (``baseline.output.sel(region="CAN")``), and `dataset` gives them all as one labelled `xarray.Dataset`. A baseline does
    not change: its arrays are read-only, and `replace` makes another.

    The buyers of a product are grouped in *use classes* that share one sourcing pattern: `buyer_class[k]` is the
    position in `uses` of using sector ``k``, and its last entry that of final demand.

    `grades` says how each number was obtained: variable to an array over its dimensions without `use`, codes of
    `detente.accounts.grades.Grade`; a variable that is not there is not graded.

    Raises `InputError` when a variable is missing, unknown or has the wrong shape. Adding-up is proved by `check`.

    Example:
        >>> import detente as dt
        >>> world = dt.load("toy")
        >>> world.check()
        >>> world.tariff.sel(importer="AAA", exporter="BBB", sector="goods").values.tolist()
        [0.05, 0.05]
        >>> world.gdp.to_frame().round(1)["gdp"].to_dict()
        {'AAA': 101.4, 'BBB': 71.0, 'CCC': 37.6}
    """

    def __init__(
        self,
        arrays: Mapping[str, Array],
        *,
        regions: Sequence[str],
        sectors: Sequence[str],
        uses: Sequence[str],
        buyer_class: Sequence[int] | Array,
        sources: Mapping[str, str] | None = None,
        attributes: Mapping[str, Any] | None = None,
        grades: Mapping[str, Array] | None = None,
    ) -> None:
        self.regions = tuple(regions)
        self.sectors = tuple(sectors)
        self.uses = tuple(uses)
        self.buyer_class = np.asarray(buyer_class, dtype=int)
        self.sources = dict(sources or {})
        self.attributes = dict(attributes or {})
        for dim in ("region", "sector", "use"):
            if twice := [label for label, count in Counter(self.labels(dim)).items() if count > 1]:
                raise InputError(f"The {dim} {twice[0]!r} appears more than once; give each {dim} its own label.")
        self.arrays = {name: self._validated(name, arrays.get(name)) for name in VARIABLES}
        if unknown := sorted(set(arrays) - set(VARIABLES)):
            raise InputError(f"Unknown baseline variable {unknown[0]!r}; the variables are {', '.join(VARIABLES)}.")
        if self.buyer_class.shape != (len(self.sectors) + 1,) or set(self.buyer_class) != set(range(len(self.uses))):
            raise InputError(
                f"buyer_class must give a use class (0 to {len(self.uses) - 1}, each at least once) for each of the "
                f"{len(self.sectors)} using sectors and for final demand; it has shape {self.buyer_class.shape}."
            )
        self.grades = {name: validated(self, name, values) for name, values in (grades or {}).items()}

    def _validated(self, name: str, values: Array | None) -> Array:
        variable = VARIABLES[name]
        shape = tuple(self.size(dim) for dim in variable.dims)
        if values is None:
            if variable.default is None:
                raise InputError(f"The baseline lacks {name} ({variable.description}).")
            return np.full(shape, variable.default)
        values = np.asarray(values, dtype=np.float64)
        if values.shape != shape:
            raise InputError(f"{name} has shape {values.shape}; {variable.dims} asks for {shape}.")
        values = values.view()
        values.flags.writeable = False  # what follows from the values is computed once
        return values

    # -- labels --------------------------------------------------------------------------------------------------------

    def size(self, dim: str) -> int:
        """Length of a dimension."""
        return len(self.labels(dim))

    def labels(self, dim: str) -> tuple[str, ...]:
        """Labels of a dimension (`region`, `importer`, `exporter`, `sector`, `using_sector`, `use` or `fifth`)."""
        if dim in ("region", "importer", "exporter"):
            return self.regions
        if dim in ("sector", "using_sector"):
            return self.sectors
        if dim == "use":
            return self.uses
        if dim == "fifth":
            return FIFTHS
        raise InputError(f"Unknown dimension {dim!r}; the dimensions are {', '.join(DIMENSIONS)}.")

    def index(self, dim: str, label: str) -> int:
        """Position of a label; raises `InputError` naming the allowed labels."""
        try:
            return self.labels(dim).index(label)
        except ValueError:
            allowed = ", ".join(self.labels(dim))
            raise InputError(f"Unknown {dim} {label!r}; the baseline has {allowed}.") from None

    # -- variables and what follows from them --------------------------------------------------------------------------

    if TYPE_CHECKING:  # one for each variable of the schema (a test compares), so that a misspelt name is found
        trade: LabelledArray
        tariff: LabelledArray
        export_tax: LabelledArray
        output: LabelledArray
        value_added: LabelledArray
        input_expenditure: LabelledArray
        final_expenditure: LabelledArray
        deficit: LabelledArray
        employment: LabelledArray
        employment_total: LabelledArray
        labour_share: LabelledArray
        capital_share: LabelledArray
        resource_share: LabelledArray
        investment_share: LabelledArray
        household_spending: LabelledArray
        trade_elasticity: LabelledArray
    else:

        def __getattr__(self, name: str) -> LabelledArray:
            if name in VARIABLES and "arrays" in self.__dict__:
                return self._view(name, VARIABLES[name].dims, self.arrays[name], self._attributes_of(name))
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _view(self, name: str, dims: tuple[str, ...], values: Array, attributes: Mapping[str, str]) -> LabelledArray:
        return LabelledArray.of(values, Edge(name, dims, {dim: self.labels(dim) for dim in dims}, attributes))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *VARIABLES})

    @cached_property
    @_labelled("importer", "exporter", "sector", "use")
    def border_value(self) -> Array:
        """Trade at the border, export tax included [importer, exporter, sector, use], million USD."""
        return self.arrays["trade"] * (1 + self.arrays["export_tax"][..., None])

    @cached_property
    @_labelled("importer", "exporter", "sector", "use")
    def expenditure(self) -> Array:
        """Bilateral spending, duties included [importer, exporter, sector, use], million USD."""
        return self.border_value * (1 + self.arrays["tariff"])

    @cached_property
    @_labelled("importer", "exporter", "sector", "use", units="fraction")
    def expenditure_share(self) -> Array:
        """Share of each exporter in a buyer's spending [importer, exporter, sector, use]; 0 where none is spent."""
        total = self.expenditure.sum(axis=1, keepdims=True)
        return np.divide(self.expenditure, total, out=np.zeros_like(self.expenditure), where=total > 0)

    @cached_property
    @_labelled("region", "sector", "use")
    def demand(self) -> Array:
        """What buyers spend, inputs and final demand together [region, sector, use], million USD."""
        demand = np.zeros((len(self.regions), len(self.sectors), len(self.uses)))
        for using_sector, use in enumerate(self.buyer_class[:-1]):
            demand[:, :, use] += self.arrays["input_expenditure"][:, :, using_sector]
        demand[:, :, self.buyer_class[-1]] += self.arrays["final_expenditure"]
        return demand

    @cached_property
    @_labelled("region", "sector", units="fraction")
    def value_added_share(self) -> Array:
        """Value added over output [region, sector]; 1 where nothing is produced."""
        output = self.arrays["output"]
        return np.divide(self.arrays["value_added"], output, out=np.ones_like(output), where=output > 0)

    @cached_property
    @_labelled("region", "sector", "using_sector", units="fraction")
    def input_coefficient(self) -> Array:
        """Spending on inputs over the using sector's output [region, sector, using_sector]."""
        output = self.arrays["output"][:, None, :]
        inputs = self.arrays["input_expenditure"]
        return np.divide(inputs, output, out=np.zeros_like(inputs), where=output > 0)

    @cached_property
    @_labelled("region", "sector", units="fraction")
    def final_share(self) -> Array:
        """Share of each sector in final spending [region, sector]."""
        final = self.arrays["final_expenditure"]
        return final / final.sum(axis=1, keepdims=True)

    @cached_property
    @_labelled("region")
    def income(self) -> Array:
        """Final spending: factor income, tariff and export-tax revenue and the deficit [region], million USD."""
        return self.arrays["final_expenditure"].sum(axis=1)

    @cached_property
    @_labelled("region")
    def tariff_revenue(self) -> Array:
        """Import duties collected [region], million USD."""
        return (self.border_value * self.arrays["tariff"]).sum(axis=(1, 2, 3))

    @cached_property
    @_labelled("region")
    def gdp(self) -> Array:
        """GDP: value added and duties on imports and exports [region], million USD."""
        export_tax = (self.arrays["trade"] * self.arrays["export_tax"][..., None]).sum(axis=(0, 2, 3))
        return self.arrays["value_added"].sum(axis=1) + self.tariff_revenue + export_tax

    # -- proof, file, labelled view ------------------------------------------------------------------------------------

    def check(self, tolerance: float = 1e-9) -> None:
        """Prove every accounting identity to `tolerance`, relative; raise `InputError` naming the worst cells."""
        from detente.accounts.identities import violations

        if found := violations(self, tolerance):
            shown = "\n  ".join(str(violation) for violation in found[:10])
            more = f"\n  and {len(found) - 10} more" if len(found) > 10 else ""
            raise InputError(f"The accounts do not add up:\n  {shown}{more}")

    @cached_property
    def dataset(self) -> xr.Dataset:
        """Every variable, labelled, with unit, description and source as attributes (shares the arrays' memory)."""
        import xarray as xr

        variables = {
            name: (variable.dims, self.arrays[name], self._attributes_of(name)) for name, variable in VARIABLES.items()
        }
        coordinates = {dim: (dim, list(self.labels(dim)), {"long_name": text}) for dim, text in DIMENSIONS.items()}
        dataset = xr.Dataset(variables, coordinates, attrs=self.attributes)
        dataset["buyer_class"] = (
            "buyer",
            self.buyer_class,
            {"long_name": "use class of each using sector; last: final"},
        )
        return dataset

    def _attributes_of(self, name: str) -> dict[str, str]:
        variable = VARIABLES[name]
        return {
            "units": variable.units,
            "long_name": variable.description,
            "source": self.sources.get(name, "not stated"),
        }

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> Baseline:
        """The baseline held by a labelled dataset, as `dataset` gives it."""
        names = [name for name in VARIABLES if name in dataset]
        return cls(
            {name: dataset[name].transpose(*VARIABLES[name].dims).values for name in names},
            regions=[str(r) for r in dataset["region"].values],
            sectors=[str(s) for s in dataset["sector"].values],
            uses=[str(u) for u in dataset["use"].values],
            buyer_class=dataset["buyer_class"].values,
            sources={name: str(dataset[name].attrs.get("source", "not stated")) for name in names},
            attributes=dict(dataset.attrs),
        )

    def save(self, path: str | Path) -> None:
        """Write one netCDF-4 file, which any netCDF tool can read."""
        from detente.accounts.storage import write

        write(self, Path(path))

    @classmethod
    def open(cls, path: str | Path) -> Baseline:
        """Read a file written by `save`; raises `InputError` when it is not one."""
        from detente.accounts.storage import read

        return read(Path(path))

    def replace(self, **arrays: Array) -> Baseline:
        """A copy with some variables replaced (`arrays` by name); labels, sources and attributes stay."""
        return Baseline(
            {**self.arrays, **arrays},
            regions=self.regions,
            sectors=self.sectors,
            uses=self.uses,
            buyer_class=self.buyer_class,
            sources=self.sources,
            attributes=self.attributes,
            grades=self.grades,
        )

    def __repr__(self) -> str:
        title = self.attributes.get("title", "baseline")
        return f"<Baseline {title}: {len(self.regions)} regions, {len(self.sectors)} sectors, {len(self.uses)} uses>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then GDP, trade and mean tariff by region."""
        from html import escape

        import pandas as pd

        abroad = ~np.eye(len(self.regions), dtype=bool)[:, :, None, None]
        value = np.asarray(self.border_value) * abroad
        imports = value.sum(axis=(1, 2, 3))
        duties = (value * self.arrays["tariff"]).sum(axis=(1, 2, 3))
        table = pd.DataFrame(
            {
                "GDP, billion USD": np.asarray(self.gdp) / 1000,
                "imports, billion USD": imports / 1000,
                "exports, billion USD": value.sum(axis=(0, 2, 3)) / 1000,
                "duties over imports, percent": 100 * duties / np.where(imports > 0, imports, 1.0),
            },
            index=pd.Index(self.regions, name="region"),
        )
        return f"<p>{escape(repr(self))}</p>{table.round(1).to_html()}"
