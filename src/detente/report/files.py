"""What `--out` leaves in a folder: the results as JSON and netCDF, and the report."""

from __future__ import annotations

import json
from pathlib import Path

from detente.errors import InputError
from detente.report.html import render
from detente.report.language import ENGLISH, Language
from detente.study.provenance import provenance
from detente.study.run import Study


def write(study: Study, folder: Path, language: Language = ENGLISH) -> None:
    """Write results.json, results.nc and, in `language`, report.html; raises `InputError` when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "results.json").write_text(json.dumps(study.to_json(), indent=1), encoding="utf-8")
        (folder / "report.html").write_text(render(study, language), encoding="utf-8")
        study.result.dataset.assign_attrs(provenance(study)).to_netcdf(folder / "results.nc", engine="h5netcdf")
    except OSError as error:
        raise InputError(
            f"Cannot write to {folder} ({error.strerror or error}); give a folder you may write to."
        ) from None
