"""Whether an agreement holds without a judge: what each side could gain by breaking it, and how patient it must be not to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.talks.bargaining import Agreement, Negotiation
from detente.talks.certificate import best_response
from detente.talks.instruments import Instruments
from detente.talks.payoff_model import View
from detente.talks.surrogate import Surrogate

#: Percent of payoff below which breaking the agreement brings nothing that can be told from rounding.
NOTHING = 1e-5


@dataclass(frozen=True)
class Temptation:
    """A party's best way of breaking an agreement, and what follows.

    `labels`, `values`: its own terms and where it would set them, everybody else keeping the agreement. `gain_pct`: payoff over
    the agreement's while nobody answers; `loss_pct`: the agreement's payoff over that of what follows once they do. Percent of
    the party's payoff today, a year.
    """

    party: str
    labels: tuple[str, ...]
    values: np.ndarray
    gain_pct: float
    loss_pct: float

    @property
    def tempted(self) -> bool:
        """Whether breaking the agreement brings anything at all before the answer."""
        return self.gain_pct > NOTHING

    def critical_factor(self, lag: float, hazard: float = 0.0) -> float:
        """The yearly discount factor from which keeping the agreement is better: zero where nothing tempts, infinite where no
        patience suffices.

        `lag`: years until the others find out and answer for good (the grim trigger of Friedman 1971; Dixit 1987 for tariffs).
        `hazard`: chance a year that the agreement falls anyway (a legal base struck down, a review that ends it).
        """
        return critical_factor(self.gain_pct, self.loss_pct, lag, hazard) if self.tempted else 0.0

    def highest_rate(self, lag: float, hazard: float = 0.0) -> float:
        """The highest yearly discount rate (fraction) at which it keeps the agreement; infinite where nothing tempts, NaN where
        it breaks it at any.
        """
        factor = self.critical_factor(lag, hazard)
        if np.isinf(factor):
            return float("nan")
        return 1 / factor - 1 if factor > 0 else float("inf")


def critical_factor(gain: float, loss: float, lag: float, hazard: float = 0.0) -> float:
    """Yearly discount factor at which `gain` a year for `lag` years is worth a `loss` a year for ever after; infinite if none is.

    Keeping pays A / (1 - d) from now on; breaking pays A + gain until the answer after `lag` years and A - loss from then on: the
    two are equal where d^lag = gain / (gain + loss). The future counts less by the chance that there is none to lose.
    """
    if gain <= 0:
        return 0.0
    if loss <= 0:
        return float("inf")
    factor = (gain / (gain + loss)) ** (1 / lag) / (1 - hazard)
    return float(factor) if factor < 1 else float("inf")


def temptations(negotiation: Negotiation, agreement: Agreement, after: View | None = None) -> list[Temptation]:
    """Each party's best deviation from an agreement in the terms that it alone sets, between its range, today and the threat.

    `after`: what follows once the others answer (default: the threat). Terms that both set (cooperation) are kept by both or by
    nobody, so nobody breaks them alone.
    """
    model, follows = negotiation.payoff_model, negotiation.threat if after is None else after
    scale = 100 / negotiation.today.payoff
    found = []
    for k, name in enumerate(model.names):
        loss = float(scale[k] * (agreement.view.payoff[k] - follows.payoff[k]))
        mine = _weapons(negotiation, name)
        if mine is None:
            found.append(Temptation(name, (), np.zeros(0), 0.0, loss))
            continue
        learner = Surrogate(model, mine, model.no_clauses, agreement.policy, k)
        states = (agreement.policy, negotiation.today.policy, negotiation.threat.policy)
        best = best_response(model, k, mine, agreement.policy, [mine.start(one) for one in states], learner)
        reached = model.see(mine.apply(agreement.policy, best.values), fresh=True).payoff[k]
        gain = max(float(scale[k] * (reached - agreement.view.payoff[k])), 0.0)
        found.append(Temptation(name, tuple(mine.labels), best.values, gain, loss))
    return found


def _weapons(negotiation: Negotiation, party: str) -> Instruments | None:
    """The terms that a party sets alone, free to go anywhere between their range, today's rate and the threat's."""
    terms = [term.instrument for term in negotiation.table.terms if term.by == party]
    if not terms:
        return None
    mine = Instruments(terms)
    known = [mine.read(view.policy) for view in (negotiation.today, negotiation.threat)]
    lower = np.minimum(mine.lower, np.min(known, axis=0))
    upper = np.maximum(mine.upper, np.max(known, axis=0))
    return Instruments(replace(one, lower=low, upper=high) for one, low, high in zip(mine, lower, upper, strict=True))


def holds(tempted: Sequence[Temptation], rate: float, lag: float, hazard: float = 0.0) -> bool:
    """Whether every side keeps the agreement at a yearly discount `rate` (fraction) and detection `lag` (years)."""
    return all(one.critical_factor(lag, hazard) <= 1 / (1 + rate) for one in tempted)
