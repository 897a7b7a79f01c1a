"""A baseline as plain tables: one long, tidy CSV or Parquet file per variable, each with its unit and source."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.schema import DIMENSIONS, VARIABLES
from detente.errors import InputError
from detente.files import write_together

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("csv", "parquet")


def export(baseline: Baseline, folder: str | Path, file_format: str = "csv") -> list[Path]:
    """Write every variable of `baseline` to `folder`, one file each, with a README.md; return the paths.

    A table has one column per dimension and one called `value`; cells that are zero (unknown, for employment) are left
    out. Unit, meaning and source lead the CSV file as lines that start with ``#``, and are schema metadata in Parquet.
    Raises `InputError` for an unknown format or a folder that already holds files.
    """
    if file_format not in FORMATS:
        raise InputError(f"Unknown format {file_format!r}; choose {' or '.join(FORMATS)}.")
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} already exists and is not an empty folder; give a new folder.")
    files = {
        f"{name}.{file_format}": _content(tidy(baseline, name), file_format, _notes(baseline, name))
        for name in VARIABLES
    }
    classes = {"description": "use class of each buyer: using sectors, then final demand"}
    files[f"buyers.{file_format}"] = _content(_buyers(baseline), file_format, classes)
    files["README.md"] = _readme(baseline, file_format).encode()
    write_together(folder, files)
    return [folder / name for name in files]


def tidy(baseline: Baseline, name: str) -> pd.DataFrame:
    """One variable as a long table: a column per dimension, and `value`; zero and unknown cells are left out."""
    import pandas as pd

    if name not in VARIABLES:
        raise InputError(f"Unknown baseline variable {name!r}; the variables are {', '.join(VARIABLES)}.")
    values = baseline.arrays[name]
    listed = (values != 0) & ~np.isnan(values)
    columns = {
        dim: np.array(baseline.labels(dim))[position]
        for dim, position in zip(VARIABLES[name].dims, np.nonzero(listed), strict=True)
    }
    return pd.DataFrame({**columns, "value": values[listed]})


def _buyers(baseline: Baseline) -> pd.DataFrame:
    import pandas as pd

    classes = [baseline.uses[k] for k in baseline.buyer_class]
    return pd.DataFrame({"buyer": [*baseline.sectors, "final demand"], "use": classes})


def _notes(baseline: Baseline, name: str) -> dict[str, str]:
    variable = VARIABLES[name]
    absent = "unknown" if variable.default is not None and np.isnan(variable.default) else "zero"
    return {
        "description": variable.description,
        "units": variable.units,
        "source": baseline.sources.get(name, "not stated"),
        "cells not listed": absent,
    }


def _content(table: pd.DataFrame, file_format: str, notes: Mapping[str, str]) -> bytes:
    if file_format == "csv":
        head = "".join(f"# {key}: {' '.join(text.split())}\n" for key, text in notes.items())
        return (head + table.to_csv(index=False, lineterminator="\n")).encode()
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrow = pa.Table.from_pandas(table, preserve_index=False)
    buffer = io.BytesIO()
    checked = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), **notes})
    pq.write_table(checked, buffer, write_page_checksum=True)  # read with page_checksum_verification=True
    return buffer.getvalue()


def _readme(baseline: Baseline, file_format: str) -> str:
    title = baseline.attributes.get("title", "baseline")
    lines = [
        f"# {title}: the accounts as tables",
        "",
        f"{len(baseline.regions)} regions, {len(baseline.sectors)} sectors, {len(baseline.uses)} use classes. "
        "Values in million USD a year; rates are fractions (0.25 is 25 percent).",
        "",
        *(f"- {key}: {value}" for key, value in baseline.attributes.items()),
        "",
        "| file | columns | unit | meaning | cells not listed | source |",
        "|---|---|---|---|---|---|",
    ]
    for name, variable in VARIABLES.items():
        notes = _notes(baseline, name)
        lines.append(
            f"| `{name}.{file_format}` | {', '.join(variable.dims)}, value | {notes['units']} | {notes['description']} "
            f"| {notes['cells not listed']} | {notes['source']} |"
        )
    lines += [f"| `buyers.{file_format}` | buyer, use | | use class of each buyer | | |", "", "Dimensions:", ""]
    lines += [f"- `{dim}`: {text}" for dim, text in DIMENSIONS.items()]
    return "\n".join(lines) + "\n"
