"""What US Customs recorded: imports for consumption and the duty calculated on them, by partner, industry and month."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from detente.law.market import regions

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


#: Partners of the statistics that stand for more than one region of world-2024, or for one that has no own row.
REMAINDERS = {"EUR": ("EUR", "POL", "CZE"), "ROW": ("ROW", "NOR", "TUR")}
UNION = ("AUT", "BEL", "DEU", "ESP", "FRA", "IRL", "ITA", "NLD", "SWE", "EUR")


@cache
def groups() -> dict[str, tuple[list[str], list[str]]]:
    """Groups in which industries of the statistics and our sectors agree: group -> (NAICS3 codes, sectors)."""
    with (resources.files("detente.law") / "data" / "customs_groups.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {row["group"]: (row["naics3"].split(), row["sectors"].split()) for row in rows}


@cache
def partners() -> dict[str, tuple[str, ...]]:
    """Each exporter of the statistics that we keep -> the regions of world-2024 that it stands for."""
    known = set(customs_months()["exporter"])
    single = [region for region in regions() if region in known and region != "USA"]
    return {**{region: (region,) for region in single}, **REMAINDERS}


def partner_of(region: str) -> str:
    """The exporter of the statistics that stands for a region."""
    return next(partner for partner, covered in partners().items() if region in covered)


@cache
def flows(first: str, last: str) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Months from `first` to `last`, and US imports and calculated duty in USD [partner, month, group].

    Partners and groups in the order of `partners` and `groups`; the remainders are all less the partners that are named.
    """
    rows = customs_months()
    rows = rows[(rows["month"] >= first) & (rows["month"] <= last) & (rows["naics3"] != "00")]
    group_of = {code: group for group, (codes, _) in groups().items() for code in codes}
    rows = rows.assign(group=rows["naics3"].map(group_of))
    months = tuple(sorted(set(rows["month"])))
    found = []
    for flow in ("imports_usd", "duty_usd"):
        wide = rows.pivot_table(index=["month", "group"], columns="exporter", values=flow, aggfunc="sum", fill_value=0)
        wide = wide.reindex(pd.MultiIndex.from_product([months, list(groups())]), fill_value=0)
        single = [partner for partner in partners() if partner not in REMAINDERS]
        wide["EUR"] = wide["EU27"] - wide[[member for member in UNION if member != "EUR"]].sum(axis=1)
        wide["ROW"] = wide["WLD"] - wide["EU27"] - wide[[p for p in single if p not in UNION]].sum(axis=1)
        shape = (len(months), len(groups()), len(partners()))
        found.append(wide[list(partners())].to_numpy(float).reshape(shape).transpose(2, 0, 1))
    return months, found[0], found[1]


def build(sources: Path) -> pd.DataFrame:
    """The table that ships, from ``us_imports_monthly`` of the sources: ``exporter, naics3, month, imports_kusd, duty_kusd``."""
    rows = pd.read_parquet(sources / "us_imports_monthly" / "naics3_exporter_month.parquet")
    rows = rows.rename(columns={"naics": "naics3"})
    for flow in ("imports", "duty"):
        rows[f"{flow}_kusd"] = (rows[f"{flow}_usd"] / 1000).round().astype("int32")
    rows = rows[rows["imports_kusd"] > 0].astype(dict.fromkeys(FIELDS, str)).sort_values(FIELDS)
    return rows.astype(dict.fromkeys(FIELDS, "category"))[[*FIELDS, "imports_kusd", "duty_kusd"]].reset_index(drop=True)
