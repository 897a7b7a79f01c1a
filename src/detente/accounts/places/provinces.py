"""The provinces and territories: employees by industry (Statistics Canada, 2024) and provincial GDP (2023)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.balancing import ras
from detente.accounts.build.employment import YEAR, canada_lines
from detente.accounts.build.vocabulary import PARENT_OF, PARENT_OF_INDUSTRY, PARENTS
from detente.accounts.places.allocation import Located, Tally, locations, table
from detente.errors import InputError

GOODS = "Goods producing industries"
SERVICES = "Service producing industries"
#: The industries that make up the total of goods-producing ones; every other published industry is in services.
GOODS_INDUSTRIES = (
    "Forestry, logging and support",
    "Mining, quarrying, and oil and gas extraction",
    "Utilities",
    "Construction",
    "Manufacturing",
)
#: Farms are not surveyed: their line in `canada_lines`; places come from `locations.csv`.
FARMS = "farms"


def employees(sources: Path, places: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Employees by industry and place, thousand, and the part of each that fills a suppressed cell.

    Suppressed cells share what the goods or services total of the province leaves, by `canada_suppressed.csv`.
    """
    rows = pd.read_csv(sources / "canada_provinces" / "employees_by_province_industry_2019_2024.csv")
    rows = rows[rows["year"] == YEAR]
    published = rows.pivot(index="industry", columns="province", values="employees")[list(places["name"])] / 1000
    published.columns = pd.Index(places["place"])
    aggregates = published.index.str.contains("aggregate|producing|Unclassified")
    lines = published[~aggregates].copy()
    filled = pd.DataFrame(0.0, lines.index, lines.columns)
    guesses = table("canada_suppressed.csv").astype({"weight": float})
    guess = guesses.pivot(index="industry", columns="place", values="weight").reindex(
        index=lines.index, columns=lines.columns
    )
    goods = lines.index.isin(GOODS_INDUSTRIES)
    for inside, name in ((goods, GOODS), (~goods, SERVICES)):
        hidden = lines[inside].isna()
        weight = guess[inside].where(hidden)
        if (unknown := hidden & weight.isna()).any(axis=None):
            place = unknown.any().idxmax()
            raise InputError(f"canada_suppressed.csv has no weight for {place}, {unknown[place].idxmax()}; add one.")
        rest = (published.loc[name] - lines[inside].sum()).clip(lower=0.0)
        filled[inside] = (weight / weight.sum() * rest).fillna(0.0)
    return lines.fillna(filled), filled


def gross_product(sources: Path, places: pd.DataFrame) -> np.ndarray:
    """GDP at market prices by place, 2023, million CAD."""
    rows = pd.read_csv(sources / "canada_provinces" / "gdp_income_based_1981_2023.csv")
    rows = rows[(rows["year"] == 2023) & (rows["estimate"] == "Gross domestic product at market prices")]
    return rows.set_index("geo")["value_mcad"].reindex(places["name"]).to_numpy(float)


def national_value_added(sources: Path, jobs: np.ndarray) -> np.ndarray:
    """Value added of Canada by sector, 2022, million USD: ADB's 35 industries, divided inside each by jobs [sector]."""
    rows = pd.read_parquet(sources / "adb_mrio_summary" / "country_sector_73_2017_2022.parquet")
    rows = rows[(rows["year"] == 2022) & (rows["country"] == "CAN")]
    industry = np.zeros(len(PARENTS))
    for index, value in zip(rows["sector_index"], rows["value_added_musd"], strict=True):
        industry[PARENT_OF_INDUSTRY[f"c{int(index)}"]] += value
    inside = np.bincount(PARENT_OF, weights=jobs, minlength=len(PARENTS))
    return industry[PARENT_OF] * jobs / inside[PARENT_OF]


def estimate(sources: Path, places: pd.DataFrame) -> tuple[Tally, Tally]:
    """Employees (thousand) and value added (million USD) by province and sector.

    Value added by place is not published here by industry: jobs times the national value added per job, brought by RAS
    to provincial GDP and to the national value added of each sector; every cell of it is an assumption.
    """
    codes = list(places["place"])
    located = locations("CAN", codes)
    lines, filled = employees(sources, places)
    jobs = Tally(codes)
    for industry, rows in canada_lines(sources).groupby("line", sort=False):
        weights = dict(zip(rows["sector"], rows["jobs"], strict=True))
        if industry == FARMS:
            line = _farms(weights, located)
            jobs.add(line, line, weights, located)
        else:
            jobs.add(lines.loc[industry].to_numpy(), filled.loc[industry].to_numpy(), weights, located)

    value_added = Tally(codes)
    nation = national_value_added(sources, jobs.amount.sum(axis=0))
    product = gross_product(sources, places)
    prior = jobs.amount / jobs.amount.sum(axis=0) * nation
    value_added.amount = ras(prior, product * nation.sum() / product.sum(), nation)
    value_added.assumed = value_added.amount.copy()
    return jobs, value_added


def _farms(weights: dict[str, float], located: Located) -> np.ndarray:
    (sector, jobs), *_ = weights.items()
    return jobs * np.nan_to_num(located[sector])
