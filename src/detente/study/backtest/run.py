"""A backtest: an episode predicted and set beside what happened, cell by cell and in scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.accounts import Baseline, load
from detente.economy import Economy
from detente.study.backtest import observed as seen
from detente.study.backtest.episode import Episode, Rates, episode
from detente.study.backtest.estimation import Model, jacobian
from detente.study.backtest.evidence import Evidence, evidence
from detente.study.backtest.observed import PARTNERS, Observed, common_growth, observe, quiet_variance
from detente.study.backtest.prediction import (
    Policies,
    economy_of,
    gravity,
    own_elasticity,
    policies,
    predict,
    question,
)
from detente.study.backtest.scores import Score, coverage, score
from detente.study.backtest.sector_groups import sector_groups
from detente.study.counterfactual import Counterfactual

if TYPE_CHECKING:
    import pandas as pd

#: Half width of a 90 percent range, in standard deviations.
NINETY = 1.6449
#: Partners whose scores are headlines; the European Union is one importer of one law.
HEADLINE = ("CAN", "MEX", "CHN", "JPN", "KOR", "EU")
#: Where nothing else is asked, the parameters that predict an episode are those fitted to the other.
OTHER = {"2018": "2025", "2025": "2018", "2025-year": "2018"}
#: A change of duty below which a cell counts as untaxed.
UNTAXED = 0.01


class Cell(NamedTuple):
    """One partner and sector: imports in million USD, duty over imports, changes in percent; `low` and `high` hold 90 percent."""

    partner: str
    sector: str
    imports_before_musd: float
    imports_after_musd: float
    duty_before_pct: float
    duty_after_pct: float
    actual_pct: float
    predicted_pct: float
    low_pct: float
    high_pct: float
    scored: bool
    left_out: str


@dataclass(frozen=True)
class Backtest:
    """An episode and its prediction, log changes [partner, group].

    `spread`: standard deviation of a prediction's error, from the estimates' covariance, the noise of quiet years and the
    noise of a sector's common growth. `rivals`: predictions of simpler models. `rates`: what the prediction was fed with.
    """

    name: str
    episode: Episode
    rates: Rates
    parameters: str
    observed: Observed
    predicted: np.ndarray
    spread: np.ndarray
    rivals: Mapping[str, np.ndarray]

    @property
    def weight(self) -> np.ndarray:
        """Imports before, of the cells that are scored."""
        return np.where(self.observed.scored, self.observed.before.imports, 0.0)

    @cached_property
    def scores(self) -> dict[str, Score]:
        """All partners, then each: raw, and `common growth out` where growth common to a sector's partners is taken out."""
        return self.scores_of(self.predicted)

    def scores_of(self, predicted: np.ndarray) -> dict[str, Score]:
        """The scores of a prediction."""
        w, actual = self.weight, self.observed.growth
        own = actual - common_growth(actual, w), predicted - common_growth(predicted, w)
        found = {"all": score(actual, predicted, w), "all, common growth out": score(*own, w)}
        for k, partner in enumerate(PARTNERS):
            found[partner] = score(actual[k], predicted[k], w[k])
            found[f"{partner}, common growth out"] = score(own[0][k], own[1][k], w[k])
        union = self._union(predicted)
        found["EU"] = score(*union, self._union_weight)
        common = common_growth(actual, w), common_growth(predicted, w)
        found["EU, common growth out"] = score(union[0] - common[0], union[1] - common[1], self._union_weight)
        return found

    @cached_property
    def _members(self) -> list[int]:
        return [PARTNERS.index(name) for name in seen.EU]

    @property
    def _union_weight(self) -> np.ndarray:
        return self.weight[self._members].sum(axis=0)

    def _union(self, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Actual and predicted change of what the European Union's scored cells sell as one [group]."""
        before = self.weight[self._members]
        after = np.where(self.observed.scored, self.observed.after.imports, 0.0)[self._members].sum(axis=0)
        return (
            seen.log_change(before.sum(axis=0), after),
            seen.log_change(before.sum(axis=0), (before * np.exp(predicted[self._members])).sum(axis=0)),
        )

    @property
    def low(self) -> np.ndarray:
        """Low end of the 90 percent range of the log change."""
        return self.predicted - NINETY * self.spread

    @property
    def high(self) -> np.ndarray:
        """High end of the 90 percent range of the log change."""
        return self.predicted + NINETY * self.spread

    @cached_property
    def coverage(self) -> float:
        """Share of scored cells whose actual change lies within its 90 percent range."""
        return coverage(self.observed.growth, self.low, self.high, self.observed.scored)

    def untaxed(self, partner: str) -> tuple[float, float]:
        """Mean change of a partner's untaxed sectors with common growth out, percent, weighted: actual, predicted."""
        k, w = PARTNERS.index(partner), self.weight
        mine = np.where(np.abs(self.observed.duty_change[k]) < UNTAXED, w[k], 0.0)
        own = [values[k] - common_growth(values, w) for values in (self.observed.growth, self.predicted)]
        actual, predicted = (float(100 * (mine @ values) / mine.sum()) for values in own)
        return actual, predicted

    def cells(self) -> list[Cell]:
        """Every cell with trade before, those left out with the reason."""
        before, after = self.observed.before, self.observed.after
        rows = []
        for p, partner in enumerate(PARTNERS):
            for g, (name, (sectors, _)) in enumerate(sector_groups().items()):
                if before.imports[p, g] <= 0:
                    continue
                scored = bool(self.observed.scored[p, g])
                small = f"imports below {self.episode.smallest:g} million USD a year"
                why = "" if scored else self.episode.why_left_out(partner, sectors) or small
                actual, predicted, low, high = (
                    100 * float(np.expm1(values[p, g]))
                    for values in (self.observed.growth, self.predicted, self.low, self.high)
                )
                rows.append(
                    Cell(
                        partner,
                        name,
                        float(before.imports[p, g]),
                        float(after.imports[p, g]),
                        100 * float(before.rate[p, g]),
                        100 * float(after.rate[p, g]),
                        actual,
                        predicted,
                        low,
                        high,
                        scored,
                        why,
                    )
                )
        return rows

    def to_frame(self) -> pd.DataFrame:
        """`cells` as a table."""
        import pandas as pd

        return pd.DataFrame(self.cells())

    def to_json(self) -> dict[str, Any]:
        """Scores and cells as plain data."""
        return {
            "episode": self.name,
            "title": self.episode.title,
            "window": self.episode.window,
            "rates": self.rates,
            "parameters": self.parameters,
            "coverage_90": self.coverage,
            "untaxed_mean_change_pct": {
                partner: dict(zip(("actual", "predicted"), self.untaxed(partner), strict=True))
                for partner in ("CAN", "MEX")
            },
            "scores": {name: value.__dict__ for name, value in self.scores.items()},
            "rivals": {name: self.scores_of(values)["all"].__dict__ for name, values in self.rivals.items()},
            "left_out": [one.model_dump() for one in self.episode.left_out],
            "cells": [cell._asdict() for cell in self.cells()],
        }


def backtest(
    name: str = "2025",
    *,
    rates: Rates = "paid",
    parameters: str | None = None,
    horizon: str = "short",
    closure: str | float = "fixed",
    baseline: Baseline | None = None,
) -> Backtest:
    """Predict an episode and set it beside what happened.

    `name`: a shipped episode or a file. `rates`: the duties that customs collected (`paid`), or those that the law of the
    episode's days makes on the trade of 2024: as it states them (`statutory`) or as they are paid (`collected`; that model was
    fitted to duties of 2025). `parameters`: which estimates, by the episode that they were fitted
    to (default: the other one); `published`: the elasticities of `horizon` and its `closure`, untouched by any episode.
    Raises `InputError`.
    """
    world = load("world-2024") if baseline is None else baseline
    given = episode(name)
    chosen = parameters or OTHER.get(name, "all")
    return held_against(name, given, observe(given, world), world, rates, chosen, horizon=horizon, closure=closure)


def held_against(
    name: str,
    given: Episode,
    happened: Observed,
    world: Baseline,
    rates: Rates,
    chosen: str,
    *,
    horizon: str = "short",
    closure: str | float = "fixed",
) -> Backtest:
    """An episode's prediction beside what happened, with the estimates called `chosen` (or `published`)."""
    fitted = None if chosen == "published" else evidence(chosen)
    asked = question(given, happened, world, rates, horizon=horizon, closure=closure)
    economy = Counterfactual(asked.before, world).economy() if fitted is None else economy_of(fitted, world)
    at = policies(asked, world, economy)
    theta = dict(zip(world.sectors, np.asarray(economy.trade_elasticity).tolist(), strict=True))
    predicted = predict(economy, at, None if fitted is None else fitted.shared["macro_ratio"])
    return Backtest(
        name,
        given,
        rates,
        chosen,
        happened,
        predicted,
        _spread(economy, happened, at, fitted),
        {"own elasticity": own_elasticity(world, at, theta), "gravity": gravity(world, at, theta)},
    )


def _spread(economy: Economy, happened: Observed, at: Policies, fitted: Evidence | None) -> np.ndarray:
    """Standard deviation of a prediction's error [partner, group]: noise, and the parameters' to first order."""
    variance = quiet_variance(happened)
    if fitted is not None:
        model = Model(economy)
        slopes = jacobian(lambda x: model.predict(x, at).ravel(), fitted.parameters)
        variance = variance + fitted.model_error**2
        variance = variance + np.einsum("cp,pq,cq->c", slopes, fitted.covariance, slopes).reshape(variance.shape)
    return np.sqrt(variance)
