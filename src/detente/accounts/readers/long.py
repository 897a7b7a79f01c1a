"""Flows in one long CSV file of one's own: from GTAP, from a statistical office, or made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detente.accounts.readers.common import InterCountryTable, year_in
from detente.errors import InputError
from detente.files import read_table
from detente.text import named, number, shown

COLUMNS = ("exporter", "sector", "importer", "buyer", "value")

#: The buyer that is no sector: households, government, investment.
FINAL = "final"


def read_long(path: Path) -> InterCountryTable:
    """The CSV file at `path`: columns exporter, sector, importer, buyer (a sector, or `final`), value (million USD at basic
    prices, before duties). Rows of one cell add up; cells that are not there are zero.

    Raises `InputError` for another layout, a value that is no number, or a buyer that is neither.
    """
    rows = []
    for line, row in read_table(path, COLUMNS, "a CSV file exporter,sector,importer,buyer,value"):
        try:
            rows.append((row["exporter"], row["sector"], row["importer"], row["buyer"], number(row["value"])))
        except ValueError:
            raise InputError(f"{named(path)}, line {line}: value must be a number of million USD.") from None
    if not rows:
        raise InputError(f"{named(path)} has no flows; give rows exporter,sector,importer,buyer,value.")
    regions = tuple(dict.fromkeys(label for row in rows for label in (row[0], row[2])))
    sectors = tuple(dict.fromkeys(row[1] for row in rows))
    region, sector = ({label: k for k, label in enumerate(labels)} for labels in (regions, sectors))
    buyers = {**sector, FINAL: len(sectors)}
    cells = np.zeros((len(regions), len(sectors), len(regions), len(sectors) + 1))
    for exporter, product, importer, buyer, value in rows:
        if buyer not in buyers:
            raise InputError(
                f"{named(path)}: {shown(buyer)} is a buyer but sells nothing; buyers are the sectors that sell, and {FINAL}."
            )
        cells[region[exporter], sector[product], region[importer], buyers[buyer]] += value
    return InterCountryTable(
        regions,
        sectors,
        cells[..., :-1],
        cells[..., -1],
        title=path.stem,
        year=year_in(path.name),
        source=f"file {path.name}",
    )
