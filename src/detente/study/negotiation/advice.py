"""What stands around an agreement: whether it holds by itself, what waiting costs, who else is touched, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detente.economy import Economy
from detente.errors import SolveError
from detente.study.negotiation.third_parties import ThirdParties, third_parties
from detente.talks.bargaining import Agreement, Concept, Deal, Negotiation, NoAgreementError, deal
from detente.talks.patience import month_of_waiting
from detente.talks.payoff_model import PayoffModel
from detente.talks.self_enforcement import Temptation, temptations
from detente.talks.table import Table

#: What is assumed of trade deficits, and its number in a calibration (see docs/economics.md).
CLOSURES: Mapping[str, float] = {"fixed": 0.0, "pooled": 1.0}


@dataclass(frozen=True)
class UnderClosure:
    """Gains [party] of one agreement, percent, under one assumption about deficits; None where there is no equilibrium."""

    vs_threat_pct: np.ndarray | None
    vs_today_pct: np.ndarray | None


@dataclass(frozen=True)
class Advice:
    """Around one agreement: `temptations` to break it, real income that a month without it costs (`month_musd` [party]),
    `third_parties`, gains under each closure, and the gains [party] of the best deal without terms that lower trade costs by
    agreeing to (`without_cooperation_pct`; None where the table has no such term, NaN where there is then no deal).
    """

    temptations: list[Temptation]
    month_musd: np.ndarray
    third_parties: ThirdParties
    closures: Mapping[str, UnderClosure]
    without_cooperation_pct: np.ndarray | None

    @property
    def depends_on_closure(self) -> bool:
        """Whether somebody gains against the threat under one assumption about deficits and not under another."""
        signs = {tuple(one.vs_threat_pct > 0) for one in self.closures.values() if one.vs_threat_pct is not None}
        return len(signs) > 1 or any(one.vs_threat_pct is None for one in self.closures.values())


class Closures:
    """The payoff model of a study under each assumption about deficits, each made once."""

    def __init__(self, model: PayoffModel) -> None:
        self.model = model

    @cached_property
    def models(self) -> dict[str, PayoffModel | None]:
        """By name of the closure; None where even today has no equilibrium under it."""
        economy = self.model.economy
        assert isinstance(economy, Economy)
        found: dict[str, PayoffModel | None] = {}
        for name, pooling in CLOSURES.items():
            if economy.closure == name:
                found[name] = self.model
                continue
            try:
                found[name] = PayoffModel(economy.varied(pooling=pooling), self.model.parties, self.model.today)
            except SolveError:
                found[name] = None
        return found

    def gains(self, negotiation: Negotiation, agreement: Agreement) -> dict[str, UnderClosure]:
        """What the same agreement brings against the same threat and today under each closure."""
        return {name: self._under(model, negotiation, agreement) for name, model in self.models.items()}

    def _under(self, model: PayoffModel | None, negotiation: Negotiation, agreement: Agreement) -> UnderClosure:
        if model is None:
            return UnderClosure(None, None)
        try:
            policies = (agreement.policy, negotiation.threat.policy, negotiation.today.policy)
            agreed, threat, today = (model.see(policy, fresh=True).payoff for policy in policies)
        except SolveError:
            return UnderClosure(None, None)
        return UnderClosure(100 * (agreed / threat - 1), 100 * (agreed / today - 1))


def advise(settled: Deal, concept: Concept, closures: Closures) -> Advice:
    """What surrounds the agreement of a solution concept."""
    negotiation, agreement = settled.negotiation, settled.agreements[concept]
    return Advice(
        temptations(negotiation, agreement),
        month_of_waiting(negotiation, agreement),
        third_parties(negotiation, agreement),
        closures.gains(negotiation, agreement),
        without_cooperation(negotiation, agreement, concept),
    )


def without_cooperation(negotiation: Negotiation, agreement: Agreement, concept: Concept) -> np.ndarray | None:
    """Gains [party] against the threat of the best deal on the table less the terms that only lower trade costs, percent."""
    real = np.array([term.instrument.kind != "trade_cost" for term in negotiation.table.terms])
    if real.all():
        return None
    size = len(negotiation.power)
    if not real.any():
        return np.full(size, np.nan)
    table = Table(term for term, kept in zip(negotiation.table.terms, real, strict=True) if kept)
    try:
        found = deal(negotiation.varied(table=table), [concept], agreement.values[real])
    except NoAgreementError:
        return np.full(size, np.nan)
    return found.agreements[concept].gain_vs_threat_pct
