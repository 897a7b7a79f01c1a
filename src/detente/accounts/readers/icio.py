"""OECD Inter-Country Input-Output tables: one CSV file a year, read with pymrio."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from detente.accounts.readers.common import InterCountryTable, tabulate, year_in
from detente.errors import InputError


def read_icio(path: Path) -> InterCountryTable:
    """The OECD ICIO file at `path` (editions 2016 to 2025, such as ICIO2021_2018.csv or 2022_SML.csv).

    Parts of China and Mexico (CN1, CN2, MX1, MX2) join CHN and MEX; a column of statistical discrepancies is left out.
    Raises `InputError` when pymrio is not installed or cannot read the file.
    """
    try:
        import pymrio
    except ImportError:
        raise InputError(
            "Reading OECD ICIO files needs pymrio, which is not installed; run: pip install 'detente[readers]'"
        ) from None
    try:
        system = pymrio.parse_oecd(path)
        flows, demand = system.Z, system.Y
        sellers = [(_economy(str(region)), str(sector)) for region, sector in flows.index]
        buyers = [*sellers, *((_economy(str(region)), None) for region, _ in demand.columns)]
        cells = tabulate(np.hstack([flows.to_numpy(float), demand.to_numpy(float)]), sellers, buyers)
    except Exception as error:  # whatever pandas or pymrio meets in a file of another kind
        raise InputError(
            f"{path} cannot be read as an OECD ICIO table ({error}); give one year's CSV file, such as 2022_SML.csv."
        ) from None
    year = year_in(path.name)
    return InterCountryTable(
        **cells, title=f"OECD ICIO {year or path.stem}", year=year, source=f"OECD ICIO, file {path.name}"
    )


def _economy(label: str) -> str:
    """CHN for CN1 and CN2, MEX for MX1 and MX2: the parts into which some editions split them."""
    part = re.fullmatch(r"(CN|MX)\d", label)
    return {"CN": "CHN", "MX": "MEX"}[part.group(1)] if part else label
