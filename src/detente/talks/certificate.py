"""Certificates: what a war or a deal must show, computed afresh from the policy alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.economy.interface import Policy
from detente.talks.clauses import Clauses, exact_slack
from detente.talks.levers import Levers
from detente.talks.optimum import climb, spread_starts
from detente.talks.outlook import Outlook

#: Largest gain, in percent, that a deviation may still bring in what is called a war equilibrium.
PROOF = 1e-4

#: Percent of payoff, and fraction of a clause, below which a shortfall is rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Deviation:
    """A party's best move alone: the lever values, the gain in percent, and what the search cost."""

    values: np.ndarray
    gain_pct: float
    evaluations: int


def best_deviations(
    outlook: Outlook, levers: Mapping[str, Levers], policy: Policy, tolerance: float = 1e-6
) -> dict[str, Deviation]:
    """Each party's best move alone against `policy`, searched from several starts and valued by fresh solves."""
    deviations = {}
    for name, mine in levers.items():
        k = outlook.party(name)
        stay = outlook.see(policy, fresh=True).payoff[k]
        climbs = [climb(outlook, k, mine, policy, start, tolerance) for start in spread_starts(mine, policy)]
        best = max(climbs, key=lambda found: found.payoff)
        reached = outlook.see(mine.apply(policy, best.values), fresh=True).payoff[k]
        gain = max(0.0, 100 * float(reached / stay - 1))
        deviations[name] = Deviation(best.values, gain, sum(found.evaluations for found in climbs))
    return deviations


@dataclass(frozen=True)
class Certificate:
    """What a deal can show: `gain_pct` [party] against the threat, `slack` [clause] (votes counted one by one),
    the largest market `residual`, all from solves that start at the baseline.
    """

    gain_pct: np.ndarray
    slack: np.ndarray
    residual: float

    @property
    def holds(self) -> bool:
        """Whether nobody is below the threat point and every clause is met."""
        return bool((self.gain_pct >= -ROUNDING).all() and (self.slack >= -ROUNDING).all())


def certify(outlook: Outlook, policy: Policy, threat: Policy, clauses: Clauses) -> Certificate:
    """The certificate of a deal `policy` against `threat`."""
    before, after = outlook.see(threat, fresh=True), outlook.see(policy, fresh=True)
    residual = max(float(before.outcome.residual), float(after.outcome.residual))
    return Certificate(100 * (after.payoff / before.payoff - 1), exact_slack(clauses, after.outcome), residual)
