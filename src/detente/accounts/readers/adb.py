"""ADB Multiregional Input-Output tables: one .xlsx workbook a year (35 industries, 63 to 75 economies)."""

from __future__ import annotations

from pathlib import Path

from detente.accounts.readers.common import InterCountryTable
from detente.accounts.readers.workbook import read_workbook

#: ISO 3166 codes of the economies that ADB calls by another code.
ISO = {
    "SWI": "CHE", "PRC": "CHN", "GER": "DEU", "DEN": "DNK", "SPA": "ESP", "UKG": "GBR", "INO": "IDN", "IRE": "IRL",
    "NET": "NLD", "POR": "PRT", "ROM": "ROU", "TAP": "TWN", "BAN": "BGD", "MAL": "MYS", "PHI": "PHL", "VIE": "VNM",
    "MON": "MNG", "SRI": "LKA", "FIJ": "FJI", "BRU": "BRN", "BHU": "BTN", "CAM": "KHM", "MLD": "MDV", "SIN": "SGP",
    "KUW": "KWT", "UAE": "ARE",
}  # fmt: skip


def read_adb(path: Path) -> InterCountryTable:
    """The ADB MRIO workbook at `path`; industries are called c1 to c35, as in the tables. Raises `InputError`."""
    return read_workbook(path, "ADB MRIO", ISO)
