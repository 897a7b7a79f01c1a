"""A draft on the table: what it would bring each side as it stands, whether it would pass and hold, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.talks.augmented_lagrangian import Found
from detente.talks.bargaining import Agreement, Concept, Deal, Negotiation
from detente.talks.certificate import certify
from detente.talks.merit import SUM, Goal, Multipliers
from detente.talks.ratification import Standing, standings
from detente.talks.self_enforcement import Temptation, temptations


@dataclass(frozen=True)
class Repair:
    """One term moved from the draft to where the deal has it, all else as drafted: gains [party] against the threat, percent."""

    label: str
    gain_vs_threat_pct: np.ndarray


@dataclass(frozen=True)
class Draft:
    """A draft: its `agreement` (terms it leaves open are NaN and stay as today), where constituencies stand on it, what tempts
    each side to break it, and `repairs`, best for who gains least first (where a deal was found to compare with).
    """

    agreement: Agreement
    standings: list[Standing]
    temptations: list[Temptation]
    repairs: list[Repair]

    @property
    def everybody_gains(self) -> bool:
        """Whether no side would rather have the threat."""
        return bool((self.agreement.gain_vs_threat_pct > 0).all())


def drafted(negotiation: Negotiation, settled: Deal | None, concept: Concept) -> Draft | None:
    """The draft on a table against its threat, beside the deal of a solution concept; None where no term has a draft value."""
    at = np.array([np.nan if term.draft is None else term.draft for term in negotiation.table.terms])
    if np.isnan(at).all():
        return None
    agreement = as_agreement(negotiation, at)
    repairs = []
    if settled is not None:
        best = settled.agreements[concept].values
        for k, label in enumerate(negotiation.table.instruments.labels):
            if np.isfinite(at[k]) and abs(at[k] - best[k]) < 1e-6:
                continue
            moved = as_agreement(negotiation, np.where(np.arange(len(at)) == k, best, at))
            repairs.append(Repair(label, moved.gain_vs_threat_pct))
        repairs.sort(key=lambda one: -float(one.gain_vs_threat_pct.min()))
    return Draft(agreement, standings(negotiation, agreement), temptations(negotiation, agreement), repairs)


def as_agreement(negotiation: Negotiation, values: np.ndarray) -> Agreement:
    """Terms at given values (NaN: as today) as an agreement, whoever loses by it."""
    policy = negotiation.table.instruments.apply(negotiation.ground, values)
    shown = certify(negotiation.payoff_model, policy, negotiation.threat, negotiation.arrays)
    goal = Goal(SUM, negotiation.power, negotiation.threat.payoff)
    none = np.zeros(len(values))
    found = Found(values, shown.gain_pct, shown.slack, 0.0, Multipliers.first(goal, len(shown.slack)), none, 0)
    vs_today = 100 * (shown.view.payoff / negotiation.today.payoff - 1)
    return Agreement("draft", values, policy, shown.view, shown.gain_pct, vs_today, shown, found, negotiation)
