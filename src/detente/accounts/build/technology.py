"""Stage 4, technology: what each sector buys from each, and what final demand buys.

OECD ICIO 2020 gives national coefficients for 45 industries; the US benchmark of 2017 (402 industries) says how a block
of sectors that ICIO joins (basic metals, vehicles and parts, food, wood, extraction, utilities) divides among them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from detente.accounts.build.vocabulary import J, N, R, S, region_of, sector_of_bea, spread, table

BLOCK_TABLE = table("icio_blocks.csv")
BLOCKS = list(dict.fromkeys(row["block"] for row in BLOCK_TABLE))
BLOCK_OF = np.zeros(J, dtype=int)
for _row in BLOCK_TABLE:
    for _sector in _row["sectors"].split():
        BLOCK_OF[S[_sector]] = BLOCKS.index(_row["block"])
MEMBER = np.eye(len(BLOCKS))[BLOCK_OF]  # [sector, block]

#: A sector's purchases from a block may differ from its own block's average by this factor at most (US benchmark).
LARGEST_DEVIATION = 3.0


def us_benchmark(sources: Path) -> np.ndarray:
    """US purchases of 2017 at producer prices, imports included [input sector, buyer], million USD; last buyer: final.

    Products are taken as the output of the industry of the same name; scrap, used goods and exports are left out.
    """
    use = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    codes = pd.read_csv(sources / "bea_us_io" / "detail2017_codes.csv", dtype=str)
    industries = set(codes.loc[codes["kind"] == "industry", "code"])
    final = set(codes.loc[codes["kind"] == "final_demand", "code"]) - {"F03000", "F04000", "F05000"}
    use = use[use["industry_or_final"].isin(industries | final)]
    row = np.where(use["commodity_or_va"].isin(industries), sector_of_bea(use["commodity_or_va"]), -1)
    is_final = use["industry_or_final"].isin(final).to_numpy()
    buyer = np.where(is_final, J, sector_of_bea(use["industry_or_final"]))
    return np.maximum(spread((J, J + 1), row, buyer, values=use["value_musd"].to_numpy()), 0.0)


def us_value_added_share(sources: Path) -> np.ndarray:
    """US value added over output in 2017 [sector]."""
    use = pd.read_parquet(sources / "bea_us_io" / "detail2017_use_producer.parquet")
    use = use[use["commodity_or_va"].str.startswith("V00")]
    buyer = sector_of_bea(use["industry_or_final"].where(~use["industry_or_final"].str.match("F|T|NA"), ""))
    value_added = spread((J,), buyer, values=use["value_musd"].to_numpy())
    return value_added / (value_added + us_benchmark(sources)[:, :J].sum(axis=0))


def icio(sources: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ICIO 2020 by block: coefficients [region, input block, using block], final shares and value-added shares.

    Industries of a block, and economies of a region, are averaged with weights: the output that would meet each
    economy's final demand if nothing were traded, times its GDP share in the region.
    """
    folder = sources / "icio2020_coefficients"
    data = pd.read_parquet(folder / "io_coefficients.parquet")
    shares = pd.read_csv(folder / "va_and_final_shares.csv")
    industries = [row["icio"] for row in BLOCK_TABLE]
    block = np.eye(len(BLOCKS))[[BLOCKS.index(row["block"]) for row in BLOCK_TABLE]]  # [industry, block]
    countries = sorted(shares["country"].unique())
    position = {name: k for k, name in enumerate(industries)}
    country = {name: k for k, name in enumerate(countries)}
    coefficients = spread(
        (len(countries), len(industries), len(industries)),
        data["country"].map(country).to_numpy(int),
        data["input_sector"].map(position).to_numpy(int),
        data["using_sector"].map(position).to_numpy(int),
        values=data["coefficient"].to_numpy(),
    )
    at = (shares["country"].map(country).to_numpy(int), shares["sector"].map(position).to_numpy(int))
    shape = (len(countries), len(industries))
    final = spread(shape, *at, values=shares["final_expenditure_share"].to_numpy())
    value_added = spread(shape, *at, values=shares["value_added_share"].to_numpy())
    gdp = _gdp_weight(sources, countries)
    activity = np.linalg.solve(np.eye(len(industries)) - coefficients, final[..., None])[..., 0] * gdp[:, None]
    region = np.eye(N)[region_of(pd.Series(countries))]  # [country, region]
    output = np.einsum("ck,cn,kb->nb", activity, region, block)
    inputs = np.einsum("cjk,ck,cn,ja,kb->nab", coefficients, activity, region, block, block, optimize=True)
    return (
        inputs / output[:, None, :],
        np.einsum("ck,c,cn,kb->nb", final, gdp, region, block) / (gdp @ region)[:, None],
        np.einsum("ck,ck,cn,kb->nb", value_added, activity, region, block) / output,
    )


