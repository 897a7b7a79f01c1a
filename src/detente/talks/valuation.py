"""What the pieces of an agreement are worth: each concession to each side, and each red line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.talks.augmented_lagrangian import Found
from detente.talks.bargaining import Agreement, Deal, Negotiation
from detente.talks.clauses import Floor, compile_clauses
from detente.talks.instruments import Instrument, Instruments
from detente.talks.table import Table

#: A rate is relaxed by one point, a floor and a ratification threshold by one percent.
RELAXATION = 0.01


@dataclass(frozen=True)
class Concession:
    """A term of an agreement, or an entry of its standstill, and what each party would lose without it.

    `today`, `threat`, `agreed`: lowest, mean and highest of its rates (`Instruments.rates`). `worth_pct` [party]: payoff with
    it less payoff with its rates as under the threat, all else as agreed, percent; negative for who would rather keep them.
    """

    label: str
    track: str
    by: str
    kind: str
    today: np.ndarray
    threat: np.ndarray
    agreed: np.ndarray
    worth_pct: np.ndarray

    @property
    def moved(self) -> float:
        """How far the mean rate goes from today's, fraction; a quota where there was none counts as all of it."""
        return float(np.nan_to_num(abs(self.agreed[1] - np.nan_to_num(self.today[1]))))


def concessions(negotiation: Negotiation, agreement: Agreement) -> list[Concession]:
    """The terms of an agreement and what else it keeps from happening, each valued by taking it out alone."""
    terms, held = negotiation.table.terms, negotiation.standstill
    instruments = Instruments(term.instrument for term in (*terms, *held))
    states = (negotiation.today.policy, negotiation.threat.policy, agreement.policy)
    rates = [instruments.rates(policy, negotiation.payoff_model.economy.border_value) for policy in states]
    found = []
    for k, term in enumerate((*terms, *held)):
        out = np.arange(len(terms)) == k
        policy = negotiation.without(agreement.values, out, [term] if k >= len(terms) else [])
        payoff = negotiation.payoff_model.see(policy).payoff
        worth = 100 * (agreement.view.payoff - payoff) / negotiation.threat.payoff
        kind = term.instrument.kind
        found.append(Concession(term.label, term.track, term.by, kind, rates[0][k], rates[1][k], rates[2][k], worth))
    return found


@dataclass(frozen=True)
class ShadowPrice:
    """A binding limit: each party's gain, percent, if it were relaxed by `step` (a point of a rate, a percent)."""

    label: str
    kind: str
    step: float
    gain_pct: np.ndarray


def shadow_prices(deal: Deal, concept: str) -> list[ShadowPrice]:
    """The price of every binding limit, by settling again with it relaxed a little.

    Limits are the clauses and the ranges of terms; a tariff of zero and a cut to zero are not limits but the end of the
    road. Multipliers are of the solution `concept`: relaxing a limit lets all gain together but may move the split.
    """
    negotiation, agreement = deal.negotiation, deal.agreements[concept]
    found = []
    # A price is a small difference, so both ends of it are settled more finely than the deal itself.
    fine = _resettle(negotiation, deal, concept, agreement.values)

    def price(relaxed: Negotiation) -> np.ndarray:
        return _resettle(relaxed, deal, concept, fine.values).gain_pct - fine.gain_pct

    for k, clause in enumerate(negotiation.clauses):
        if agreement.certificate.slack[k] > 10 * RELAXATION or float(agreement.found.prices.clause[k]) <= 1e-9:
            continue
        looser = [
            c
            if c is not clause
            else replace(c, change=c.change - RELAXATION)
            if isinstance(c, Floor)
            else replace(c, threshold=c.threshold - RELAXATION)
            for c in negotiation.clauses
        ]
        references = {"today": negotiation.today.outcome, "threat": negotiation.threat.outcome}
        arrays = compile_clauses(negotiation.payoff_model.economy, looser, references)
        relaxed = negotiation.varied(clauses=tuple(looser), arrays=arrays)
        found.append(ShadowPrice(clause.label, "clause", RELAXATION, price(relaxed)))
    instruments, pressure = negotiation.table.instruments, agreement.found.pressure
    for k, instrument in enumerate(instruments):
        at_low = (
            agreement.values[k] <= instrument.lower + 1e-9
            and pressure[k] < -1e-6
            and not _is_end(instrument, instrument.lower)
        )
        at_high = (
            agreement.values[k] >= instrument.upper - 1e-9
            and pressure[k] > 1e-6
            and not _is_end(instrument, instrument.upper)
        )
        if not (at_low or at_high) or instrument.lower == instrument.upper:
            continue
        low = instrument.lower - RELAXATION * at_low
        if at_low and instrument.kind != "trade_cost":
            low = max(low, 0.0)  # a duty cannot become a bounty
        wider = replace(instrument, lower=low, upper=instrument.upper + RELAXATION * at_high)
        terms = [replace(t, instrument=wider) if i == k else t for i, t in enumerate(negotiation.table.terms)]
        relaxed = negotiation.varied(table=Table(terms))
        end = "lower end of range" if at_low else "upper end of range"
        step = wider.upper - instrument.upper + instrument.lower - wider.lower
        found.append(ShadowPrice(instrument.label, end, step, price(relaxed)))
    return found


def _is_end(instrument: Instrument, value: float) -> bool:
    """Whether the bound is a natural one: nothing is left to remove."""
    reached = instrument.base + instrument.slope * value
    return bool(instrument.kind != "trade_cost" and np.abs(reached).max(initial=0.0) < 1e-12)


def _resettle(negotiation: Negotiation, deal: Deal, concept: str, start: np.ndarray) -> Found:
    kind, weight = negotiation.goal(concept, deal.ideal_pct)
    return negotiation.search(kind, weight, start, near=True, tolerance=1e-8)
