"""`LabelledOutcomes`: outcomes by name - as labelled arrays, as tables, as a chart, as a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from detente.csv_sidecar import ENDING, sidecar
from detente.errors import InputError
from detente.files import cannot_write, write_whole
from detente.text import shown

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    import xarray as xr

By = Literal["region", "sector", "flow"]
#: What a table has a row for -> the dimensions of the outcomes in it.
ROWS: dict[By, tuple[str, ...]] = {
    "region": ("region",),
    "sector": ("region", "sector"),
    "flow": ("importer", "exporter", "sector"),
}
#: Columns of the long table, and what they hold.
CSV_COLUMNS = {
    "outcome": "name of the outcome",
    "unit": "unit of the value",
    "scenario": "scenario, where several stand side by side",
    "bound": "end of the range",
    "region": "region, for outcomes by region",
    "partner": "partner, for outcomes by pair of regions",
    "importer": "importing region, for flows",
    "exporter": "exporting region, for flows",
    "sector": "sector, for outcomes by sector and flows",
    "value": "the outcome, in the unit of its row",
}
#: What may stand in front of them: several scenarios side by side, or the bounds of a range.
EXTRA = {"scenario": "scenarios", "bound": "bounds"}
#: Who draws, by name: like the plotting backend of pandas, it stands to the right and is found when it is asked.
CHARTS = "detente.report.outcome_chart"


class LabelledOutcomes:
    """Outcomes by name, each a labelled array with its unit; `dataset` has them all.

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> result = economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", rate=0.5))
        >>> result.welfare.sel(region="BBB").item() < 0
        True
        >>> result.to_frame()[["welfare", "real_wage"]].shape
        (3, 2)
    """

    if TYPE_CHECKING:  # one for each outcome (a test compares), so that a misspelt name is found
        welfare: xr.DataArray
        welfare_musd: xr.DataArray
        real_income: xr.DataArray
        real_gdp: xr.DataArray
        real_gdp_fisher: xr.DataArray
        consumption: xr.DataArray
        real_wage: xr.DataArray
        unemployment: xr.DataArray
        jobs_kjobs: xr.DataArray
        jobs_lost_kjobs: xr.DataArray
        consumer_price: xr.DataArray
        exchange_rate: xr.DataArray
        import_pass_through: xr.DataArray
        trade_balance_musd: xr.DataArray
        exports: xr.DataArray
        imports: xr.DataArray
        tariff_revenue_musd: xr.DataArray
        tariff_revenue_change_musd: xr.DataArray
        export_tax_revenue_musd: xr.DataArray
        quota_rents_musd: xr.DataArray
        terms_of_trade: xr.DataArray
        terms_of_trade_by_partner: xr.DataArray
        volume_of_trade: xr.DataArray
        output: xr.DataArray
        producer_price: xr.DataArray
        price: xr.DataArray
        employment: xr.DataArray
        employment_kjobs: xr.DataArray
        sector_unemployment: xr.DataArray
        sector_wage: xr.DataArray
        value_added: xr.DataArray
        sector_exports: xr.DataArray
        sector_imports: xr.DataArray
        bilateral: xr.DataArray
        bilateral_musd: xr.DataArray
    else:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or name == "dataset" or name not in self.dataset:
                raise AttributeError(f"{type(self).__name__} has no {name!r}; its outcomes are {self._names()}.")
            return self.dataset[name]

    def __init__(self, dataset: xr.Dataset) -> None:
        self.dataset = dataset

    def _names(self) -> str:
        return ", ".join(map(str, self.dataset))

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *map(str, self.dataset)})

    def to_frame(self, by: By = "region") -> pd.DataFrame:
        """The outcomes by `region`, by region and `sector`, or by `flow` (importer, exporter, sector): one column each.

        Several scenarios, or the bounds of a range, come first in the index. The units are in ``frame.attrs["units"]``.
        Raises `InputError` for another `by`.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> result = economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", rate=0.5))
            >>> bool(result.to_frame("sector").loc[("BBB", "goods"), "output"] < 0)
            True
        """
        if not isinstance(by, str) or by not in ROWS:
            raise InputError(f"A table has rows by {', '.join(ROWS)}; {by!r} is none of them.")
        wanted = {name: array for name, array in self.dataset.items() if set(array.dims) - {*EXTRA} == {*ROWS[by]}}
        if not wanted:
            raise InputError(f"There is nothing by {by} here; there is {self._names()}.")
        chosen = self.dataset[list(wanted)]
        frame = chosen.to_dataframe(dim_order=[*(dim for dim in EXTRA if dim in chosen.dims), *ROWS[by]])
        frame.attrs["units"] = {str(name): str(array.attrs.get("units", "")) for name, array in chosen.items()}
        return frame

    def plot(self, outcome: str = "welfare", *, region: str | None = None) -> alt.Chart | alt.LayerChart:
        """A bar chart of one outcome by region or, for a `region`, by sector; ``chart.save("figure.svg")`` keeps it.

        Scenarios stand side by side, ranges are drawn as lines. Raises `InputError` for an outcome that there is not.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> result = economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", rate=0.5))
            >>> result.plot("output", region="AAA").to_dict()["mark"]["type"]
            'bar'
        """
        chart: alt.Chart | alt.LayerChart = import_module(CHARTS).chart(self, outcome, region)
        return chart

    def save(self, path: str | Path) -> None:
        """Write a netCDF file (.nc, which `dt.open` reads) or one long table (.csv), with what the numbers rest on.

        The table is plain; its columns and what it rests on are in NAME.csv-metadata.json beside it.

        Raises `InputError` for another kind of file or a place that cannot be written.

        Example:
            >>> import detente as dt, tempfile
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     economy.solve(economy.status_quo()).save(f"{folder}/nothing.nc")
            ...     dt.open(f"{folder}/nothing.nc").welfare.sizes["region"]
            3
        """
        path = Path(path)
        if path.suffix not in (".nc", ".csv"):
            raise InputError(f"Cannot tell what to write from {path.name!r}; end it in .nc or .csv.")
        try:
            if path.suffix == ".nc":
                write_whole(path, self.as_netcdf())
            else:
                columns = self._csv_columns()
                record = {str(key): str(value) for key, value in self.dataset.attrs.items()}
                write_whole(path, self._as_csv(list(columns)))
                write_whole(path.with_name(path.name + ENDING), sidecar(path.name, columns, record))
        except OSError as error:
            raise cannot_write(path, error) from None

    def as_netcdf(self) -> bytes:
        """The bytes of the netCDF file."""
        data = io.BytesIO()
        self.dataset.to_netcdf(data, engine="h5netcdf")
        return data.getvalue()

    def _csv_columns(self) -> dict[str, str]:
        """The columns of the long table and what they hold, those that tell scenarios or bounds apart where there are some."""
        return {name: said for name, said in CSV_COLUMNS.items() if name not in EXTRA or name in self.dataset.dims}

    def _as_csv(self, columns: list[str]) -> str:
        import pandas as pd

        parts = []
        for name, array in self.dataset.items():
            table = array.to_dataframe(name="value").reset_index()
            parts.append(table.assign(outcome=str(name), unit=array.attrs.get("units", "")))
        long = pd.concat(parts).reindex(columns=columns).dropna(subset=["value"])
        return long.to_csv(index=False, lineterminator="\n")

    @classmethod
    def open(cls, path: str | Path) -> LabelledOutcomes:
        """The outcomes in a file written by `save`, or in the folder of ``detente run --out``; raises `InputError`."""
        import xarray as xr

        if not isinstance(path, str | Path):
            raise InputError(f"Results are opened from a path, not from {shown(path)}.")
        file = Path(path) / "results.nc" if Path(path).is_dir() else Path(path)
        try:
            dataset = xr.load_dataset(file, engine="h5netcdf")
        except (OSError, ValueError) as error:
            raise InputError(
                f"Cannot read results from {file} ({error}); give a .nc file of outcomes or the folder of --out."
            ) from None
        return LabelledOutcomes(dataset)

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then the outcomes by region."""
        from html import escape

        return f"<p>{escape(repr(self))}</p>{self.to_frame().round(3).to_html()}"

    def __repr__(self) -> str:
        title = self.dataset.attrs.get("title") or self.dataset.attrs.get("baseline") or "outcomes"
        if "welfare" not in self.dataset:
            return f"<{type(self).__name__} of {title}>"
        if beside := [f"{self.dataset.sizes[dim]} {EXTRA[dim]}" for dim in EXTRA if dim in self.dataset.dims]:
            return f"<{type(self).__name__} of {title}: {', '.join(beside)}, {len(self.dataset)} outcomes>"
        welfare = self.dataset.welfare.to_series()
        order = welfare.sort_values()
        ends = f"from {order.iloc[0]:+.3f} ({order.index[0]}) to {order.iloc[-1]:+.3f} percent ({order.index[-1]})"
        return f"<{type(self).__name__} of {title}: welfare {ends}>"


