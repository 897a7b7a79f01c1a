"""The road to an agreement: partial deals ranked, and phased cuts year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.economy.interface import Policy
from detente.talks.bargaining import Agreement, Negotiation


@dataclass(frozen=True)
class PartialDeal:
    """A partial deal: one term, or one from each side, at its agreed value, all else as today."""

    labels: tuple[str, ...]
    gain_vs_today_pct: np.ndarray


def partial_deals(negotiation: Negotiation, agreement: Agreement, widest: int = 16) -> list[PartialDeal]:
    """Single terms and pairs of terms of an agreement, ranked by what the side that gains less would gain against
    today.

    Among more than `widest` terms only those that matter most to somebody are paired.
    """
    instruments, base = negotiation.table.instruments, negotiation.today.policy
    rates = [
        instruments.rates(policy, negotiation.payoff_model.economy.border_value) for policy in (base, agreement.policy)
    ]
    apart = np.nan_to_num(np.abs(rates[1] - np.nan_to_num(rates[0])), nan=1.0)
    moved = [k for k in range(len(instruments)) if apart[k].max() > 1e-9]

    def gain(chosen: Sequence[int]) -> np.ndarray:
        values = np.full(len(instruments), np.nan)
        values[list(chosen)] = agreement.values[list(chosen)]
        payoff = negotiation.payoff_model.see(instruments.apply(base, values)).payoff
        return 100 * (payoff / negotiation.today.payoff - 1)

    singles: dict[tuple[int, ...], np.ndarray] = {(k,): gain([k]) for k in moved}
    weighty = sorted(moved, key=lambda k: -np.abs(singles[(k,)]).max())[:widest]
    pairs: dict[tuple[int, ...], np.ndarray] = {pair: gain(pair) for pair in combinations(sorted(weighty), 2)}
    steps = [
        PartialDeal(tuple(instruments.labels[k] for k in chosen), worth)
        for chosen, worth in {**singles, **pairs}.items()
    ]
    return sorted(steps, key=lambda step: -float(step.gain_vs_today_pct.min()))


@dataclass(frozen=True)
class PhaseYear:
    """One year of a phased agreement: gains [party] against today and the threat, percent."""

    year: int
    policy: Policy
    gain_vs_today_pct: np.ndarray
    gain_vs_threat_pct: np.ndarray


def staging(negotiation: Negotiation, agreement: Agreement) -> list[PhaseYear]:
    """The years of an agreement until the slowest term is in place; each term moves in equal steps from today."""
    instruments, base = negotiation.table.instruments, negotiation.today.policy
    pace = np.array([max(term.years, 1) for term in negotiation.table.terms])
    years = []
    for year in range(1, int(pace.max()) + 1):
        policy = instruments.apply(base, agreement.values, np.minimum(year / pace, 1.0))
        payoff = negotiation.payoff_model.see(policy).payoff
        vs_today = 100 * (payoff / negotiation.today.payoff - 1)
        years.append(PhaseYear(year, policy, vs_today, 100 * (payoff / negotiation.threat.payoff - 1)))
    return years
