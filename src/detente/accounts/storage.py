"""One netCDF-4 file per baseline: self-describing, compressed, read by every language and by `xarray.open_dataset`.

Chosen over zarr, which is a folder of many files: a baseline has to travel as one attachment. The file is written through
h5netcdf and read through h5py alone, so that opening one does not import pandas (a quarter of a command's start-up). After
its end comes a seal (`detente.files.sealed`), which netCDF tools pass over and by which a changed bit is found before it is
read.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np

from detente.accounts.baseline import Baseline
from detente.accounts.grades import Grade, dimensions
from detente.accounts.schema import DIMENSIONS, VARIABLES
from detente.errors import InputError
from detente.files import cannot_write, clear_unfinished, has_seal, opened, sealed, write_whole
from detente.text import control_character, named

FORMAT = "detente-baseline-1"
GRADE = "grade_of_"  # what the names of the variables that hold grades begin with


def write(baseline: Baseline, path: Path) -> None:
    """Write `baseline` to `path` as netCDF-4, compressed without loss; raises `InputError` where it cannot.

    It is made in memory, since HDF5 ends the process when its disk is full, and appears whole or not at all.
    """
    for key, value in baseline.attributes.items():
        if not isinstance(value, str | int | float):
            raise InputError(f"The attribute {key} is a {type(value).__name__}; a file holds text and numbers only.")
    made = io.BytesIO()
    with h5netcdf.File(made, "w") as file:
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
    clear_unfinished(path.parent)
    try:
        write_whole(path, sealed(made.getvalue()))
    except OSError as error:
        raise cannot_write(path, error) from None


def read(path: Path) -> Baseline:
    """Read a baseline; raises `InputError` when the file is absent or is not one."""
    name = named(path)
    try:
        there = path.is_file()
    except (OSError, ValueError):  # a name too long, or with NUL
        there = False
    if not there:
        raise InputError(
            f"There is no baseline file at {name}; give a name such as world-2024 or the path of a .nc file."
        )
    try:
        data = path.read_bytes()
        if has_seal(data) and opened(data) is None:
            raise InputError(f"{name} is damaged: it is not what was written. Take another copy, or make it again.")
        # No lock: files are replaced whole, and some file systems that are only read from cannot lock.
        with h5py.File(path, "r", locking=False) as file:
            return _baseline(file, name)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{name} is not a netCDF-4 file ({error}); expected one written by Baseline.save.") from None
    except Exception as error:  # whatever HDF5 makes of a damaged file: many kinds, none of them of use to the reader
        raise InputError(
            f"{name} is damaged or no baseline ({named(error)}); take another copy, or make it again."
        ) from None


def _baseline(file: h5py.File, name: str) -> Baseline:
    # Read by h5py: h5netcdf prints a traceback of its own where a file is damaged.
    attributes = {key: _plain(value) for key, value in file.attrs.items() if not key.startswith("_")}
    if attributes.pop("format", None) != FORMAT:
        raise InputError(f"{name} is a netCDF file but not a baseline: its attribute format is not {FORMAT!r}.")
    if absent := [part for part in ("region", "sector", "use", "buyer_class") if part not in file]:
        raise InputError(f"{name} is not a whole baseline: it lacks {absent[0]}.")
    present = [variable for variable in VARIABLES if variable in file]
    texts = {dim: [str(label) for label in file[dim].asstr()[...]] for dim in ("region", "sector", "use")}
    sources = {variable: str(_plain(file[variable].attrs.get("source", "not stated"))) for variable in present}
    for text in (*(label for labels in texts.values() for label in labels), *sources.values(), *attributes.values()):
        if isinstance(text, str) and (found := control_character(text)):
            raise InputError(f"{name} holds the control character {found} in a label, a source or an attribute.")
    return Baseline(
        {variable: file[variable][...] for variable in present},
        regions=texts["region"],
        sectors=texts["sector"],
        uses=texts["use"],
        buyer_class=file["buyer_class"][...],
        sources=sources,
        attributes=attributes,
        grades={variable: file[GRADE + variable][...] for variable in VARIABLES if GRADE + variable in file},
    )


def _plain(value: Any) -> Any:
    """A Python number or text in place of NumPy's."""
    return (
        value.item() if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.size == 1) else value
    )
