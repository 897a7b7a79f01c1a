"""World Input-Output Database, release 2016: one .xlsb workbook a year (56 industries, 44 economies, 2000 to 2014)."""

from __future__ import annotations

from pathlib import Path

from detente.accounts.readers.common import InterCountryTable
from detente.accounts.readers.workbook import read_workbook


def read_wiod(path: Path) -> InterCountryTable:
    """The WIOD 2016 workbook at `path`, such as WIOT2014_Nov16_ROW.xlsb; industries carry ISIC codes (A01, C24, ...).

    Raises `InputError` when the workbook is laid out in another way.
    """
    return read_workbook(path, "WIOD 2016", {}, sector_column=0)
