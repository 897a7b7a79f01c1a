"""Stage 10, factors: what labour, capital and natural resources earn of value added, and what part of final spending invests.

The United States is measured (BEA); Canada has its payroll and national accounts; every other region takes the US shares of
each sector, so that its own mean follows from what it makes, and its own rate of investment.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.levels import us_detail_weights
from detente.accounts.build.vocabulary import J, N, R, S, sector_of_bea, spread, table

#: Part of capital's gross earnings that natural resources take: an assumption with a wide range (GTAP gives natural
#: resources 20 to 40 percent of value added in extraction, forestry and fishing, and land somewhat less of farming).
RESOURCE_PART = {"oil_gas": 0.5, "mining": 0.4, "agriculture": 0.4}

#: Work of the self-employed raises labour's part: each is half an employee (many have another job), at most by a quarter,
#: because owners of royalties count as jobs.
SELF_EMPLOYED, LARGEST_SELF_EMPLOYED = 0.5, 1.25

#: Part of mixed income (Canada) that pays for work.
LABOUR_IN_MIXED_INCOME = 0.65

#: Bounds of labour's share in a sector, and how far Canada's may be from the US share of the same sector, as a factor.
LABOUR_BOUNDS = (0.05, 0.95)
LARGEST_DEVIATION = 1.5

#: How far the odds of a product to be invested may be moved from the US benchmark.
LARGEST_ODDS = 4.0

CANADA_GDP_YEAR = 2023


def factor_shares(
    sources: Path, value_added: np.ndarray, payroll: np.ndarray, all_jobs: np.ndarray
) -> dict[str, np.ndarray]:
    """`labour_share`, `capital_share`, `resource_share` [region, sector], fractions of value added that sum to one.

    `value_added`, `payroll` and `all_jobs` [region, sector].
    """
    usa, canada = R["USA"], R["CAN"]
    self_employed = np.clip(1 + SELF_EMPLOYED * (all_jobs[usa] / payroll[usa] - 1), 1.0, LARGEST_SELF_EMPLOYED)
    united_states = np.clip(us_compensation_share(sources) * self_employed, *LABOUR_BOUNDS)
    labour = np.tile(united_states, (N, 1))
    share = canada_labour_share(sources)
    paid = canada_wages(sources, payroll[canada])
    own = paid / paid.sum() * share * value_added[canada].sum() / value_added[canada]
    near = np.clip(own, united_states / LARGEST_DEVIATION, united_states * LARGEST_DEVIATION)
    labour[canada] = with_mean(np.clip(near, *LABOUR_BOUNDS), value_added[canada], share)
    part = np.zeros(J)
    for sector, value in RESOURCE_PART.items():
        part[S[sector]] = value
    return {
        "labour_share": labour,
        "capital_share": (1 - labour) * (1 - part),
        "resource_share": (1 - labour) * part,
    }


def with_mean(share: np.ndarray, weight: np.ndarray, mean: float) -> np.ndarray:
    """`share` [sector] with its odds moved alike, so that its mean under `weight` is `mean`."""
    odds = share / (1 - share)
    low, high = 1e-3, 1e3
    for _ in range(60):
        factor = np.sqrt(low * high)
        found = (odds * factor / (1 + odds * factor) * weight).sum() / weight.sum()
        low, high = (factor, high) if found < mean else (low, factor)
    return odds * factor / (1 + odds * factor)


def us_compensation_share(sources: Path) -> np.ndarray:
    """US compensation over compensation and gross operating surplus [sector]: 2024, inside an industry as in 2017."""
    folder = sources / "bea_us_io"
    use = pd.read_parquet(folder / "detail2017_use_producer.parquet")
    paid, kept = (
        use[use["commodity_or_va"] == code].set_index("industry_or_final")["value_musd"]
        for code in ("V00100", "V00300")
    )
    summary = pd.read_csv(folder / "summary2024_use_purchaser.csv", dtype={"row_code": str, "col_code": str})
    money = summary.pivot_table(index="col_code", columns="row_code", values="value_musd", aggfunc="sum")
    detail = us_detail_weights(sources)
    paid, kept = (values.reindex(detail["industry"]).fillna(0.0).clip(lower=0.0) for values in (paid, kept))
    before = ((paid + 0.01) / (paid + kept + 0.02)).to_numpy()  # an industry without either: a half
    weight = detail["value_added"].to_numpy()
    of_summary = pd.Series(before * weight).groupby(detail["summary"].to_numpy()).sum()
    of_summary /= pd.Series(weight).groupby(detail["summary"].to_numpy()).sum()
    money = money.fillna(0.0).reindex(of_summary.index)
    now = money["V001"] / (money["V001"] + money["V003"])
    moved = (now / of_summary).fillna(1.0)
    share = np.clip(before * detail["summary"].map(moved).to_numpy(float), 0.02, 0.98)
    at = (sector_of_bea(detail["industry"]),)
    return spread((J,), *at, values=share * weight) / spread((J,), *at, values=weight)


def canada_labour_share(sources: Path) -> float:
    """Labour's part of Canadian GDP at factor cost, the self-employed included (Statistics Canada, income-based GDP)."""
    data = pd.read_csv(sources / "canada_provinces" / "gdp_income_based_1981_2023.csv")
    rows = data[(data["geo"] == "Canada") & (data["year"] == CANADA_GDP_YEAR)].set_index("estimate")["value_mcad"]
    labour = rows["Compensation of employees"] + LABOUR_IN_MIXED_INCOME * rows["Gross mixed income"]
    taxes = rows["Taxes less subsidies on production"] + rows["Taxes less subsidies on products and imports"]
    return float(labour / (rows["Gross domestic product at market prices"] - taxes))


