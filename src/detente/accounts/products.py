"""From products to sectors: the Harmonized System codes that each sector of `world-2024` makes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources

import numpy as np


@cache
def hs_sectors() -> dict[str, str]:
    """HS prefix (2 to 10 digits) to sector code, as in ``hs_sectors.csv``, which also says why each line is there.

    Source: HS 2022 with the older subheadings still in use; GTAP's HS concordance where a chapter is split, and
    NAICS where the sectors follow the US detail accounts (metals, wood, vehicles). Chapters 77, 98 and 99 are absent.
    """
    with (resources.files("detente.accounts") / "hs_sectors.csv").open(encoding="utf-8") as file:
        return {row["hs"]: row["sector"] for row in csv.DictReader(file)}


def sector_of(codes: Iterable[str]) -> np.ndarray:
    """The sector of each HS code [codes]: that of the longest prefix in `hs_sectors`.

    Codes are strings of 2 to 10 digits, dots allowed (``"8708.29"``), with their leading zero. A code outside
    chapters 01 to 97 (special provisions, malformed codes) gives the empty string.
    """
    found: dict[str, str] = {}
    table = hs_sectors()
    given = [str(code) for code in codes]
    for code in set(given):
        digits = code.replace(".", "")
        prefixes = (digits[:length] for length in range(len(digits), 1, -1))
        found[code] = next((table[prefix] for prefix in prefixes if prefix in table), "")
    return np.array([found[code] for code in given], dtype=object)
