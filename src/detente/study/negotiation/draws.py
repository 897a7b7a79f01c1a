"""How sure a deal is: today, the threat and the agreement solved again under draws of the elasticities and of labour."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import jax
import numpy as np

from detente.economy import Economy, Policy
from detente.errors import SolveError
from detente.study.uncertainty.draws import LEVEL, MOST_FAILURES, Progress, silent
from detente.study.uncertainty.sampling import Sample
from detente.talks.party import Objective, payoff
from detente.talks.payoff_model import RESIDUAL, PayoffModel, side_by_side


@dataclass(frozen=True)
class MutualGain:
    """Gains of one agreement under draws, percent [draw, party]: `vs_threat_pct` and `vs_today_pct`.

    The terms agreed and the threat are held at what they are in the central case: what is asked is what this deal would
    bring if trade responded otherwise, not which other deal would be struck then. Draws without an equilibrium are left out.
    """

    vs_threat_pct: np.ndarray
    vs_today_pct: np.ndarray

    @property
    def probability(self) -> float:
        """Share of draws in which every party gains against the threat."""
        return float((self.vs_threat_pct > 0).all(axis=1).mean())

    def probability_of(self, party: int) -> float:
        """Share of draws in which one party gains against the threat."""
        return float((self.vs_threat_pct[:, party] > 0).mean())

    def range(self, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
        """Low and high end [party] of the middle `level` of gains against the threat, percent."""
        ends = np.quantile(self.vs_threat_pct, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return ends[0], ends[1]


def mutual_gain(
    payoff_model: PayoffModel,
    deals: Mapping[str, tuple[Policy, Policy]],
    drawn: Sample,
    progress: Progress = silent,
) -> dict[str, MutualGain]:
    """For each named (threat, agreement) what it brings under each draw. Raises `SolveError` when too many draws fail."""
    economy = payoff_model.economy
    assert isinstance(economy, Economy)
    policies = [payoff_model.today, *(policy for pair in deals.values() for policy in pair)]
    objectives = payoff_model.objectives
    look = jax.jit(partial(_payoffs, economy))
    done = 0

    def under(k: int) -> np.ndarray:
        nonlocal done
        parameters = drawn.parameters(k, economy.calibration)
        found = [look(parameters, objectives, policy) for policy in policies]
        done += 1
        progress(done, len(drawn))
        return np.array([np.where(float(miss) < RESIDUAL, payoffs, np.nan) for payoffs, miss in found])

    payoffs = np.array(side_by_side(under, range(len(drawn))))  # [draw, policy, party]
    payoffs = payoffs[np.isfinite(payoffs).all(axis=(1, 2))]
    if (failed := len(drawn) - len(payoffs)) > MOST_FAILURES * len(drawn):
        raise SolveError(f"{failed} of {len(drawn)} draws have no equilibrium, too many to say how sure the deal is.")
    today = payoffs[:, 0]
    return {
        name: MutualGain(
            100 * (payoffs[:, 2 * k + 2] / payoffs[:, 2 * k + 1] - 1), 100 * (payoffs[:, 2 * k + 2] / today - 1)
        )
        for k, name in enumerate(deals)
    }


def _payoffs(
    economy: Economy,
    parameters: dict[str, jax.Array],
    objectives: Objective,
    policy: Policy,
) -> tuple[jax.Array, jax.Array]:
    """Payoffs [party] of a policy under other parameters, and the market residual; one program for all draws."""
    variant = copy.copy(economy)
    variant.calibration = replace(economy.calibration, **parameters)  # type: ignore[arg-type]
    outcome = variant.equilibrium(policy)
    return jax.vmap(payoff, (0, None, None))(objectives, policy, outcome), outcome.residual
