"""The tables that ship with the package: trade weights, content shares, claim shares, ordinary duties."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import pandas as pd


@cache
def table(name: str) -> pd.DataFrame:
    """One of ``us_imports, canada_imports, china_imports, column1, content, gtap, usmca_shares`` (see `build_weights`)."""
    with (resources.files("detente.law") / "data" / f"{name}.parquet").open("rb") as file:
        return pd.read_parquet(file)


@cache
def lookup(name: str, column: str) -> dict[str, float]:
    """Code (HS6, or HTS8 for ``column1``) to one column of a table."""
    rows = table(name)
    return dict(zip(rows[KEYS.get(name, "hs6")], rows[column], strict=True))


#: The tables whose key is not the HS6.
KEYS = {"column1": "hts8"}


@cache
def hts10() -> tuple[str, ...]:
    """The HTS10 codes in which the United States imported in 2024, sorted."""
    return tuple(sorted(str(code) for code in table("us_imports")["hts10"].cat.categories))


@cache
def hs6() -> frozenset[str]:
    """Every HS6 code known: traded by the United States or (chapters 1 to 97) Canada, or in the US schedule."""
    canada = {str(code) for code in table("canada_imports")["hs6"].cat.categories if code < "98"}
    return frozenset({code[:6] for code in hts10()} | {code[:6] for code in table("column1")["hts8"]} | canada)


@cache
def _below(prefix: str) -> list[str]:
    """The HTS8 below a code of 6 digits or more; the HTS8 of a code of 8 or more."""
    known = lookup("column1", "pct")
    return [code for code in known if code.startswith(prefix[:8])]


def column1_pct(code: str, exporter: str, usmca: bool, second: bool) -> tuple[float | None, str]:
    """The ordinary US duty of a code in percent, and where it comes from; None where it is not held.

    `code` has 6 digits or more; `second`: goods of the exporter pay column 2. Ad valorem equivalents are named as such.
    A preference other than USMCA is not assumed: the note names it where the schedule has one for Korea.
    """
    if usmca:
        return 0.0, "special rate under USMCA, normally Free (general note 11)"
    lines = _below(code)
    if not lines:
        return None, "column 1 not held: the code is not in the 2025 or 2026 schedule"
    if second:
        rates = {lookup("column1", "column2_pct")[line] for line in lines}
        if len(rates) > 1 or np.isnan(next(iter(rates))):
            return None, f"column 2 applies to {exporter} and is not held for this code as one ad valorem rate"
        return _plain(next(iter(rates))), f"column 2, which applies to goods of {exporter} (USITC HTS 2025)"
    held = lookup("column1", "pct")
    rates = {held[line] for line in lines}
    if any(np.isnan(rate) for rate in rates):
        return None, "column 1 not held: a specific or compound rate without trade in 2024 to express it in percent"
    if len(rates) > 1:
        return None, f"column 1 differs by line: {_plain(min(rates)):g} to {_plain(max(rates)):g} percent below {code}"
    equivalent = any(lookup("column1", "equivalent")[line] for line in lines)
    note = "column 1 general (USITC HTS 2025)"
    if equivalent:
        note = "ad valorem equivalent of a specific or compound column 1 rate (duty over imports 2024, Census)"
    if exporter == "KOR" and all(lookup("column1", "korea_free")[line] for line in lines) and rates != {0.0}:
        note += "; free if the agreement with Korea is claimed"
    return _plain(next(iter(rates))), note


def _plain(rate: float) -> float:
    return round(float(rate), 4)
