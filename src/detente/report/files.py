"""What `--out` leaves in a folder: the results as JSON and netCDF, and the report."""

from __future__ import annotations

import json
from pathlib import Path

from detente.files import cannot_write, claimed, sealed, write_together, write_whole
from detente.report.html import render
from detente.report.language import ENGLISH, Language
from detente.study.run import Study


def write(study: Study, folder: Path, language: Language = ENGLISH) -> None:
    """Write results.json, results.nc and, in `language`, report.html; raises `InputError` when the folder cannot be written."""
    with claimed(folder):
        write_together(
            folder,
            {
                "results.json": json.dumps(study.to_json(), indent=1),
                "report.html": render(study, language),
                "results.nc": sealed(study.as_netcdf()),
            },
        )


def write_file(study: Study, path: Path, language: Language = ENGLISH) -> None:
    """Write one file, the results (.json) or the report (.html); raises `InputError` where it cannot be written."""
    try:
        write_whole(path, render(study, language) if path.suffix == ".html" else json.dumps(study.to_json(), indent=1))
    except OSError as error:
        raise cannot_write(path, error) from None
