"""What US Customs recorded: imports for consumption and the duty calculated on them, by partner, industry and month."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

SOURCE = "US Census Bureau, imports for consumption and calculated duty by NAICS3, 2013-01 to 2025-08 (public domain)"
FILE = "us_customs_monthly.parquet"
FIELDS = ["exporter", "naics3", "month"]


@cache
def customs_months() -> pd.DataFrame:
    """US imports and calculated duty: ``exporter, naics3, month, imports_usd, duty_usd`` (thousand USD kept, in USD).

    `exporter`: ISO 3166 alpha-3, ``EU27`` or ``WLD`` (all); `naics3`: three digits, ``00`` for all products; `month`:
    2013-01 to 2025-08. Calculated duty leaves out antidumping and countervailing duties.
    """
    with (resources.files("detente.law") / "data" / FILE).open("rb") as file:
        rows = pd.read_parquet(file)
    scaled = rows[["imports_kusd", "duty_kusd"]].astype("int64") * 1000
    return rows[FIELDS].astype(str).assign(imports_usd=scaled["imports_kusd"], duty_usd=scaled["duty_kusd"])


def build(sources: Path) -> pd.DataFrame:
    """The table that ships, from ``us_imports_monthly`` of the sources: ``exporter, naics3, month, imports_kusd, duty_kusd``."""
    rows = pd.read_parquet(sources / "us_imports_monthly" / "naics3_exporter_month.parquet")
    rows = rows.rename(columns={"naics": "naics3"})
    for flow in ("imports", "duty"):
        rows[f"{flow}_kusd"] = (rows[f"{flow}_usd"] / 1000).round().astype("int32")
    rows = rows[rows["imports_kusd"] > 0].astype(dict.fromkeys(FIELDS, str)).sort_values(FIELDS)
    return rows.astype(dict.fromkeys(FIELDS, "category"))[[*FIELDS, "imports_kusd", "duty_kusd"]].reset_index(drop=True)
