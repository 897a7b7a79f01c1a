"""What surrounds an agreement, and a draft, as JSON: percentages, million USD, discount rates as percent a year."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.study.negotiation.advice import Advice, UnderClosure
from detente.study.negotiation.draft import Draft
from detente.study.negotiation.ratification_document import standing_document
from detente.talks.bargaining import Negotiation
from detente.talks.self_enforcement import Temptation

#: Years until a breach is found out and answered, for which the patience needed is given: a month, a quarter, a year, two.
LAGS = {"month": 1 / 12, "quarter": 0.25, "year": 1.0, "two_years": 2.0}

#: Discount rates beyond this (fraction a year) are nobody's.
ANY = 10.0


def advice_document(advice: Advice, negotiation: Negotiation) -> dict[str, Any]:
    """By party what tempts and what waiting costs; third parties; gains under each closure; the deal without cooperation."""
    names, others = negotiation.payoff_model.names, advice.third_parties
    return {
        "self_enforcement": {one.party: temptation_document(one) for one in advice.temptations},
        "month_of_waiting_musd": _by(names, advice.month_musd),
        "third_parties": {
            "objectors": list(others.objectors),
            "real_income_vs_today_pct": _by(others.regions, others.vs_today_pct),
            "real_income_vs_today_musd": _by(others.regions, others.vs_today_musd),
            "real_income_vs_threat_pct": _by(others.regions, others.vs_threat_pct),
            "if_cuts_are_extended_to_all": None
            if others.extended_vs_today_pct is None or others.extended_gain_pct is None
            else {
                "gain_vs_threat_pct": _by(names, others.extended_gain_pct),
                "real_income_vs_today_pct": _by(others.regions, others.extended_vs_today_pct),
            },
        },
        "closures": {name: _under(names, one) for name, one in advice.closures.items()},
        "depends_on_closure": advice.depends_on_closure,
        "without_cooperation_gain_vs_threat_pct": None
        if advice.without_cooperation_pct is None
        else _by(names, advice.without_cooperation_pct),
    }


def temptation_document(one: Temptation) -> dict[str, Any]:
    """What breaking an agreement brings a party, and the highest discount rate at which it does not, by the lag."""
    return {
        "gain_pct": _number(one.gain_pct),
        "loss_once_answered_pct": _number(one.loss_pct),
        "would_set": {label: _number(value) for label, value in zip(one.labels, one.values, strict=True)},
        "keeps_it_up_to_discount_rate_pct": {name: rate_kept(one.highest_rate(lag)) for name, lag in LAGS.items()},
    }


def rate_kept(rate: float) -> float | str:
    """A highest discount rate (fraction a year) as percent; `any` beyond what is anybody's, `none` where it is NaN."""
    return "none" if np.isnan(rate) else "any" if rate > ANY else float(f"{100 * rate:.3g}")


def draft_document(draft: Draft, negotiation: Negotiation) -> dict[str, Any]:
    """A draft as it stands: gains, whether it passes at home and holds, and which term would mend it."""
    names, agreement = negotiation.payoff_model.names, draft.agreement
    rates = negotiation.table.instruments.labels
    return {
        "terms": {label: _number(value) for label, value in zip(rates, agreement.values, strict=True)},
        "everybody_gains": draft.everybody_gains,
        "gain_vs_threat_pct": _by(names, agreement.gain_vs_threat_pct),
        "gain_vs_today_pct": _by(names, agreement.gain_vs_today_pct),
        "real_income_vs_threat_musd": _by(
            names, negotiation.real_income_pct(agreement.view, negotiation.threat) / 100 * negotiation.incomes
        ),
        "ratification": {one.rule.label: standing_document(one) for one in draft.standings},
        "self_enforcement": {one.party: temptation_document(one) for one in draft.temptations},
        "repairs": [
            {"term": one.label, "gain_vs_threat_pct": _by(names, one.gain_vs_threat_pct)} for one in draft.repairs
        ],
    }


def _under(names: tuple[str, ...], one: UnderClosure) -> dict[str, Any] | None:
    if one.vs_threat_pct is None or one.vs_today_pct is None:
        return None
    return {"gain_vs_threat_pct": _by(names, one.vs_threat_pct), "gain_vs_today_pct": _by(names, one.vs_today_pct)}


def _by(names: tuple[str, ...], values: np.ndarray) -> dict[str, float | None]:
    return {name: _number(value) for name, value in zip(names, values, strict=True)}


def _number(value: float) -> float | None:
    """Six significant digits; null where there is nothing to report."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
