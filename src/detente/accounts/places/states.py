"""The 50 states and the District of Columbia: payroll jobs of 2024 and BEA value added of 2020 by industry, in our sectors.

Jobs are the national payroll of each industry, where County Business Patterns 2021 finds its employees; farms, railways,
government and the District, which it leaves out, are where BEA found their jobs in 2018.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.employment import FARM, business_patterns, compensation, us_lines
from detente.accounts.build.vocabulary import SECTORS, sector_of_bea
from detente.accounts.places.allocation import Tally, table

#: Lines of the national total that no state has: government overseas (BEA lines 102 and 103), by home line.
OVERSEAS = {"84": "102", "85": "103"}
DISTRICT = "US-DC"

#: NAICS codes that BEA's codes join or split: the line of its jobs by state.
NAICS_NOT_BEA = {"487": "807", "488": "808"}


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


def children(industries: str, detail: pd.Series) -> dict[str, float]:
    """Our sectors among the detail industries that start with one of the codes, with their weight."""
    inside = detail[detail.index.str.startswith(tuple(industries.split()))]
    sector = sector_of_bea(pd.Series(inside.index))
    sums = inside.clip(lower=0.0).groupby([SECTORS[k] for k in sector]).sum()
    return {str(name): float(value) for name, value in sums.items() if value > 0}


def estimate(sources: Path, places: pd.DataFrame) -> tuple[Tally, Tally]:
    """Jobs (thousand) and value added (million USD) by state and sector.

    Lines of value added that cover several sectors are divided with the national value added of 2017 and the jobs of each
    sector by state.
    """
    jobs = Tally(list(places["place"]))
    _add_jobs(jobs, sources, places)
    shares = jobs.amount / np.maximum(jobs.amount.sum(axis=0), 1e-300)
    located = {sector: shares[:, k] for k, sector in enumerate(SECTORS)}
    income, lines = Tally(jobs.places), value_added_lines(sources, places)
    detail = compensation(sources, "V00")
    for row in _bea_rows("gdp"):
        line = lines.loc[row["line"]].to_numpy(float)
        income.add(line, np.zeros_like(line), children(row["industries"], detail), located)
    return jobs, income


def _add_jobs(tally: Tally, sources: Path, places: pd.DataFrame) -> None:
    patterns = business_patterns(sources).reindex(columns=fips(sources, places))
    published, nation = job_lines(sources, places)
    by_line = us_lines(sources)
    for name, rows in by_line.groupby("line", sort=False):
        weights = dict(rows.groupby("sector")["jobs"].sum())
        total, code = sum(weights.values()), str(name)
        if code.startswith("government "):
            share = sum(published.loc[line].to_numpy(float) for line in code.removeprefix("government ").split("+"))
            filled = np.zeros(len(places))
        elif code in patterns.index and patterns.loc[code].sum() > 0:
            share, filled = _with_district(patterns.loc[code].to_numpy(float), published, nation, _bea_line(code))
        else:
            share = published.loc[FARM if code == "farms" else _bea_line(code)].to_numpy(float)
            filled = np.where(np.isnan(share), 1.0, 0.0)
        share = np.nan_to_num(share)
        line = total * share / share.sum()
        tally.add(line, line * filled, weights, {})


def _with_district(
    employees: np.ndarray, published: pd.DataFrame, nation: pd.Series, line: str
) -> tuple[np.ndarray, np.ndarray]:
    """Employees by place with those of the District, at its share of all jobs of 2018, and 1 where that fills a gap."""
    share = float(published[DISTRICT].fillna(0.0)[line]) / float(nation[line])
    absent = published.columns.to_numpy() == DISTRICT
    found = np.nan_to_num(employees)
    return np.where(absent, found.sum() * share / (1 - share), found), absent.astype(float)


def _bea_rows(name: str) -> list[dict[str, str]]:
    rows = table("us_lines.csv")
    return [{str(k): str(v) for k, v in row.items()} for row in rows[rows["table"] == name].to_dict("records")]


def _bea_line(code: str) -> str:
    """The line of BEA's jobs by state that holds a NAICS code."""
    for row in _bea_rows("jobs"):
        if any(code.startswith(prefix) or prefix.startswith(code) for prefix in row["industries"].split()):
            return row["line"]
    return NAICS_NOT_BEA[code]


def fips(sources: Path, places: pd.DataFrame) -> list[str]:
    """The two-digit code of each state, in the order of `places`."""
    rows = pd.read_parquet(sources / "us_states" / "employment_by_state_line_2009_2018.parquet")
    by_name = rows.drop_duplicates("name").set_index("name")["fips"].str[:2]
    return [str(by_name[name]) for name in places["name"]]
