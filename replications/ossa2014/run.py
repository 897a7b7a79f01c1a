"""Ossa (2014), "Trade Wars and Trade Talks with Data", American Economic Review 104(12): tables 2 to 5 and 8 to 10."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pandas as pd

from detente.economy.interface import Policy
from detente.report.comparison import PublishedComparison, Row
from detente.talks.clauses import compile_clauses
from detente.talks.instruments import Instruments, tariff_instruments
from detente.talks.merit import SMALLEST, Goal
from detente.talks.optimum import optimum
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel, climb_economy
from detente.talks.war import war

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from ossa import OssaEconomy, political_weights

CEILING = 10.0  # tariffs between 0 and 1000 percent, as in the paper

ROUNDING = 0.05
#: Wider than rounding, with the reason; fixed for whole tables, whatever a single row needs.
LOOSE_NASH = (
    "the paper stops when the mean change of all tariffs is below 0.01, so its tariffs are 0.02 to 0.09 from the "
    "fixed point in the cell that is furthest; ours settle (proof in the notes)"
)
NASH_TOLERANCE = {"median_tariff": 1.1, "wage": 0.1}
NASH_OTHERS = 0.067  # rounding, and the 0.017 points by which welfare differs at the fixed point
FLAT = (
    "single tariffs are flat directions of the objective: our slopes are below 1e-6 and our government gains as printed"
)
FLAT_MEDIAN = 0.2
AT_LEAST = "many local optima: an agreement at least as good as the paper's is a success"
OTHER_OPTIMUM = "agreements with other wages and profits give nearly the same gain: shown, not judged"


def run(sources: Path) -> PublishedComparison:
    """Every number of the tables, computed from `sources`/ossa2014, beside the printed one."""
    replication = Replication(sources / "ossa2014")
    computed = {}
    computed.update(replication.single_tariff("crp"))
    computed.update(replication.single_tariff("wap"))
    for politics in ("BAS", "POL"):
        computed.update(replication.chapter(politics))
    rows = tuple(_row(line, computed) for line in expected().itertuples())
    judged = [(row, line.table == "2") for row, line in zip(rows, expected().itertuples(), strict=True) if row.passed]
    exact = sum(
        row.difference >= -ROUNDING if row.sense == "at_least" else abs(row.difference) <= (0.005 if fine else ROUNDING)
        for row, fine in judged
    )
    return PublishedComparison(
        "Ossa (2014), Trade Wars and Trade Talks with Data",
        rows,
        (
            f"Of {len(judged)} numbers that pass, {exact} are within the paper's rounding, the others within the wider "
            "tolerance whose reason is given.",
            *replication.proofs,
            f"Optimal tariffs: the most tempting one would still bring {replication.steepest_pct:.1e} percent per 100 points.",
            "BAS: governments maximize welfare; POL: with the paper's political weights.",
        ),
    )


def expected() -> pd.DataFrame:
    """The published numbers: table, policy, measure, region, percent."""
    return pd.read_csv(HERE / "expected.csv", dtype={"table": str})


def _row(line: Any, computed: dict[tuple[str, str, str], float]) -> Row:
    label = f"Table {line.table} {line.policy} {line.measure} {line.region}"
    ours = float(computed[line.policy, line.measure, line.region])
    if line.policy.startswith("cooperative"):
        # without political weights the government's objective is welfare, and the paper prints both
        if line.measure not in ("government", "welfare"):
            return Row(label, line.percent, ours, None, OTHER_OPTIMUM)
        rounding = 0.005 if line.policy.endswith("free_trade") else ROUNDING
        return Row(label, line.percent, ours, rounding, AT_LEAST, sense="at_least")
    if line.policy.startswith("nash"):
        return Row(label, line.percent, ours, NASH_TOLERANCE.get(line.measure, NASH_OTHERS), LOOSE_NASH)
    if line.policy.startswith("optimal") and line.measure == "median_tariff":
        return Row(label, line.percent, ours, FLAT_MEDIAN, FLAT)
    return Row(label, line.percent, ours, 0.005 if line.table == "2" else ROUNDING)


class Replication:
    """The paper's policies on the paper's economy; `proofs` collects what each war and agreement can show for
    itself."""

    def __init__(self, folder: Path) -> None:
        self.economy = OssaEconomy.from_sources(folder)
        self.weights = political_weights(folder)
        self.proofs: list[str] = []
        self.steepest_pct = 0.0

    def payoff_model(self, politics: str) -> PayoffModel:
        """The seven governments, with (POL) or without (BAS) political weights."""
        chosen = self.weights if politics == "POL" else {}
        return PayoffModel(self.economy, [Party(r, chosen.get(r, {})) for r in self.economy.regions])

    def single_tariff(self, sector: str) -> dict[tuple[str, str, str], float]:
        """Table 2: the US raises its tariff in one sector by 50 percentage points."""
        economy = self.economy
        us, s = economy.regions.index("US"), economy.sectors.index(sector)
        tariff = economy.base_tariff.copy()
        tariff[us, :, s] += 0.5 * (np.arange(len(economy.regions)) != us)
        solution = economy.solve(jnp.asarray(tariff))
        wage = np.asarray(solution.wage)
        base_sales, sales = economy.trade.sum(axis=0), np.asarray(solution.trade).sum(axis=0)
        growth = np.divide(sales, base_sales, out=np.ones_like(sales), where=base_sales > 0)  # [i, s]
        relative = 100 * (growth[us] / wage[us] - 1)
        imports, X = economy.trade[us], float(economy.X[us])
        measures = {
            "wage": 100 * (wage[us] - wage.mean()),
            "sales_sector": relative[s],
            "sales_elsewhere": np.delete(relative, s).mean(),
            "welfare": 100 * (float(solution.expenditure[us] / economy.consumer_price(solution)[us]) - 1),
            "terms_of_trade": 100 * (imports.sum(axis=1) * (wage[us] - wage)).sum() / X,
            "profit_shifting": 100 * (np.asarray(economy.profit)[us] * (growth[us] - wage[us])).sum() / X,
        }
        return {(f"US_plus_50_points_{sector}", name, "US"): float(value) for name, value in measures.items()}

    def chapter(self, politics: str) -> dict[tuple[str, str, str], float]:
        """Optimal tariffs, the trade war and the cooperative tariffs, for partners alike (MFN) and one by one."""
        payoff_model, regions, today = self.payoff_model(politics), self.economy.regions, self.economy.status_quo()
        found: dict[tuple[str, str, str], float] = {}
        best: dict[str, Policy] = {}
        nash = today
        for scope in ("MFN", "bilateral"):
            instruments = self.instruments(scope)
            best = {r: self.best(payoff_model, r, instruments[r], best.get(r)) for r in regions}
            found |= self.unilateral(f"optimal_{scope}_{politics}", best)
            origin = dict.fromkeys(regions, nash) if scope == "bilateral" else best
            fought = war(payoff_model, instruments, start={r: instruments[r].read(origin[r]) for r in regions})
            nash = fought.policy
            found |= self.everybody(f"nash_{scope}_{politics}", payoff_model, today, nash)
            worst = max(fought.best_deviation_gain_pct.values())
            self.proofs.append(f"War, {scope}, {politics}: no government gains more than {worst:.1e} percent alone.")
        free = today._replace(tariff=np.zeros_like(today.tariff))
        for name, threat in (("Nash", nash), ("factual", today), ("free_trade", free)):
            agreed = threat
            for scope in ("MFN", "bilateral"):
                agreed = self.cooperation(payoff_model, threat, agreed, scope)
                found |= self.everybody(f"cooperative_{scope}_{politics}_from_{name}", payoff_model, threat, agreed)
        return found

    def instruments(self, scope: str) -> dict[str, Instruments]:
        """Each government's tariffs: one per sector (MFN) or per sector and partner."""
        mfn = scope == "MFN"
        return {r: tariff_instruments(self.economy, r, mfn=mfn, upper=CEILING) for r in self.economy.regions}

    def best(self, payoff_model: PayoffModel, region: str, instruments: Instruments, start: Policy | None) -> Policy:
        """The region's optimal tariffs against the factual ones of others, from `start` or else from three places."""
        elasticity = 1 / (self.economy.sigma - 1)
        places = [
            np.resize(elasticity, len(instruments)),
            np.full(len(instruments), 0.1),
            instruments.read(payoff_model.today),
        ]
        starts = places if start is None else [instruments.read(start)]
        found = optimum(payoff_model, region, instruments, starts=starts)
        self.steepest_pct = max(self.steepest_pct, found.steepest_pct)
        return found.policy

    def cooperation(self, payoff_model: PayoffModel, threat: Policy, start: Policy, scope: str) -> Policy:
        """The largest gain over `threat` that all seven share, over everybody's tariffs."""
        instruments = Instruments(instrument for mine in self.instruments(scope).values() for instrument in mine)
        before = payoff_model.see(threat, fresh=True)
        clauses = compile_clauses(self.economy, [], {"today": before.outcome, "threat": before.outcome})
        goal = Goal(SMALLEST, np.ones(len(before.payoff)), before.payoff)
        found = [
            climb_economy(payoff_model, instruments, threat, clauses, goal, place)
            for place in (
                instruments.read(start),
                instruments.read(threat),
                instruments.read(payoff_model.today),
                np.full(len(instruments), 0.5),
            )
        ]
        return instruments.apply(threat, max(found, key=lambda one: one.goal).values)

    def unilateral(self, policy: str, best: dict[str, Policy]) -> dict[tuple[str, str, str], float]:
        """Rows of tables 3 and 8: own and mean of others."""
        politics = policy.rsplit("_", 1)[1]
        found: dict[tuple[str, str, str], float] = {}
        for n, region in enumerate(self.economy.regions):
            payoff_model = self.payoff_model(politics)
            measured = self.measures(payoff_model, payoff_model.today, best[region])
            for name in ("government", "welfare", "wage", "profits"):
                found[policy, f"{name}_own", region] = measured[name][n]
                found[policy, f"{name}_others", region] = np.delete(measured[name], n).mean()
            found[policy, "median_tariff", region] = measured["median_tariff"][n]
        return _with_means(found)

    def everybody(
        self, policy: str, payoff_model: PayoffModel, before: Policy, after: Policy
    ) -> dict[tuple[str, str, str], float]:
        """Rows of tables 4, 5, 9 and 10: every region."""
        measured = self.measures(payoff_model, before, after)
        regions = self.economy.regions
        return _with_means(
            {(policy, m, r): v for m, row in measured.items() for r, v in zip(regions, row, strict=True)}
        )

    def measures(self, payoff_model: PayoffModel, before: Policy, after: Policy) -> dict[str, np.ndarray]:
        """Percent changes by region between two policies, and the median tariff under the second."""
        first = payoff_model.see(before, fresh=True).payoff
        base = self.economy.rebased(np.asarray(before.tariff[..., 0]))
        tariff = np.asarray(after.tariff[..., 0])
        solution = base.solve(jnp.asarray(tariff))
        wage, profit = np.asarray(solution.wage), np.asarray(base.profit).sum(axis=1)
        profits = (np.asarray(solution.trade) / base.sigma).sum(axis=(0, 2)) / profit / wage
        welfare = np.asarray(solution.expenditure / base.consumer_price(solution))
        abroad = ~np.eye(len(self.economy.regions), dtype=bool)
        return {
            "government": 100 * (payoff_model.see(after, fresh=True).payoff / first - 1),
            "welfare": 100 * (welfare - 1),
            "wage": 100 * (wage - wage.mean()),
            "profits": 100 * (profits - 1),
            "median_tariff": np.array([100 * np.median(tariff[n][abroad[n]]) for n in range(len(wage))]),
        }


def _with_means(found: dict[tuple[str, str, str], float]) -> dict[tuple[str, str, str], float]:
    """Adds the simple mean over regions, the last row of the paper's tables."""
    rows: dict[tuple[str, str], list[float]] = {}
    for (policy, measure, _), value in found.items():
        rows.setdefault((policy, measure), []).append(value)
    return found | {(policy, measure, "mean"): float(np.mean(row)) for (policy, measure), row in rows.items()}
