"""The 50 states and the District of Columbia: BEA jobs (2018) and value added (2020) by industry, in our sectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import SECTORS, sector_of_bea
from detente.accounts.places.allocation import Tally, locations, table

#: Lines of the national total that no state has: government overseas (BEA lines 102 and 103), by home line.
OVERSEAS = {"84": "102", "85": "103"}


def value_added_lines(sources: Path, places: pd.DataFrame) -> pd.DataFrame:
    """Value added by line and place, 2020, million USD; the District is the national total less the states."""
    rows = pd.read_parquet(sources / "us_states" / "gdp_by_state_industry_2010_2020.parquet")
    rows = rows[rows["year"] == 2020].astype({"line_code": int}).astype({"line_code": str})
    lines = rows.pivot(index="line_code", columns="state", values="gdp_musd").fillna(0.0)
    nation = lines.pop("US")
    for home, overseas in OVERSEAS.items():
        nation[home] -= nation[overseas]
    lines["DC"] = (nation - lines.sum(axis=1)).clip(lower=0.0)
    return lines[[place.removeprefix("US-") for place in places["place"]]].set_axis(places["place"], axis=1)


def job_lines(sources: Path, places: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Jobs by line and place, 2018, and national totals by line; NaN where suppressed."""
    rows = pd.read_parquet(sources / "us_states" / "employment_by_state_line_2009_2018.parquet")
    rows = rows[rows["year"] == 2018]
    lines = rows.pivot(index="line_code", columns="name", values="jobs")
    return lines[list(places["name"])].set_axis(places["place"], axis=1), lines["United States"]


def weights(sources: Path, component: str) -> pd.Series:
    """Value added (or one component, `V00100`: compensation) of the 402 industries of 2017, million USD, by code."""
    rows = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    rows = rows[rows["commodity_or_va"].str.startswith(component)]
    return rows.groupby("industry_or_final")["value_musd"].sum()


def children(industries: str, detail: pd.Series) -> dict[str, float]:
    """Our sectors among the detail industries that start with one of the codes, with their weight."""
    inside = detail[detail.index.str.startswith(tuple(industries.split()))]
    sector = sector_of_bea(pd.Series(inside.index))
    sums = inside.clip(lower=0.0).groupby([SECTORS[k] for k in sector]).sum()
    return {str(name): float(value) for name, value in sums.items() if value > 0}


def estimate(sources: Path, places: pd.DataFrame) -> tuple[Tally, Tally]:
    """Jobs (thousand) and value added (million USD) by state and sector.

    Suppressed jobs of a line share the line's national remainder in proportion to the 2020 value added of the line.
    Lines that cover several sectors are divided with national weights (compensation for jobs) and assumed locations.
    """
    codes = list(places["place"])
    located = locations("USA", codes)
    jobs, nation = job_lines(sources, places)
    value_added = value_added_lines(sources, places)
    tallies = {"jobs": Tally(codes), "gdp": Tally(codes)}
    detail = {"jobs": weights(sources, "V00100"), "gdp": weights(sources, "V00")}
    for row in table("us_lines.csv").to_dict("records"):
        line = value_added.loc[row["gdp_line"]].to_numpy(float)
        filled = np.zeros_like(line)
        if row["table"] == "jobs":
            published = jobs.loc[row["line"]].to_numpy(float)
            missing = np.isnan(published)
            guess = line * missing
            remainder = max(nation[row["line"]] - np.nansum(published), 0.0)
            filled = remainder * guess / max(guess.sum(), 1e-300)
            line = (np.where(missing, 0.0, published) + filled) / 1000
            filled = filled / 1000
        tallies[row["table"]].add(line, filled, children(row["industries"], detail[row["table"]]), located)
    return tallies["jobs"], tallies["gdp"]
