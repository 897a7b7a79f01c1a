"""The tables that ship with the package: trade weights, content shares, claim shares, ordinary duties."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import pandas as pd


@cache
def table(name: str) -> pd.DataFrame:
    """One of ``us_imports, canada_imports, column1, content, gtap, usmca_shares, partner_rates`` (see `build_weights`)."""
    with (resources.files("detente.law") / "data" / f"{name}.parquet").open("rb") as file:
        return pd.read_parquet(file)


@cache
def lookup(name: str, column: str) -> dict[str, float]:
    """HS6 to one column of a table."""
    rows = table(name)
    return dict(zip(rows["hs6"], rows[column], strict=True))


@cache
def hts10() -> tuple[str, ...]:
    """The HTS10 codes in which the United States imported in 2024, sorted."""
    return tuple(sorted(str(code) for code in table("us_imports")["hts10"].cat.categories))


@cache
def hs6() -> frozenset[str]:
    """Every HS6 code known: traded by the United States or (chapters 1 to 97) Canada, or in the US schedule."""
    canada = {str(code) for code in table("canada_imports")["hs6"].cat.categories if code < "98"}
    return frozenset({code[:6] for code in hts10()} | set(table("column1")["hs6"]) | canada)


def column1_pct(code: str, usmca: bool) -> tuple[float | None, str]:
    """The ordinary US duty of a code in percent, and where it comes from; None where it is not held.

    `code` has 6 digits or more. Held: 0 for a USMCA claim, and HS6 in which every line pays the same rate.
    """
    if usmca:
        return 0.0, "special rate under USMCA, normally Free (general note 11)"
    average = lookup("column1", "average_pct").get(code[:6], float("nan"))
    if np.isnan(average):
        return None, "column 1 not held: specific or compound rates, or not in the 2025 schedule"
    if not lookup("column1", "uniform")[code[:6]]:
        return None, f"column 1 not held by line; the lines of {code[:4]}.{code[4:6]} average {average:.2f} percent"
    return float(average), "column 1 general, the same on every line of the HS6 (USITC HTS 2025, Census 2024)"
