"""The estimates that ship with the package: parameters fitted to each episode and to all, with their covariance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from detente.accounts import Baseline
from detente.economy import HORIZONS, Economy, Horizon
from detente.errors import InputError
from detente.files import write_whole
from detente.study.backtest.estimation import PRIOR_MULTIPLIER, SHARED, Fit
from detente.study.backtest.observed import sector_groups
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

FILE = "evidence.json"
#: What a fit is called that used every episode.
ALL = "all"


@dataclass(frozen=True)
class Evidence:
    """One fit as shipped: `multiplier` [group] of the long-run elasticities, `pooling`, `rigidity`, `macro_ratio`, the
    covariance of the logs of the multipliers and of those three, and the rest as in `estimation.Fit`."""

    name: str
    episodes: tuple[str, ...]
    multiplier: Mapping[str, float]
    pooling: float
    rigidity: float
    macro_ratio: float
    covariance: np.ndarray
    clustered: Mapping[str, float]
    residual_variance: float
    model_error: float
    moments: int

    @property
    def parameters(self) -> np.ndarray:
        """As `estimation` orders them."""
        return np.array([*np.log(list(self.multiplier.values())), self.pooling, self.rigidity, self.macro_ratio])

    def multiplier_of(self, sector: str) -> float:
        """Multiplier of a sector's published long-run elasticity a year or two after duties; services: the prior's."""
        for name, (sectors, _) in sector_groups().items():
            if sector in sectors:
                return self.multiplier[name]
        return PRIOR_MULTIPLIER

    @property
    def horizon(self) -> Horizon:
        """One to two years after duties, as estimated; its elasticities are given by `multiplier_of`."""
        source = f"estimated on US imports, {' and '.join(self.episodes)} (docs/checked.md)"
        return replace(HORIZONS["short"], rigidity=self.rigidity, elasticity_factor=1.0, source=source)

    def economy(self, baseline: Baseline) -> Economy:
        """The economy with these parameters."""
        theta = np.array([self.multiplier_of(sector) for sector in baseline.sectors]) * baseline.trade_elasticity
        known = dict(zip(baseline.sectors, theta.tolist(), strict=True))
        asked = Scenario(title=self.name, law=None, closure=self.pooling, trade_elasticities=known)
        return Counterfactual(asked, baseline).economy(self.horizon)


@cache
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources.files("detente.study.backtest") / FILE).read_text(encoding="utf-8"))
    return found


def evidence(name: str = ALL) -> Evidence:
    """The fit called `name`: that of an episode, or `all`. Raises `InputError` naming those that there are."""
    fits = _shipped()["fits"]
    if name not in fits:
        raise InputError(f"There are no estimates {name!r}; choose one of {', '.join(fits)}.")
    fit = fits[name]
    return Evidence(
        name,
        tuple(fit["episodes"]),
        fit["multiplier"],
        fit["pooling"],
        fit["rigidity"],
        fit["macro_ratio"],
        np.array(fit["covariance"]),
        fit["clustered"],
        fit["residual_variance"],
        fit["model_error"],
        fit["moments"],
    )


def to_json(fits: Mapping[str, Fit]) -> dict[str, Any]:
    """The document that ships: every fit, rounded to what the standard errors allow and more."""
    names = list(sector_groups())
    return {
        "about": "Parameters estimated by detente backtest --estimate on US imports and duties (US Census Bureau, public domain)",
        "baseline": "world-2024",
        "fits": {
            name: {
                "episodes": list(fit.episodes),
                "multiplier": dict(zip(names, np.exp(fit.parameters[: len(names)]).round(5).tolist(), strict=True)),
                **{
                    name: round(float(value), 5)
                    for name, value in zip(SHARED, fit.parameters[len(names) :], strict=True)
                },
                "distance": round(fit.distance, 4),
                "residual_variance": round(fit.residual_variance, 4),
                "model_error": round(fit.model_error, 4),
                "clustered": dict(
                    zip(fit.names[len(names) :], fit.clustered[len(names) :].round(4).tolist(), strict=True)
                ),
                "moments": fit.moments,
                "covariance": [[float(f"{value:.4g}") for value in row] for row in fit.covariance],
            }
            for name, fit in fits.items()
        },
    }


def write(document: Mapping[str, Any], path: Path) -> None:
    """Write the document as JSON that a diff can read."""
    write_whole(path, json.dumps(document, indent=1) + "\n")
