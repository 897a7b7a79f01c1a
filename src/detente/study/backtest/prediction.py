"""What the model says of an episode: its duties through the one counterfactual, to imports by partner and sector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from detente import _runtime  # noqa: F401  (sets JAX up)

# isort: split
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from detente.accounts import Baseline
from detente.economy import HORIZONS, Economy, Policy
from detente.economy.outcomes import Levels
from detente.economy.product_nests import ProductNests
from detente.study.backtest.episode import Episode, Rates
from detente.study.backtest.evidence import Evidence
from detente.study.backtest.observed import PARTNERS, REST, Observed, on_cells
from detente.study.backtest.sector_groups import sector_groups
from detente.study.counterfactual import Counterfactual
from detente.study.product_trade import IMPORTER, us_product_nests
from detente.study.scenario import Scenario

SMALLEST_STEP = 1e-6  # of a rate


class EpisodeQuestion(NamedTuple):
    """An episode as scenarios: the answer is the mean of imports over `after`, against those of `before`."""

    after: list[Scenario]
    before: Scenario


def question(
    episode: Episode,
    observed: Observed,
    baseline: Baseline,
    rates: Rates,
    *,
    horizon: str = "short",
    closure: str | float = "fixed",
) -> EpisodeQuestion:
    """The scenarios of an episode: one with the duties paid, or one for each day of the law."""
    common = {"title": episode.title, "horizon": horizon, "closure": closure}
    if rates == "paid":
        paid = {**common, "law": "none", "changes": duties_paid(observed, baseline)}
        return EpisodeQuestion([Scenario.model_validate(paid)], Scenario.model_validate({**common, "law": "none"}))
    then, now = (
        [
            Scenario.model_validate({**common, "law": day.isoformat(), "against": "baseline", "rates": rates})
            for day in days
        ]
        for days in ([episode.law_before], episode.law)
    )
    return EpisodeQuestion(now, then[0])


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


class Policies(NamedTuple):
    """What a `EpisodeQuestion` charges."""

    after: list[Policy]
    before: Policy


def policies(asked: EpisodeQuestion, baseline: Baseline, economy: Economy) -> Policies:
    """The policies of a question, each through the counterfactual."""
    return Policies(
        [Counterfactual(scenario, baseline).after(economy) for scenario in asked.after],
        Counterfactual(asked.before, baseline).after(economy),
    )


def economy_of(fitted: Evidence, baseline: Baseline) -> Economy:
    """The economy with estimated parameters: one to two years after duties."""
    theta = np.array([fitted.multiplier_of(sector) for sector in baseline.sectors]) * baseline.trade_elasticity
    shared = fitted.shared
    asked = Scenario(
        title=fitted.name,
        law=None,
        closure=shared["pooling"],
        demand_elasticity=shared["demand_elasticity"],
        input_elasticity=shared["input_elasticity"],
        trade_elasticities=dict(zip(baseline.sectors, theta.tolist(), strict=True)),
    )
    source = f"estimated on US imports, {' and '.join(fitted.episodes)} (docs/checked.md)"
    horizon = replace(HORIZONS["short"], rigidity=shared["rigidity"], elasticity_factor=1.0, source=source)
    return Counterfactual(asked, baseline).economy(horizon)


def predict(economy: Economy, at: Policies, macro_ratio: float | None = None) -> np.ndarray:
    """Predicted log change of US imports [partner, group].

    With `macro_ratio` buyers choose suppliers product by product (`ProductNests`), home and imports substituting with so much
    of the trade elasticity; without, sector by sector, as every other answer does.
    """
    baseline = economy.baseline
    nests = None if macro_ratio is None else us_product_nests(baseline)

    def imports(policy: Policy) -> np.ndarray:
        found = economy.levels(policy)[0]
        if nests is None:
            return on_cells(np.asarray(found.border_value[baseline.regions.index(IMPORTER)].sum(axis=2)), baseline)
        return on_cells(np.asarray(by_product(baseline, nests, found, macro_ratio or 0.0)), baseline)

    return change(imports(at.before), np.mean([imports(policy) for policy in at.after], axis=0))


def by_product(baseline: Baseline, nests: ProductNests, found: Levels, macro_ratio: ArrayLike) -> Array:
    """US imports at customs value [exporter, sector] at an equilibrium, suppliers chosen product by product."""
    n = nests.home
    before = jnp.asarray(baseline.expenditure[n].sum(axis=2))
    border = found.border_value[n].sum(axis=2)
    after = border + found.duties[n].sum(axis=2)
    ratio = jnp.where(before > 0, after / jnp.where(before > 0, before, 1.0), 1.0)
    chosen = nests.reallocate(ratio, after.sum(axis=0) / before.sum(axis=0), macro=macro_ratio)
    return border * chosen / jnp.where(ratio > 0, ratio, 1.0)


def change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Log of after over before; zero where the accounts hold no trade."""
    traded = before > 0
    return np.where(traded, np.log(np.where(traded, after, 1.0) / np.where(traded, before, 1.0)), 0.0)


def own_elasticity(baseline: Baseline, at: Policies, elasticity: Mapping[str, float]) -> np.ndarray:
    """A simple rival: every flow falls by its sector's elasticity for its own duty, and nothing else moves."""
    return _rival(baseline, at, elasticity, relative=False)


def gravity(baseline: Baseline, at: Policies, elasticity: Mapping[str, float]) -> np.ndarray:
    """A second rival: structural gravity with total spending of each sector held, duties relative to the sector's others."""
    return _rival(baseline, at, elasticity, relative=True)


def _rival(baseline: Baseline, at: Policies, elasticity: Mapping[str, float], *, relative: bool) -> np.ndarray:
    n = baseline.regions.index(IMPORTER)
    theta = np.array([elasticity[sector] for sector in baseline.sectors])
    weight = baseline.border_value[n]  # [exporter, sector, use]
    total, spent = weight.sum(axis=2), baseline.expenditure[n].sum(axis=2)
    share = spent / np.where(spent.sum(axis=0) > 0, spent.sum(axis=0), 1.0)

    def imports(policy: Policy) -> np.ndarray:
        wedge = (1 + np.asarray(policy.tariff)[n]) / (1 + baseline.tariff[n])
        finite = np.where(np.isfinite(wedge), wedge, 1e6)
        mean = np.where(total > 0, (finite * weight).sum(axis=2) / np.where(total > 0, total, 1.0), 1.0)
        falls = mean**-theta
        # imports before duty fall by the duty as well, since what falls is spending at prices with it
        return on_cells(total * falls / mean / ((share * falls).sum(axis=0) if relative else 1.0), baseline)

    return change(imports(at.before), np.mean([imports(policy) for policy in at.after], axis=0))
