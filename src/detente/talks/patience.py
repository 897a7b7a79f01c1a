"""Who can wait: what a month without a deal costs each side, and bargaining power from how impatient each is."""

from __future__ import annotations

from collections.abc import Mapping
from math import log

import numpy as np

from detente.errors import InputError
from detente.talks.bargaining import Agreement, Negotiation


def month_of_waiting(negotiation: Negotiation, agreement: Agreement) -> np.ndarray:
    """Real income that each party forgoes in a month under today's policy rather than the agreement's [party], million USD."""
    gain = negotiation.real_income_pct(agreement.view, negotiation.today)
    return np.asarray(gain / 100 * negotiation.incomes / 12)


def impatience(discount_rate: float, years_to_election: float | None = None, chance_of_staying: float = 1.0) -> float:
    """A government's effective yearly discount rate: its own and, where an election comes, the rate at which it may lose office.

    What is agreed after a lost election is nothing to who lost it; spread evenly over the time until then, the chance of
    staying makes a constant rate -log(chance) / years. Raises `InputError` for numbers that make no rate.
    """
    if not (discount_rate > 0 and 0 < chance_of_staying <= 1):
        raise InputError(
            f"A discount rate is above 0 and a chance of staying above 0 and at most 1; "
            f"{discount_rate:g} and {chance_of_staying:g} were given."
        )
    if years_to_election is None or chance_of_staying == 1:
        return discount_rate
    if years_to_election <= 0:
        raise InputError(f"The election must lie ahead; it is {years_to_election:.2f} years away.")
    return discount_rate - log(chance_of_staying) / years_to_election


def power_of_patience(rates: Mapping[str, float]) -> dict[str, float]:
    """Bargaining power (summing to 1) from each side's yearly discount rate (fraction): who loses less by waiting gets more.

    Two sides who take turns in making offers, quickly, share as the Nash solution with powers in proportion to one over their
    rates (Rubinstein 1982; Binmore, Rubinstein and Wolinsky 1986); for more sides the same proportion is a convention.
    """
    if any(not rate > 0 for rate in rates.values()):
        worst = min(rates, key=lambda name: rates[name])
        raise InputError(
            f"The discount rate of {worst} is {rates[worst]:g}; expected a fraction above 0, such as 0.05."
        )
    total = sum(1 / rate for rate in rates.values())
    return {name: 1 / rate / total for name, rate in rates.items()}