def _gdp_weight(sources: Path, countries: list[str]) -> np.ndarray:
    held = pd.read_csv(sources / "bilateral_goods_2023" / "countries.csv").set_index("iso3")["gdp_usd"]
    gdp = held.reindex(countries)
    gdp["ROW"] = held[~held.index.isin(countries)].sum()
    return gdp.fillna(gdp["ROW"] * 0 + 7.5e11).to_numpy()  # Taiwan is a region of its own: its weight is immaterial


def coefficients(sources: Path) -> np.ndarray:
    """Spending on inputs over output before balancing [region, input sector, using sector].

    Each using sector's coefficients sum to one less its `value_added_shares`.
    """
    us = us_benchmark(sources)
    output = us[:, :J].sum(axis=0) / (1 - us_value_added_share(sources))
    us_coefficient = us[:, :J] / output
    of_block = MEMBER.T @ us_coefficient  # [block, using sector]
    average = ((MEMBER.T @ us[:, :J]) @ MEMBER) / (output @ MEMBER)  # [block, using block]
    deviation = _ratio(of_block, average[:, BLOCK_OF], 1.0)
    deviation = np.clip(deviation, 1 / LARGEST_DEVIATION, LARGEST_DEVIATION)
    fallback = np.broadcast_to((output / (MEMBER @ (output @ MEMBER)))[:, None], (J, J))
    within = _ratio(us_coefficient, of_block[BLOCK_OF], fallback)
    national, _, _ = icio(sources)
    result = national[:, BLOCK_OF][:, :, BLOCK_OF] * deviation[BLOCK_OF] * within
    result[R["USA"]] = us_coefficient
    _smelt(result)
    inputs = 1 - value_added_shares(sources)
    return result * (inputs / result.sum(axis=1))[:, None, :]


def _smelt(coefficients: np.ndarray) -> None:
    """Give aluminum the recipe of smelting where smelters are (``smelting.csv``); the US table has its own few."""
    rows = table("smelting.csv")
    recipe = np.zeros(J)
    for row in rows:
        if row["kind"] == "input":
            recipe[S[row["label"]]] = float(row["share"])
    for row in rows:
        if row["kind"] == "smelters" and row["label"] != "USA":
            column = coefficients[R[row["label"]], :, S["aluminum"]]
            share = float(row["share"])
            column[:] = (1 - share) * column / column.sum() * recipe.sum() + share * recipe


def final_demand_shares(sources: Path) -> np.ndarray:
    """Final demand of ICIO by block, divided within blocks as in the US benchmark [region, sector]; sums to one."""
    us = us_benchmark(sources)[:, J]
    within = us / np.maximum(MEMBER @ (us @ MEMBER), 1e-9)
    _, final, _ = icio(sources)
    shares = final[:, BLOCK_OF] * within
    shares[R["USA"]] = us / us.sum()
    return shares / shares.sum(axis=1, keepdims=True)


def value_added_shares(sources: Path) -> np.ndarray:
    """Value added over output: ICIO's block ratio, with the US differences inside a block [region, sector]."""
    us = us_value_added_share(sources)
    benchmark = us_benchmark(sources)[:, :J].sum(axis=0)
    output = benchmark / (1 - us)
    block = ((us * output) @ MEMBER) / (output @ MEMBER)
    _, _, national = icio(sources)
    return np.clip(national[:, BLOCK_OF] * (us / block[BLOCK_OF]), 0.03, 0.95)


def _ratio(part: np.ndarray, whole: np.ndarray, otherwise: np.ndarray | float) -> np.ndarray:
    out = np.array(np.broadcast_to(otherwise, part.shape), dtype=float)
    return np.divide(part, whole, out=out, where=whole > 0)
