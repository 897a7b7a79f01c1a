"""The goal of a negotiation as one number: gains of the parties, penalties for broken threat points and clauses."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

NASH, SMALLEST, SUM = "nash", "smallest", "sum"

#: Gains below this (percent) are continued by a parabola, so that the logarithm of a loss is finite.
LOG_EDGE = 1e-3

#: Percent by which a guarded gain stays above zero, so that rounding does not jvp it below.
MARGIN = 2e-6

#: Percent by which a computed gain may be off because equilibria are solved to finite precision.
NOISE = 2e-9

#: Largest sharpness and penalty.
HARDEST = 1e8

#: How much more gently a clause is enforced than a threat point: a percent of votes is more than a percent of income.
VOTES = 0.1


@dataclass(frozen=True)
class Goal:
    """What is maximized over gains against the threat, in percent.

    `kind`: `nash` (sum of weight x log gain), `smallest` (the smallest gain / weight: egalitarian, Kalai-Smorodinsky, a
    ray to the frontier) or `sum` (of weight x gain). `weight`, `threat` [party]: weights, and payoffs to beat; without
    `guard` a party may be left below its threat (a unilateral move).
    """

    kind: str
    weight: np.ndarray
    threat: np.ndarray
    guard: bool = True

    def gain(self, payoff: np.ndarray) -> np.ndarray:
        """Gains against the threat [party], percent."""
        return 100 * (payoff / self.threat - 1)

    def relative(self, gain: np.ndarray) -> np.ndarray:
        """Gains over weights [party]; infinite where the weight is zero."""
        return np.divide(gain, self.weight, out=np.full_like(gain, np.inf), where=self.weight > 0)

    def guarded(self, gain: np.ndarray) -> np.ndarray:
        """Room above the threat of the gains that the goal itself does not keep there; infinite where it does."""
        return np.where(self.guard & ((self.weight == 0) | (self.kind == SUM)), gain - MARGIN, np.inf)

    def resolution(self, payoff: np.ndarray, relative: float) -> float:
        """The smallest improvement worth a solve: `relative` to the goal, and above the rounding of gains."""
        gain = self.gain(payoff)
        if self.guarded(gain).min() < -MARGIN / 2:
            return NOISE  # not yet where it must be
        if self.kind == NASH:
            # The product is flat where gains trade off against each other, so the split needs a finer stop than the sum.
            return max(relative**1.5, float(self.weight @ (NOISE / np.maximum(gain, LOG_EDGE))))
        scale = self.weight[self.weight > 0].min() if self.kind == SMALLEST else 1.0
        return max(relative * max(abs(self.exact(gain)), 1e-2), NOISE / scale)

    def exact(self, gain: np.ndarray) -> float:
        """The goal without penalties."""
        if self.kind == NASH:
            return float(self.weight @ _log(gain)[0])
        if self.kind == SMALLEST:
            return float(self.relative(gain).min())
        return float(self.weight @ gain)


@dataclass(frozen=True)
class Multipliers:
    """State of the augmented Lagrangian: `share` of each party in the smallest gain, prices of threat points and
    clauses.

    `sharpness` and `penalty` are the stiffness of the two; larger is more exact and harder to climb.
    """

    share: np.ndarray
    threat: np.ndarray
    clause: np.ndarray
    sharpness: float
    penalty: float

    @classmethod
    def first(cls, goal: Goal, clauses: int, stiffness: float = 1.0) -> Multipliers:
        """Nothing known yet."""
        active = goal.weight > 0
        return cls(active / active.sum(), np.zeros(len(active)), np.zeros(clauses), stiffness, stiffness)

    def stiffer(self) -> Multipliers:
        """The same, enforced four times as hard, up to where rounding would be all that is seen."""
        return replace(self, sharpness=min(4 * self.sharpness, HARDEST), penalty=min(4 * self.penalty, HARDEST))


def merit(
    goal: Goal, prices: Multipliers, payoff: np.ndarray, slack: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The goal, smoothed, less the penalties; and its derivatives in the payoffs and in the slacks."""
    gain = goal.gain(payoff)
    if goal.kind == NASH:
        logs, slope = _log(gain)
        value, by_gain = float(goal.weight @ logs), goal.weight * slope
    elif goal.kind == SMALLEST:
        relative = goal.relative(gain)
        share = _shares(goal, prices, relative)
        active = goal.weight > 0
        value = float(share[active] @ relative[active] + ((share - prices.share) ** 2).sum() / (2 * prices.sharpness))
        by_gain = np.divide(share, goal.weight, out=np.zeros_like(share), where=active)
    else:
        value, by_gain = float(goal.weight @ gain), goal.weight.copy()
    short = np.maximum(prices.threat - prices.penalty * goal.guarded(gain), 0.0)
    broken = np.maximum(prices.clause - prices.penalty * VOTES * 100 * slack, 0.0)
    value -= ((short**2 - prices.threat**2) / (2 * prices.penalty)).sum()
    value -= ((broken**2 - prices.clause**2) / (2 * prices.penalty * VOTES)).sum()
    return value, (by_gain + short) * 100 / goal.threat, 100 * broken


def updated(goal: Goal, prices: Multipliers, payoff: np.ndarray, slack: np.ndarray) -> Multipliers:
    """The prices after an inner optimum."""
    gain = goal.gain(payoff)
    return replace(
        prices,
        share=_shares(goal, prices, goal.relative(gain)),
        threat=np.maximum(prices.threat - prices.penalty * goal.guarded(gain), 0.0),
        clause=np.maximum(prices.clause - prices.penalty * VOTES * 100 * slack, 0.0),
    )


def _log(gain: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    edge = np.maximum(gain, LOG_EDGE)
    short = (gain - edge) / LOG_EDGE
    return np.log(edge) + short - short**2 / 2, np.where(gain > LOG_EDGE, 1 / edge, (1 - short) / LOG_EDGE)


def _shares(goal: Goal, prices: Multipliers, relative: np.ndarray) -> np.ndarray:
    """Nearest point of the simplex to the old shares moved toward who gains least."""
    active = np.flatnonzero(goal.weight > 0)
    point = prices.share[active] - prices.sharpness * relative[active]
    ordered = np.sort(point)[::-1]
    level = (np.cumsum(ordered) - 1) / np.arange(1, len(point) + 1)
    share = np.zeros(len(goal.weight))
    share[active] = np.maximum(point - level[np.flatnonzero(ordered >= level)[-1]], 0.0)
    return share
