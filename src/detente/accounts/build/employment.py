"""Stage 10, employment: payroll jobs by sector in the United States and Canada; no source for others, so none is given.

Payroll means employees, as labour statistics count them every month (BLS CES, Statistics Canada SEPH). The self-employed,
proprietors and holders of royalties are in `total_jobs`, which is held for the United States only.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from detente.accounts.build.levels import us_detail_weights
from detente.accounts.build.vocabulary import SECTORS, J, N, R, S, sector_of_bea, spread, table
from detente.accounts.grades import Grade, joined

YEAR = 2024

#: US jobs of all kinds, 2024 over 2018 (remembered: BLS payroll employment, annual averages 158.0 and 148.9 million).
US_JOBS_GROWTH = 1.061

#: BEA employment line without a summary industry: all professional services.
PROFESSIONAL_LINE = 1200
PROFESSIONAL = ("5411", "5412OP", "5415")

#: Lines of BEA's employment by industry (2018): all farm jobs, and those of farm proprietors.
FARM, FARM_PROPRIETORS = "70", "50"

#: Government in BEA's employment (lines, 2018) and the benchmark industries that each part runs (prefixes).
GOVERNMENT = {
    ("2001",): ("S006", "S00102", "491", "S00101"),
    ("2011", "2012"): ("GSLGE", "GSLGH", "GSLGO", "S00201", "S00202", "S00203"),
}

#: Industries whose jobs County Business Patterns has for agriculture: support activities, fishing, forestry but logging.
AGRICULTURE = ("113", "114", "115")

#: Farms are outside Canada's payroll survey. Thousand employees, remembered: 245 thousand work on farms (Labour Force
#: Survey), rather less than half of them for pay.
CANADA_FARM_EMPLOYEES = 110.0

#: Years of Statistics Canada's table by detailed industry whose mean divides the groups of `YEAR`: the last before the
#: pandemic and the last held (January to May), because the chip shortage had stopped car plants in 2021.
SEPH_YEARS = (2019, 2021)


class EmploymentTables(NamedTuple):
    """Thousand jobs [region, sector], NaN where no source is held, and the grades of the payroll."""

    payroll: np.ndarray
    total: np.ndarray
    grade: np.ndarray


def employment(sources: Path) -> EmploymentTables:
    """Payroll and all jobs of 2024 by region and sector (see the module)."""
    payroll, total = np.full((N, J), np.nan), np.full((N, J), np.nan)
    grade = np.zeros((N, J), dtype=np.uint8)
    for region, lines in (("USA", us_lines(sources)), ("CAN", canada_lines(sources))):
        at = lines["sector"].map(S).to_numpy(int)
        payroll[R[region]] = spread((J,), at, values=lines["jobs"].to_numpy())
        parts = {
            one: spread((J,), at, values=lines["jobs"].where(lines["grade"] == one, 0.0).to_numpy()) for one in Grade
        }
        grade[R[region]] = joined(parts)
    total[R["USA"]] = us_total_jobs(sources)
    return EmploymentTables(payroll, total, grade)


# -- the United States ---------------------------------------------------------------------------------------------


def us_lines(sources: Path) -> pd.DataFrame:
    """US payroll of 2024: line (NAICS or BEA code), sector, jobs (thousand), grade.

    CES series of 2024; one that covers several of our sectors is divided by County Business Patterns 2021. Government is
    what the nonfarm total leaves, divided as in 2018 and by compensation in 2017; farms have the employees of 2018.
    """
    patterns = business_patterns(sources).sum(axis=1) / 1e3
    rows: list[tuple[str, str, float, Grade]] = []
    series = us_series(sources)
    for row in table("us_payroll.csv"):
        codes = row["naics"].split()
        sectors = _sectors(codes)
        grade = Grade.MEASURED if len(set(sectors)) == 1 else Grade.SCALED
        # Rail is outside County Business Patterns, and alone in its series.
        weight = np.array([patterns.get(code, 0.0) for code in codes]) if len(codes) > 1 else np.ones(1)
        rows += [
            (code, sector, float(jobs), grade)
            for code, sector, jobs in zip(codes, sectors, series[row["series"]] * weight / weight.sum(), strict=True)
        ]
    rows += _us_government(sources, series["government"])
    lines = _bea_lines(sources)
    rows.append(("farms", "agriculture", (lines[FARM] - lines[FARM_PROPRIETORS]) / 1e3, Grade.SCALED))
    logging = series["logging"]
    rows += [
        (code, "agriculture", patterns[code] - (logging if code == "113" else 0.0), Grade.SCALED)
        for code in AGRICULTURE
    ]
    return pd.DataFrame(rows, columns=["line", "sector", "jobs", "grade"])


def us_series(sources: Path) -> dict[str, float]:
    """CES payroll of 2024 by series, thousand jobs, with `government`, `credit` and `professional` as what totals leave."""
    folder = sources / "us_payroll"
    annual = pd.read_csv(folder / "ces_employment_66_industries_annual.csv", index_col=0)[str(YEAR)]
    monthly = pd.read_csv(folder / "ces_headline_and_metal_sectors_monthly.csv")
    year = monthly[monthly["date"].str.startswith(str(YEAR))]
    nonfarm, private = float(year["emp_nonfarm"].mean()), float(year["emp_private"].mean())
    found = {str(name): float(value) for name, value in annual.items()}
    joined_business = ("management_companies", "admin_support", "waste_management")
    found["professional"] = (
        found.pop("misc_professional")
        - sum(found[name] for name in joined_business)
        + found.pop("legal_services")
        + found.pop("computer_systems_design")
    )
    del found["other_real_estate"]  # repeats `housing`
    found["credit"] = private - sum(found.values())
    found["government"] = nonfarm - private
    return found


def business_patterns(sources: Path) -> pd.DataFrame:
    """Employees of mid-March 2021 by NAICS code and state (FIPS), each code net of longer codes in ``us_payroll.csv``."""
    folder, kind = sources / "us_states_cbp", {"fips": str, "naics": str}
    short = pd.read_csv(folder / "cbp_state_naics_2_to_4_digits_2017_2019_2021.csv.gz", dtype=kind)
    short = short[short["year"] == 2021].pivot_table(index="naics", columns="fips", values="employees", aggfunc="sum")
    long = pd.read_csv(folder / "cbp_state_naics6_2021.csv.gz", dtype=kind)
    long = long.pivot_table(index="naics", columns="fips", values="employees", aggfunc="sum")
    codes = [code for row in table("us_payroll.csv") for code in row["naics"].split()]
    codes += [code for code in AGRICULTURE if code not in codes]
    by_code = {}
    for code in codes:
        if code in short.index or code == "44":
            by_code[code] = short.loc["44-45" if code == "44" else code]
        elif (inside := long.index.str.startswith(code)).any():
            by_code[code] = long[inside].sum()
    found = pd.DataFrame(by_code).T.fillna(0.0)
    for code in found.index:
        longer = [
            other for other in found.index if other != code and other.startswith(code) and code not in AGRICULTURE
        ]
        found.loc[code] = (found.loc[code] - found.loc[longer].sum()).clip(lower=0.0)
    return found


def compensation(sources: Path, component: str = "V00100") -> pd.Series:
    """A component of value added (`V00100`: compensation; `V00`: all) of the 402 US industries of 2017, million USD."""
    rows = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    rows = rows[rows["commodity_or_va"].str.startswith(component)]
    return rows.groupby("industry_or_final")["value_musd"].sum()


def _us_government(sources: Path, total: float) -> list[tuple[str, str, float, Grade]]:
    lines, weight = _bea_lines(sources), compensation(sources)
    jobs = {numbers: sum(lines[number] for number in numbers) for numbers in GOVERNMENT}
    rows = []
    for numbers, codes in GOVERNMENT.items():
        inside = weight[weight.index.str.startswith(codes)]
        share = inside / inside.sum() * jobs[numbers] / sum(jobs.values())
        rows += [
            (f"government {'+'.join(numbers)}", sector, total * float(part), Grade.SCALED)
            for sector, part in zip(_sectors(inside.index), share, strict=True)
        ]
    return rows


def _bea_lines(sources: Path) -> pd.Series:
    data = pd.read_parquet(sources / "us_states" / "employment_by_state_line_2009_2018.parquet")
    data = data[(data["fips"] == "00000") & (data["year"] == 2018)]
    return data.set_index(data["line_code"].astype(str))["jobs"]


def _sectors(codes: list[str] | pd.Index) -> list[str]:
    return [SECTORS[k] for k in sector_of_bea(pd.Series(list(codes)))]


def us_total_jobs(sources: Path) -> np.ndarray:
    """US thousand jobs with proprietors [sector]: BEA 2018 by industry, split by output inside an industry, aged to 2024."""
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


# -- Canada --------------------------------------------------------------------------------------------------------


def canada_lines(sources: Path) -> pd.DataFrame:
    """Canadian payroll of 2024: line (SEPH group), sector, jobs (thousand), grade.

    SEPH groups of 2024, divided inside a group as its detailed industries were (`SEPH_YEARS`); farms are assumed.
    """
    groups = pd.read_csv(sources / "canada_provinces" / "employees_by_province_industry_2019_2024.csv")
    total = groups[groups["year"] == YEAR].groupby("industry")["employees"].sum() / 1e3
    detail = pd.read_csv(
        sources / "canada_seph" / "seph_employees_earnings_naics4_annual_2001_2021.csv.gz", dtype={"naics_code": str}
    )
    detail = detail[detail["year"].isin(SEPH_YEARS)]
    employees = detail.groupby(detail["naics_code"].str.split(",").str[-1].str.strip())["employees"].mean()
    parts = pd.DataFrame(table("canada_payroll.csv")).astype({"share": float})
    parts["weight"] = parts["share"] * parts["naics"].map(employees)
    inside = parts.groupby(["industry", "sector"], sort=False)["weight"].sum().reset_index()
    inside["jobs"] = (
        inside["industry"].map(total) * inside["weight"] / inside.groupby("industry")["weight"].transform("sum")
    )
    single = inside.groupby("industry")["sector"].transform("size") == 1
    inside["grade"] = np.where(single, Grade.MEASURED, Grade.SCALED)
    farms = pd.DataFrame([("farms", "agriculture", CANADA_FARM_EMPLOYEES, Grade.ASSUMED)])
    farms.columns = pd.Index(["line", "sector", "jobs", "grade"])
    found = inside.rename(columns={"industry": "line"})[["line", "sector", "jobs", "grade"]]
    return pd.concat([found, farms], ignore_index=True)
