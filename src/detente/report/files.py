"""What `--out` leaves in a folder: the results as JSON and netCDF, and the report."""

from __future__ import annotations

import io
import json
from pathlib import Path

from detente.files import claimed, sealed, write_together
from detente.report.html import render
from detente.report.language import ENGLISH, Language
from detente.study.run import Study


def write(study: Study, folder: Path, language: Language = ENGLISH) -> None:
    """Write results.json, results.nc and, in `language`, report.html; raises `InputError` when the folder cannot be written."""
    data = io.BytesIO()
    study.result.dataset.assign_attrs(study.provenance.record()).to_netcdf(data, engine="h5netcdf")
    with claimed(folder):
        write_together(
            folder,
            {
                "results.json": json.dumps(study.to_json(), indent=1),
                "report.html": render(study, language),
                "results.nc": sealed(data.getvalue()),
            },
        )
