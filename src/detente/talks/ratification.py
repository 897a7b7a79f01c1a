"""Ratification at home: who is for an agreement and who against, and the cheapest transfers that would make it pass.

Transfers stay inside the country. Its households buy one and the same basket, so in the model they move no price and no trade:
an agreement with them is the agreement without, shared out differently.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from detente.economy.interface import Equilibrium
from detente.errors import SolveError
from detente.talks.bargaining import Agreement, Deal, Negotiation, NoAgreementError, deal
from detente.talks.clauses import Ratification, changes, compile_clauses, unassigned

#: Votes (share of all) by which a majority may be missed by rounding.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Standing:
    """Where the constituencies of a country stand on an agreement under one ratification `rule`.

    `change` [constituency], fraction, of the rule's measure against its reference. `loss_musd` [constituency]: a year's transfer
    that makes it whole, million USD at the baseline's consumer prices, 0 for who gains. For the measure `income` that is the
    income lost; for `pay`, the pay lost by those at work; for `jobs`, the mean income of a job there for each job lost.
    `gain_musd`: the country's gain of real income against the same reference. `paid` [constituency]: who is paid in the cheapest
    set of payments that makes the rule pass (nobody where it passes already).
    """

    rule: Ratification
    change: np.ndarray
    loss_musd: np.ndarray
    gain_musd: float
    paid: np.ndarray

    @property
    def against(self) -> np.ndarray:
        """Constituencies with votes that do not gain [constituency]."""
        return (self.change <= 0) & (self.rule.votes > 0)

    @property
    def in_favour(self) -> float:
        """Share of the votes of those who gain."""
        return float(self.rule.votes[~self.against].sum())

    @property
    def passes(self) -> bool:
        """Whether the rule is met without payments."""
        return self.in_favour >= self.rule.threshold - ROUNDING

    @property
    def cost_musd(self) -> float:
        """What the cheapest payments that make it pass cost a year, million USD."""
        return float(self.loss_musd[self.paid].sum())

    @property
    def whole_musd(self) -> float:
        """What it would cost a year to leave nobody worse off, votes or not, million USD."""
        return float(self.loss_musd.sum())

    @property
    def covered(self) -> bool:
        """Whether the country's own gain pays for them."""
        return self.cost_musd <= max(self.gain_musd, 0.0)

    def by_cost_of_vote(self, chosen: np.ndarray) -> list[int]:
        """Positions of the chosen constituencies [constituency], the cheapest vote first."""
        who = np.flatnonzero(chosen)
        return [int(k) for k in who[np.argsort(self.loss_musd[who] / self.rule.votes[who], kind="stable")]]


def standings(negotiation: Negotiation, agreement: Agreement) -> list[Standing]:
    """Where each country stands on an agreement, one for each ratification rule of the negotiation."""
    references = {"today": negotiation.today.outcome, "threat": negotiation.threat.outcome}
    rules = [clause for clause in negotiation.clauses if isinstance(clause, Ratification)]
    change = np.asarray(
        changes(compile_clauses(negotiation.payoff_model.economy, rules, references), agreement.view.outcome)
    )
    regions = negotiation.payoff_model.economy.regions
    found = []
    for k, rule in enumerate(rules):
        n = rule.places(regions)
        before, after = references[rule.reference], agreement.view.outcome
        mine = change[k, : len(rule.votes)]
        loss = _loss(rule, n, mine, before, after)
        gain = _real_income(n, after) - _real_income(n, before)
        found.append(Standing(rule, mine, loss, gain, cheapest(loss, rule.votes, mine > 0, rule.threshold)))
    return found


def _real_income(places: np.ndarray, at: Equilibrium) -> float:
    mine = np.unique(places)
    return float((np.asarray(at.income)[mine] / np.asarray(at.price_index)[mine]).sum())


def _loss(
    rule: Ratification, places: np.ndarray, change: np.ndarray, before: Equilibrium, after: Equilibrium
) -> np.ndarray:
    """What would make each constituency whole [constituency], million USD; 0 where it gains."""
    lost = np.maximum(-change, 0.0)
    if rule.measure == "pay":  # what brings the income of those still at work back to what their jobs paid
        return lost / (1 - lost) * _earned(rule, places, after)
    base = _earned(rule, places, before)
    if rule.measure == "income" and rule.other is not None:
        base = base + rule.other * np.asarray(unassigned(before, places) / before.price_index[places])
    return lost * base


def _earned(rule: Ratification, places: np.ndarray, at: Equilibrium) -> np.ndarray:
    earned = np.asarray(at.sector_income)[places] / np.asarray(at.price_index)[places, None]
    return np.asarray((rule.shares * earned).sum(axis=1))


def cheapest(
    cost: Sequence[float] | np.ndarray, votes: np.ndarray, in_favour: np.ndarray, threshold: float
) -> np.ndarray:
    """The constituencies to pay so that `threshold` of the votes are in favour, at least cost [constituency].

    A knapsack, solved exactly (branch and bound, HiGHS); who is paid its `cost` turns in favour. Raises `SolveError` if the
    solver does not prove that the set is the cheapest.
    """
    missing = threshold - ROUNDING - float(votes[in_favour].sum())
    paid = np.zeros(len(votes), dtype=bool)
    if missing <= 0:
        return paid
    from scipy.optimize import Bounds, LinearConstraint, milp

    who = np.flatnonzero(~in_favour & (votes > 0))
    amounts = np.asarray(cost, float)[who]
    scale = 1e6  # so that the solver's tolerance on the count is far below one vote
    found = milp(
        amounts / max(amounts.max(initial=0.0), 1e-12),
        constraints=LinearConstraint(scale * votes[who][None], lb=scale * missing),
        integrality=np.ones(len(who)),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    if found.status == 0:
        paid[who] = found.x > 0.5
    if float(votes[in_favour | paid].sum()) < threshold - ROUNDING:
        raise SolveError(f"The cheapest payments that ratify an agreement were not found: {found.message}")
    return paid


def without_rules(negotiation: Negotiation, settled: Deal | None) -> Deal | None:
    """The deal on the same table when nobody at home has to agree; None where even so there is none.

    `settled`: the deal under the rules; it is the same one where no rule cost anything. Floors stay.
    """
    rules = [isinstance(clause, Ratification) for clause in negotiation.clauses]
    if settled is None and not any(rules):
        return None
    if settled is not None and not any(
        (agreement.found.prices.clause[rules] > 0).any() for agreement in settled.agreements.values()
    ):
        return settled
    arrays = negotiation.arrays
    level = np.where(np.asarray(arrays.majority), 0.0, np.asarray(arrays.level))
    free = negotiation.varied(arrays=arrays._replace(level=jnp.asarray(level)))
    start = next(iter(settled.agreements.values())).values if settled is not None else None
    try:
        return deal(free, start=start)
    except NoAgreementError:
        return None
