"""Stage 10, employment: jobs by sector in the United States and Canada; no source for others, so none is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.levels import us_detail_weights
from detente.accounts.build.vocabulary import GOODS, SECTORS, J, N, R, S, sector_of_bea, spread

#: US jobs of 2024 over 2018 (remembered: BLS payroll employment, annual averages 158.0 and 148.9 million).
US_JOBS_GROWTH = 1.061

#: BEA employment line without a summary industry: all professional services.
PROFESSIONAL_LINE = 1200
PROFESSIONAL = ("5411", "5412OP", "5415")

#: Statistics Canada's industries (SEPH) and the sectors they cover. Farm work is outside the survey.
SEPH: dict[str, tuple[str, ...]] = {
    "Mining, quarrying, and oil and gas extraction": ("oil_gas", "mining"),
    "Utilities": ("electricity", "gas_water"),
    "Construction": ("construction",),
    "Trade": ("wholesale_retail",),
    "Transportation and warehousing": ("land_transport", "water_transport", "air_transport", "transport_support"),
    "Information and cultural industries": ("post_telecom",),
    "Accommodation and food services": ("hotels_restaurants",),
    "Finance and insurance": ("finance",),
    "Real estate and rental and leasing": ("real_estate",),
    "Educational services": ("education",),
    "Health care and social assistance": ("health",),
    "Public administration": ("public_administration",),
}
SEPH_BUSINESS = (
    "Professional, scientific and technical services",
    "Management of companies and enterprises",
    "Administrative and support, waste management and remediation services",
)
SEPH_OTHER = ("Other services (except public administration)", "Arts, entertainment and recreation")
NOT_MANUFACTURING = ("agriculture", "oil_gas", "mining", "electricity")


def employment(sources: Path, value_added: np.ndarray) -> np.ndarray:
    """Thousand jobs [region, sector]; NaN outside the United States and Canada. `value_added` [region, sector]."""
    jobs = np.full((N, J), np.nan)
    jobs[R["USA"]] = us_employment(sources)
    jobs[R["CAN"]] = canada_employment(sources, value_added[R["CAN"]], jobs[R["USA"]] / value_added[R["USA"]])
    return jobs


def us_employment(sources: Path) -> np.ndarray:
    """US thousand jobs [sector]: BEA 2018 by industry, split by output inside an industry, aged to 2024."""
    data = pd.read_parquet(sources / "us_states" / "employment_by_state_line_2009_2018.parquet")
    data = data[(data["fips"] == "00000") & (data["year"] == 2018)]
    jobs = data.groupby("bea_summary_code")["jobs"].sum()
    detail = us_detail_weights(sources)
    output = detail.groupby("summary")["output"].sum()
    professional = float(data.loc[data["line_code"].astype(str) == str(PROFESSIONAL_LINE), "jobs"].iloc[0])
    for codes, total in ((PROFESSIONAL, professional), (("HS", "ORE"), jobs["HS"])):
        for code in codes:
            jobs[code] = total * output[code] / output[list(codes)].sum()
    weights = detail["output"] / detail["summary"].map(output)
    values = (weights * detail["summary"].map(jobs)).fillna(0.0).to_numpy()
    return spread((J,), sector_of_bea(detail["industry"]), values=values) * US_JOBS_GROWTH / 1e3


def canada_employment(sources: Path, value_added: np.ndarray, us_jobs_per_value: np.ndarray) -> np.ndarray:
    """Canadian thousand jobs [sector]: SEPH 2024 by industry group, divided inside a group as in the United States.

    Division: value added [sector] times US jobs per value added [sector]. Agriculture adds farms at the US ratio to
    SEPH's forestry.
    """
    data = pd.read_csv(sources / "canada_provinces" / "employees_by_province_industry_2019_2024.csv")
    employees = data[data["year"] == 2024].groupby("industry")["employees"].sum() / 1e3
    weight = value_added * us_jobs_per_value
    manufacturing = tuple(s for s in SECTORS if GOODS[S[s]] and s not in NOT_MANUFACTURING)
    groups = [(employees[name], members) for name, members in SEPH.items()] + [
        (employees["Manufacturing"], manufacturing),
        (employees[list(SEPH_BUSINESS)].sum(), ("business_services",)),
        (employees[list(SEPH_OTHER)].sum(), ("other_services",)),
    ]
    jobs = np.zeros(J)
    for total, members in groups:
        at = [S[member] for member in members]
        jobs[at] = total * weight[at] / weight[at].sum()
    jobs[S["agriculture"]] = weight[S["agriculture"]]
    return jobs
