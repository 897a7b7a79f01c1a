"""The estimates that ship with the package: parameters fitted to each episode and to all, with their covariance."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np

from detente.errors import InputError
from detente.study.backtest.sector_groups import sector_groups

FILE = "evidence.json"
#: What a fit is called that used every episode.
ALL = "all"


class Prior(NamedTuple):
    """What is known of a parameter before any episode: mean, standard deviation, and the ends it may not leave."""

    mean: float
    spread: float
    bounds: tuple[float, float]


#: Prior of a multiplier of the long-run elasticities: the first year's over the long run's (Boehm, Levchenko and
#: Pandalai-Nayar 2023), with a standard deviation of its log that lets studies disagree as they do.
PRIOR_MULTIPLIER, PRIOR_SPREAD = 0.36, 0.5
#: Priors of the parameters that all sectors share: pooling of deficits (nothing known between 0 and 1); rigidity of labour
#: (Galle and others 2023); macro elasticity (home against imports) over micro (between origins), which Feenstra, Luck, Obstfeld
#: and Russ (2018) find half or less for a quarter to a half of US goods and no different for the others; substitution between
#: sectors in final spending (Herrendorf, Rogerson and Valentinyi 2013) and between inputs (Atalay 2017).
PRIORS = {
    "pooling": Prior(0.5, 0.3, (0.0, 1.0)),
    "rigidity": Prior(0.85, 0.15, (0.0, 1.0)),
    "macro_ratio": Prior(0.75, 0.25, (0.1, 1.0)),
    "demand_elasticity": Prior(0.85, 0.3, (0.05, 1.5)),
    "input_elasticity": Prior(0.2, 0.3, (0.05, 1.5)),
}
SHARED = tuple(PRIORS)


@dataclass(frozen=True)
class Evidence:
    """One fit as shipped: `multiplier` [group] of the long-run elasticities one to two years after duties, the `shared`
    parameters (`SHARED`), the covariance of the logs of the multipliers and of those, and the rest as in `estimation.Fit`."""

    name: str
    episodes: tuple[str, ...]
    multiplier: Mapping[str, float]
    shared: Mapping[str, float]
    covariance: np.ndarray
    clustered: Mapping[str, float]
    residual_variance: float
    model_error: float
    rests_on: Mapping[str, list[dict[str, Any]]]
    moments: int

    @property
    def parameters(self) -> np.ndarray:
        """As `estimation` orders them."""
        return np.array([*np.log(list(self.multiplier.values())), *(self.shared[name] for name in SHARED)])

    def multiplier_of(self, sector: str) -> float:
        """Multiplier of a sector's published long-run elasticity a year or two after duties; services: the prior's."""
        for name, (sectors, _) in sector_groups().items():
            if sector in sectors:
                return self.multiplier[name]
        return PRIOR_MULTIPLIER

    def spread_of(self, sector: str) -> tuple[str, float]:
        """The group whose estimate a sector takes, and the standard deviation of its log; services: the prior's."""
        for k, (name, (sectors, _)) in enumerate(sector_groups().items()):
            if sector in sectors:
                return name, float(np.sqrt(self.covariance[k, k]))
        return "services", PRIOR_SPREAD


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
        fit["shared"],
        np.array(fit["covariance"]),
        fit["clustered"],
        fit["residual_variance"],
        fit["model_error"],
        fit["rests_on"],
        fit["moments"],
    )
