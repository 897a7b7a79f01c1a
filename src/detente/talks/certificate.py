"""Certificates: what a war or a deal must show, computed afresh from the policy alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.economy.interface import Policy
from detente.talks.clauses import Clauses, exact_slack
from detente.talks.instruments import Instruments
from detente.talks.optimum import Climb, climb, spread_starts
from detente.talks.payoff_model import RESIDUAL, PayoffModel, View, side_by_side
from detente.talks.surrogate import MODELLED, Surrogate

#: Largest gain, in percent, that a deviation may still bring in what is called a war equilibrium.
PROOF = 1e-4

#: Percent of payoff below which a gain cannot be told from the rounding of equilibria: how finely deviations are searched.
PRECISION = 100 * RESIDUAL

#: Percent of payoff, and fraction of a clause, below which a shortfall is rounding.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Deviation:
    """A party's best move alone: the instrument values, the gain in percent, and what the search cost."""

    values: np.ndarray
    gain_pct: float
    evaluations: int


def learners_of(payoff_model: PayoffModel, instruments: Mapping[str, Instruments]) -> dict[str, Surrogate | None]:
    """For each party a model of its payoffs over its own instruments; None where they are too many to learn."""
    return {
        name: Surrogate(payoff_model, mine, payoff_model.no_clauses, payoff_model.today, payoff_model.party(name))
        if len(mine) <= MODELLED
        else None
        for name, mine in instruments.items()
    }


def best_response(
    payoff_model: PayoffModel,
    party: int,
    instruments: Instruments,
    policy: Policy,
    starts: Sequence[np.ndarray],
    learner: Surrogate | None,
    steps: int = 100,
    tolerance: float = 1e-5,
) -> Climb:
    """A party's best move alone against `policy`, from the best of several starts.

    `tolerance`: relative improvement worth another equilibrium; finer than the proof needs where tariffs must settle.
    """
    if learner is None:
        climbs = [climb(payoff_model, party, instruments, policy, start, 1e-6, 2 * steps) for start in starts]
    else:
        model = learner.facing(policy)
        found = [model.respond(party, start, steps, tolerance) for start in starts]
        climbs = [Climb(f.values, 1 + float(f.gain_pct[party]) / 100, 0.0, f.evaluations) for f in found]
    best = max(climbs, key=lambda one: one.payoff)
    return replace(best, evaluations=sum(one.evaluations for one in climbs))


def best_deviations(
    payoff_model: PayoffModel,
    instruments: Mapping[str, Instruments],
    policy: Policy,
    learners: Mapping[str, Surrogate | None] | None = None,
) -> dict[str, Deviation]:
    """Each party's best move alone against `policy`, searched from several starts and valued by fresh solves."""
    learners = learners or learners_of(payoff_model, instruments)
    stay = payoff_model.see(policy, fresh=True).payoff

    def of(name: str) -> Deviation:
        k, mine = payoff_model.party(name), instruments[name]
        best = best_response(payoff_model, k, mine, policy, spread_starts(mine, policy), learners[name])
        reached = payoff_model.see(mine.apply(policy, best.values), fresh=True).payoff[k]
        return Deviation(best.values, max(0.0, 100 * float(reached / stay[k] - 1)), best.evaluations)

    return dict(zip(instruments, side_by_side(of, list(instruments)), strict=True))


@dataclass(frozen=True)
class Certificate:
    """What a deal can show: `gain_pct` [party] against the threat, `slack` [clause] (votes counted one by one),
    the largest market `residual`, all from solves that start at the baseline; the deal itself as seen there (`view`).
    """

    view: View
    gain_pct: np.ndarray
    slack: np.ndarray
    residual: float

    @property
    def holds(self) -> bool:
        """Whether nobody is below the threat point and every clause is met."""
        return bool((self.gain_pct >= -ROUNDING).all() and (self.slack >= -ROUNDING).all())


def certify(payoff_model: PayoffModel, policy: Policy, threat: View, clauses: Clauses) -> Certificate:
    """The certificate of a deal `policy` against a `threat` that was itself seen afresh."""
    after = payoff_model.see(policy, fresh=True)
    residual = max(float(threat.outcome.residual), float(after.outcome.residual))
    return Certificate(after, 100 * (after.payoff / threat.payoff - 1), exact_slack(clauses, after.outcome), residual)
