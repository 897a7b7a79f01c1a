"""One netCDF-4 file per baseline: self-describing, compressed, read by every language and by `xarray.open_dataset`.

Chosen over zarr, which is a folder of many files: a baseline has to travel as one attachment. The file is written and
read through h5netcdf alone, so that opening one does not import pandas (a quarter of a command's start-up).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.grades import Grade, dimensions
from detente.accounts.schema import DIMENSIONS, VARIABLES
from detente.errors import InputError

FORMAT = "detente-baseline-1"
GRADE = "grade_of_"  # what the names of the variables that hold grades begin with


def write(baseline: Baseline, path: Path) -> None:
    """Write `baseline` to `path` as netCDF-4, compressed without loss; raises `InputError` where it cannot.

    The file appears whole or not at all: it is written beside its place and then moved there.
    """
    for key, value in baseline.attributes.items():
        if not isinstance(value, str | int | float):
            raise InputError(f"The attribute {key} is a {type(value).__name__}; a file holds text and numbers only.")
    unfinished = path.with_name(path.name + ".part")
    try:
        file = h5netcdf.File(unfinished, "w")
    except OSError as error:
        raise InputError(f"Cannot write {path} ({error}); give a path in a folder that exists.") from None
    with file:
        file.attrs.update({**baseline.attributes, "format": FORMAT})
        for dim, text in DIMENSIONS.items():
            file.dimensions[dim] = baseline.size(dim)
            labels = np.array(baseline.labels(dim), dtype=object)
            file.create_variable(dim, (dim,), dtype=h5py.string_dtype(), data=labels).attrs["long_name"] = text
        file.dimensions["buyer"] = len(baseline.buyer_class)
        classes = file.create_variable("buyer_class", ("buyer",), data=baseline.buyer_class)
        classes.attrs["long_name"] = "use class of each using sector, in their order; last: of final demand"
        for name, variable in VARIABLES.items():
            values = baseline.arrays[name]
            stored = file.create_variable(
                name, variable.dims, data=values, compression="gzip", compression_opts=6, shuffle=True
            )
            stored.attrs["units"] = variable.units
            stored.attrs["long_name"] = variable.description
            stored.attrs["source"] = baseline.sources.get(name, "not stated")
        for name, grades in baseline.grades.items():
            stored = file.create_variable(
                GRADE + name, dimensions(name), data=grades, compression="gzip", compression_opts=6, shuffle=True
            )
            stored.attrs["flag_values"] = np.array(list(Grade), dtype=np.uint8)
            stored.attrs["flag_meanings"] = " ".join(grade.name.lower() for grade in Grade)
            stored.attrs["long_name"] = f"how {name} was obtained"
    unfinished.replace(path)


def read(path: Path) -> Baseline:
    """Read a baseline; raises `InputError` when the file is absent or is not one."""
    if not path.is_file():
        raise InputError(
            f"There is no baseline file at {path}; give a name such as world-2024 or the path of a .nc file."
        )
    try:
        # No lock: files are replaced whole, and some file systems that are only read from cannot lock.
        file = h5netcdf.File(path, "r", decode_vlen_strings=True, locking=False)
    except OSError as error:
        raise InputError(f"{path} is not a netCDF-4 file ({error}); expected one written by Baseline.save.") from None
    with file:
        if file.attrs.get("format") != FORMAT:
            raise InputError(f"{path} is a netCDF file but not a baseline: its attribute format is not {FORMAT!r}.")
        if absent := [name for name in ("region", "sector", "use", "buyer_class") if name not in file.variables]:
            raise InputError(f"{path} is not a whole baseline: it lacks {absent[0]}.")
        present = [name for name in VARIABLES if name in file.variables]
        return Baseline(
            {name: file.variables[name][...] for name in present},
            regions=[str(label) for label in file.variables["region"][...]],
            sectors=[str(label) for label in file.variables["sector"][...]],
            uses=[str(label) for label in file.variables["use"][...]],
            buyer_class=file.variables["buyer_class"][...],
            sources={name: str(file.variables[name].attrs.get("source", "not stated")) for name in present},
            attributes={key: _plain(value) for key, value in file.attrs.items() if key != "format"},
            grades={name: file.variables[GRADE + name][...] for name in VARIABLES if GRADE + name in file.variables},
        )


def _plain(value: Any) -> Any:
    """A Python number or text in place of a NumPy scalar."""
    return value.item() if isinstance(value, np.generic) else value
