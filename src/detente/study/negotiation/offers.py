"""What an offer brings each side, against today and against the threat: the same at the page's table and in a talks file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import InputError
from detente.talks.bargaining import Negotiation
from detente.talks.clauses import exact_slack
from detente.talks.instruments import Instruments

#: A red line that is crossed by less than this still holds.
SLACK = 1e-9


@dataclass(frozen=True)
class Scored:
    """An offer's worth to each party: changes of real income in percent [party], and in million USD a year of baseline income.

    `room` [clause]: how far each clause is from being broken, negative where it is.
    """

    parties: tuple[str, ...]
    vs_today_pct: np.ndarray
    vs_threat_pct: np.ndarray
    income: np.ndarray
    room: np.ndarray

    @classmethod
    def of(
        cls,
        parties: Sequence[str],
        welfare: tuple[np.ndarray, np.ndarray, np.ndarray],
        income: np.ndarray,
        room: np.ndarray,
    ) -> Scored:
        """From `welfare` [party] under the offer, today and under the threat, ratios, and baseline `income`, million USD."""
        offer, today, threat = welfare
        return cls(tuple(parties), 100 * (offer / today - 1), 100 * (offer / threat - 1), income, room)

    @property
    def holds(self) -> np.ndarray:
        """Whether each clause holds."""
        return self.room >= -SLACK

    def sides(self) -> dict[str, dict[str, float]]:
        """By party: against today and against the threat, percent and million USD a year."""
        return {
            party: {
                "vs_today_pct": float(self.vs_today_pct[k]),
                "vs_threat_pct": float(self.vs_threat_pct[k]),
                "vs_today_musd": float(self.vs_today_pct[k] / 100 * self.income[k]),
                "vs_threat_musd": float(self.vs_threat_pct[k] / 100 * self.income[k]),
            }
            for k, party in enumerate(self.parties)
        }


def offered(instruments: Instruments, values: Sequence[float | None]) -> np.ndarray:
    """The values of an offer [term], NaN for a term that is left alone: its rates stay exactly what today's policy has.

    Raises `InputError` for another number of values than of terms and for values outside the ranges.
    """
    given = np.array([np.nan if value is None else value for value in values], float)
    if given.shape != (len(instruments),):
        raise InputError(f"An offer gives one value for each of the {len(instruments)} terms; it gave {given.size}.")
    outside = (given < instruments.lower - 1e-9) | (given > instruments.upper + 1e-9)
    if outside.any():
        k = int(np.argmax(outside))
        raise InputError(
            f"{instruments.labels[k]}: {given[k]:g} is outside what is on the table, "
            f"{instruments.lower[k]:g} to {instruments.upper[k]:g}."
        )
    return given


def score(negotiation: Negotiation, values: Sequence[float | None]) -> Scored:
    """What an offer brings in a negotiation. Raises `InputError` for values that are not on the table."""
    policy = negotiation.table.instruments.apply(
        negotiation.today.policy, offered(negotiation.table.instruments, values)
    )
    view = negotiation.payoff_model.see(policy, fresh=True)
    room = exact_slack(negotiation.arrays, view.outcome) if negotiation.clauses else np.zeros(0)
    return Scored(
        negotiation.payoff_model.names,
        negotiation.real_income_pct(view, negotiation.today),
        negotiation.real_income_pct(view, negotiation.threat),
        np.asarray(negotiation.incomes),
        room,
    )
