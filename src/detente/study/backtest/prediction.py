"""What the model says of an episode: its duties through the one counterfactual, to imports by partner and sector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detente.accounts import Baseline
from detente.economy import Economy, Policy
from detente.study.backtest.episode import Episode, Rates
from detente.study.backtest.observed import PARTNERS, REST, Observed, on_cells, sector_groups
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

IMPORTER = "USA"
SMALLEST_STEP = 1e-6  # of a rate


def scenarios(
    episode: Episode,
    observed: Observed,
    baseline: Baseline,
    rates: Rates,
    *,
    horizon: str = "short",
    closure: str | float = "fixed",
) -> list[Scenario]:
    """The scenarios whose mean answer is the prediction: one with the duties paid, or one for each day of the law."""
    common = {"title": episode.title, "horizon": horizon, "closure": closure}
    if rates == "paid":
        return [Scenario.model_validate({**common, "law": "none", "changes": duties_paid(observed, baseline)})]
    return [
        Scenario.model_validate({**common, "law": day, "rates": rates, "against": "baseline"}) for day in episode.law
    ]


def duties_paid(observed: Observed, baseline: Baseline) -> list[dict[str, object]]:
    """The change of duty over imports of every cell, as tariff changes of a scenario.

    All sectors of a group get the group's change: customs' sectors are no finer. A cut goes no lower than free trade.
    """
    n = baseline.regions.index(IMPORTER)
    changes: list[dict[str, object]] = []
    for p, partner in enumerate(PARTNERS):
        for g, (sectors, _) in enumerate(sector_groups().values()):
            step = float(observed.duty_change[p, g])
            for region in REST.get(partner, (partner,)):
                for sector in sectors:
                    floor = baseline.tariff[n, baseline.regions.index(region), baseline.sectors.index(sector)].min()
                    add = max(step, -float(floor))
                    if abs(add) > SMALLEST_STEP:
                        edit = {"importer": IMPORTER, "exporter": region, "sectors": sector, "add": add}
                        changes.append({"tariff": edit})
    return changes


def policies(given: Sequence[Scenario], baseline: Baseline, economy: Economy) -> list[Policy]:
    """The policies of the scenarios, each through the counterfactual."""
    return [Counterfactual(scenario, baseline).after(economy) for scenario in given]


def predict(economy: Economy, at: Sequence[Policy]) -> np.ndarray:
    """Predicted log change of US imports [partner, group]: the mean of imports over the policies against the baseline."""
    n = economy.regions.index(IMPORTER)
    before = on_cells(economy.baseline.border_value[n].sum(axis=2), economy.baseline)
    after = np.mean(
        [
            on_cells(np.asarray(economy.levels(policy)[0].border_value[n].sum(axis=2)), economy.baseline)
            for policy in at
        ],
        axis=0,
    )
    traded = before > 0
    return np.where(traded, np.log(np.where(traded, after, 1.0) / np.where(traded, before, 1.0)), 0.0)


def own_elasticity(baseline: Baseline, at: Sequence[Policy], elasticity: Mapping[str, float]) -> np.ndarray:
    """A simple rival: every flow falls by its sector's elasticity for its own duty, and nothing else moves."""
    return _rival(baseline, at, elasticity, relative=False)


def gravity(baseline: Baseline, at: Sequence[Policy], elasticity: Mapping[str, float]) -> np.ndarray:
    """A second rival: structural gravity with total spending of each sector held, duties relative to the sector's others."""
    return _rival(baseline, at, elasticity, relative=True)


def _rival(baseline: Baseline, at: Sequence[Policy], elasticity: Mapping[str, float], *, relative: bool) -> np.ndarray:
    n = baseline.regions.index(IMPORTER)
    theta = np.array([elasticity[sector] for sector in baseline.sectors])
    before = baseline.border_value[n].sum(axis=2)  # [exporter, sector]
    spent = baseline.expenditure[n].sum(axis=2)
    after = np.zeros_like(before)
    weight = baseline.border_value[n]
    for policy in at:
        wedge = (1 + np.asarray(policy.tariff)[n]) / (1 + baseline.tariff[n])  # [exporter, sector, use]
        total = weight.sum(axis=2)
        mean = np.where(total > 0, (wedge * weight).sum(axis=2) / np.where(total > 0, total, 1.0), 1.0)
        mean = np.where(np.isfinite(mean), mean, 1e6)
        falls = mean**-theta
        if relative:
            share = spent / spent.sum(axis=0)
            falls = (
                falls / (share * falls).sum(axis=0) / mean
            )  # spending is held, so imports before duty fall by the duty
        else:
            falls = falls / mean
        after += before * falls / len(at)
    change_before, change_after = on_cells(before, baseline), on_cells(after, baseline)
    traded = change_before > 0
    return np.where(traded, np.log(np.where(traded, change_after, 1.0) / np.where(traded, change_before, 1.0)), 0.0)