def canada_wages(sources: Path, payroll: np.ndarray) -> np.ndarray:
    """What Canadian employees earn [sector], in proportion: payroll of 2024 at the weekly earnings of 2021 (SEPH)."""
    path = sources / "canada_seph" / "seph_employees_earnings_naics4_annual_2001_2021.csv.gz"
    seph = pd.read_csv(path, dtype={"naics_code": str})
    seph = seph[seph["year"] == 2021]
    code = seph["naics_code"].str.split(",").str[-1].str.strip()
    weekly = pd.Series(pd.to_numeric(seph["weekly_earnings_cad"], errors="coerce").to_numpy(), index=code).dropna()
    employees = pd.Series(seph["employees"].to_numpy(float), index=code)
    sums = np.zeros((2, J))
    for row in table("canada_payroll.csv"):
        if row["naics"] in weekly.index:
            people = float(row["share"]) * float(employees[row["naics"]])
            sums[:, S[row["sector"]]] += people * float(weekly[row["naics"]]), people
    mean = float(weekly[employees.index.intersection(weekly.index)].mean())
    return payroll * np.divide(sums[0], sums[1], out=np.full(J, mean), where=sums[1] > 0)


def investment_shares(sources: Path, final: np.ndarray) -> np.ndarray:
    """Part of final spending on each product that is fixed investment [region, sector].

    The US benchmark of 2017, its odds moved (at most by `LARGEST_ODDS`) to each region's rate of investment
    (``investment_rates.csv``); `final` [region, sector] weighs products.
    """
    use = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    bought = use[use["industry_or_final"].str.match(r"F(01|02|06|07|10)")]
    at = (sector_of_bea(bought["commodity_or_va"]),)
    value = bought["value_musd"].clip(lower=0.0).to_numpy()
    invested = bought["industry_or_final"].str.match(r"F02.00|F(06|07|10)[ENS]00").to_numpy()
    share = spread((J,), *at, values=value * invested) / np.maximum(spread((J,), *at, values=value), 1e-9)
    share = np.clip(share, 0.0, 0.995)
    found = np.empty((N, J))
    for row in table("investment_rates.csv"):
        region = R[row["region"]]
        moved = with_mean(share, final[region], float(row["share_of_gdp"]))
        low, high = (share * f / (1 - share + share * f) for f in (1 / LARGEST_ODDS, LARGEST_ODDS))
        found[region] = np.clip(moved, low, high)
    return found
