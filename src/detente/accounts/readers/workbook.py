"""Inter-country tables in one Excel sheet, as ADB and WIOD lay them out: economies above codes, and to their left."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from detente.accounts.readers.common import InterCountryTable, tabulate, year_in
from detente.errors import InputError

CODE = re.compile(r"[crF]\d+")  # c1, c2, ...: buyers; r1 or c1, ...: sellers; F1 (ADB) or c57 (WIOD), ...: final demand


def read_workbook(
    path: Path, publisher: str, economies: Mapping[str, str], sector_column: int | None = None
) -> InterCountryTable:
    """The table in the first sheet of `path` that is no legend (.xlsx or .xlsb).

    `economies` gives ISO codes for the publisher's own; `sector_column` is the column that names the industries (None:
    their codes c1, c2, ...). Raises `InputError` when the sheet is laid out in another way.
    """
    sheet = _first_sheet(path)
    top = [[_text(cell) for cell in row] for row in sheet[:20]]
    head = next((k for k, row in enumerate(top) if sum(map(_is_code, row)) >= 2), 0)
    left = next((k for k, cell in enumerate(top[head]) if _is_code(cell)), 0) if top else 0
    if head < 1 or left < 2:
        raise InputError(
            f"{path} is not laid out as a table of {publisher}: no row of codes c1, c2, ... below the economies."
        )
    side = [(_text(row[left - 2]), _text(row[left - 1])) for row in sheet[head + 1 :]]
    rows = [head + 1 + k for k, (region, code) in enumerate(side) if _is_code(code) and region.upper() != "TOT"]
    # The totals below the industries have codes too (r60, r61, ...), but their economy is TOT.
    name_at = left - 1 if sector_column is None else sector_column
    name_of = {_text(sheet[k, left - 1])[1:]: _text(sheet[k, name_at]) for k in rows}

    def economy(label: str) -> str:
        return economies.get(label.upper(), label.upper())

    sellers = [(economy(_text(sheet[k, left - 2])), name_of[_text(sheet[k, left - 1])[1:]]) for k in rows]
    columns = [k for k in range(left, sheet.shape[1]) if _is_code(top[head][k]) and top[head - 1][k].upper() != "TOT"]
    buyers = [
        (economy(top[head - 1][k]), None if top[head][k][0] == "F" else name_of.get(top[head][k][1:])) for k in columns
    ]
    if not rows or len({sector for _, sector in buyers}) < 2:
        raise InputError(f"{path} is not laid out as a table of {publisher}: no industries or no final demand found.")
    values = np.array([[_number(cell) for cell in sheet[row, columns]] for row in rows])
    year = year_in(path.name)
    title = f"{publisher} {year or path.stem}"
    return InterCountryTable(
        **tabulate(values, sellers, buyers), title=title, year=year, source=f"{publisher}, file {path.name}"
    )


def _first_sheet(path: Path) -> np.ndarray:
    import pandas as pd

    try:
        sheets = pd.ExcelFile(path, engine="calamine")
    except ImportError:
        raise InputError(
            f"Reading {path.suffix} files needs python-calamine, which is not installed; "
            "run: pip install 'detente[readers]'"
        ) from None
    except Exception as error:  # whatever the file is instead
        raise InputError(f"{path} cannot be read as an Excel workbook ({error}).") from None
    with sheets:
        name = next((name for name in sheets.sheet_names if str(name).lower() != "legend"), sheets.sheet_names[0])
        return pd.read_excel(sheets, sheet_name=name, header=None).to_numpy(object)


def _is_code(text: str) -> bool:
    return CODE.fullmatch(text) is not None


def _text(cell: object) -> str:
    return "" if cell is None or cell != cell else str(cell).strip()


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) and cell == cell else 0.0
