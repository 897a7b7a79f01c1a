"""Caliendo and Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA", REStud 82(1): Table 2."""

from __future__ import annotations

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pandas as pd

from detente.accounts import Baseline
from detente.economy import Economy, Result, calibrate
from detente.report.comparison import PublishedComparison, Row

HERE = Path(__file__).parent
NAFTA = {"Mexico": "MEX", "Canada": "CAN", "USA": "USA"}
TITLE = "Caliendo and Parro (2015), Table 2: NAFTA's tariff reductions from 1993 to 2005"
EXACT = "not in the paper: exact change of real income in the same solve; the first column repeats the first-order sum"
LABELS = {
    "welfare_first_order": "welfare, first-order sum",
    "terms_of_trade": "terms of trade",
    "volume_of_trade": "volume of trade",
    "real_wage": "real wage",
    "imports_from_NAFTA_partners_net_of_tariff": "imports from NAFTA",
}
CLOSURES = {"NAFTA_zero_deficit": "balanced", "NAFTA_with_1993_deficits": "fixed"}


def baseline(sources: Path) -> tuple[Baseline, np.ndarray]:
    """The paper's 1993 world (31 regions, 40 sectors) and the tariffs of 2005 [importer, exporter, sector, use].

    The data treatment is the authors': exports bound output from below, domestic sales are the rest, negative final demand is
    set to zero and shares are rescaled. It leaves accounts that do not balance, so `Baseline.check` would refuse them.
    """
    folder = sources / "cp2015"
    sectors = pd.read_csv(folder / "sectors.csv")
    regions = list(pd.read_csv(folder / "countries.csv").iso3)
    n, j = len(regions), len(sectors)
    traded = int(sectors.tradable.sum())
    flows = pd.read_parquet(folder / "trade_tariffs.parquet")
    cells = pd.read_csv(folder / "output_va.csv")

    def bilateral(column: str) -> np.ndarray:  # [importer, exporter, sector], zero for non-tradables and at home
        full = np.zeros((n, n, j))
        full[:, :, :traded] = flows[column].to_numpy().reshape(traded, n, n).transpose(1, 2, 0)
        full[np.arange(n), np.arange(n)] = 0.0
        return full

    trade = bilateral("trade_1993_usd") / 1e6
    tariff, tariff_2005 = bilateral("tariff_1993_pct") / 100, bilateral("tariff_2005_pct") / 100
    exports = trade.sum(axis=0)
    output = np.maximum(cells.gross_output_usd.to_numpy().reshape(n, j) / 1e6, exports)
    value_added_share = cells.value_added_share.to_numpy().reshape(n, j)
    trade[np.arange(n), np.arange(n)] = output - exports

    value_added = value_added_share * output
    of_intermediates = pd.read_parquet(folder / "io_shares.parquet").share_of_intermediates.to_numpy().reshape(n, j, j)
    inputs = of_intermediates * ((1 - value_added_share) * output)[:, None, :]
    deficit = trade.sum(axis=(1, 2)) - trade.sum(axis=(0, 2))
    income = value_added.sum(axis=1) + (tariff * trade).sum(axis=(1, 2)) + deficit
    final = np.maximum(((1 + tariff) * trade).sum(axis=1) - inputs.sum(axis=2), 0.0)
    final *= (income / final.sum(axis=1))[:, None]
    world = Baseline(
        {
            "trade": trade[..., None],
            "tariff": tariff[..., None],
            "output": output,
            "value_added": value_added,
            "input_expenditure": inputs,
            "final_expenditure": final,
            "deficit": deficit,
            "trade_elasticity": sectors.theta.to_numpy(float),
        },
        regions=regions,
        sectors=list(sectors.sector),
        uses=["all"],
        buyer_class=[0] * (j + 1),
        attributes={"title": "Caliendo and Parro (2015), 1993"},
    )
    return world, tariff_2005[..., None]


def nafta(economy: Economy, tariff_2005: np.ndarray) -> Result:
    """NAFTA tariffs at their 2005 level against all tariffs at 1993, under the economy's closure."""
    before = economy.status_quo()
    members = [economy.regions.index(code) for code in NAFTA.values()]
    block = np.ix_(members, members)
    tariff = np.array(before.tariff)
    tariff[block] = tariff_2005[block]
    reference, _ = economy.levels(before)
    found, diagnostics = economy.levels(before._replace(tariff=jnp.asarray(tariff)))
    return Result(economy, reference, found, diagnostics)


def measures(result: Result, region: str) -> dict[str, float]:
    """The paper's measures for one region, percent, and the exact welfare beside them."""
    at = result.economy.regions.index(region)
    partners = [result.economy.regions.index(code) for code in NAFTA.values() if code != region]
    imports = [levels.border_value[at, partners].sum() for levels in (result.reference, result.found)]
    arrays = {name: result.arrays[name][at] for name in ("terms_of_trade", "volume_of_trade", "real_wage", "welfare")}
    return {
        **arrays,
        "welfare_first_order": arrays["terms_of_trade"] + arrays["volume_of_trade"],
        "imports_from_NAFTA_partners_net_of_tariff": 100 * (imports[1] / imports[0] - 1),
    }


def run(sources: Path) -> PublishedComparison:
    """Published numbers beside ours."""
    world, tariff_2005 = baseline(sources)
    results = {
        scenario: nafta(calibrate(world, closure=closure), tariff_2005) for scenario, closure in CLOSURES.items()
    }
    rows = []
    for scenario, table in pd.read_csv(HERE / "published.csv").groupby("scenario", sort=False):
        for row in table.itertuples():
            ours = measures(results[str(scenario)], NAFTA[str(row.region)])[str(row.quantity)]
            rows.append(
                Row(
                    f"{row.table}, {row.region}: {LABELS[str(row.quantity)]}",
                    float(row.value),
                    ours,
                    float(row.tolerance),
                )
            )
        closure = CLOSURES[str(scenario)]
        for name, code in NAFTA.items():
            exact = measures(results[str(scenario)], code)
            rows.append(
                Row(
                    f"{'Table2' if closure == 'balanced' else 'deficits'}, {name}: exact welfare",
                    exact["welfare_first_order"],
                    exact["welfare"],
                    None,
                    EXACT,
                )
            )
    diagnostics = [
        f"{scenario}: residual {r.diagnostics['residual']:.0e}, {r.diagnostics['iterations']} evaluations"
        for scenario, r in results.items()
    ]
    return PublishedComparison(TITLE, tuple(rows), tuple(diagnostics))