def open_outcomes(path: str | Path) -> LabelledOutcomes:
    """The outcomes in a .nc file written by `Result.save`, or in the folder of ``detente run --out``; raises `InputError`.

    Example:
        >>> import detente as dt, tempfile
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     economy.solve(economy.status_quo().set(importer="AAA", rate=0.3)).save(f"{folder}/thirty.nc")
        ...     dt.open(f"{folder}/thirty.nc")
        <LabelledOutcomes of toy: welfare from -3.038 (CCC) to +1.259 percent (AAA)>
    """
    return LabelledOutcomes.open(path)


def side_by_side(outcomes: Mapping[str, LabelledOutcomes]) -> LabelledOutcomes:
    """Outcomes of several questions in one, by name, along the dimension `scenario`.

    Raises `InputError` when they are of worlds with other regions or sectors.
    """
    import pandas as pd
    import xarray as xr

    datasets = [one.dataset for one in outcomes.values()]
    for name, dataset in zip(outcomes, datasets, strict=True):
        for dim in ("region", "sector"):
            if not dataset[dim].equals(datasets[0][dim]):
                raise InputError(
                    f"{name!r} has other {dim}s than {next(iter(outcomes))!r}; compare answers on one world."
                )
    beside = xr.concat(datasets, pd.Index(list(outcomes), name="scenario"), combine_attrs="drop_conflicts")
    return LabelledOutcomes(beside)
