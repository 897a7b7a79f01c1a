"""Ratification as JSON: for each party and rule who stands against an agreement, and whom to pay how much so that it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.study.numbers import number as _number
from detente.talks.bargaining import Agreement
from detente.talks.ratification import Standing, standings

if TYPE_CHECKING:
    from detente.study.negotiation.study import Outcome


def ratification(outcome: Outcome, concept: str) -> dict[str, Any]:
    """By party and rule: the agreement of `concept`, every other solution, and the same for the talks without any rule.

    Shares are fractions of the votes, money is million USD a year at the baseline's consumer prices.
    """
    settled, free = outcome.deal, outcome.without_rules
    under_rules = {} if settled is None else _standings(outcome, settled.agreements)
    unbound = {} if free is None else _standings(outcome, free.agreements)
    found: dict[str, Any] = {}
    for k, rule in enumerate(outcome.rules):
        solutions = {name: standing_document(each[k]) for name, each in under_rules.items()}
        unratified = {name: standing_document(each[k]) for name, each in unbound.items()}
        found.setdefault(rule.region, {})[rule.label] = {
            "measure": rule.measure,
            "reference": rule.reference,
            "threshold": rule.threshold,
            "constituencies": len(rule.constituencies),
            **(solutions.get(concept) or {"passes": None, "against": [], "compensation": None}),
            "solutions": solutions,
            "without_rules": None
            if free is None
            else {
                **unratified[concept],
                "gain_vs_threat_pct": {
                    name: _number(gain)
                    for name, gain in zip(
                        outcome.negotiation.payoff_model.names, free.agreements[concept].gain_vs_threat_pct, strict=True
                    )
                },
                "solutions": unratified,
            },
        }
    return found


def _standings(outcome: Outcome, agreements: Any) -> dict[str, list[Standing]]:
    each: dict[str, Agreement] = dict(agreements)
    return {name: standings(outcome.negotiation, agreement) for name, agreement in each.items()}


def standing_document(one: Standing) -> dict[str, Any]:
    """One agreement under one rule; who is against and who is paid, the cheapest vote first."""
    rule = one.rule
    workers = np.full(len(rule.votes), np.nan) if rule.jobs is None else rule.jobs.sum(axis=1)
    return {
        "passes": one.passes,
        "share_in_favour": _number(one.in_favour),
        "country_gain_musd": _number(one.gain_musd),
        "against": [
            {
                "name": rule.constituencies[k],
                "share_of_votes": _number(rule.votes[k]),
                "change_pct": _number(100 * one.change[k]),
                "loss_musd": _number(one.loss_musd[k]),
            }
            for k in one.by_cost_of_vote(one.against)
        ],
        "compensation": {
            "cost_musd": _number(one.cost_musd),
            "share_of_gain": _number(one.cost_musd / one.gain_musd) if one.gain_musd > 0 else None,
            "covered_by_gain": one.covered,
            "left_of_gain_musd": _number(one.gain_musd - one.cost_musd),
            "cost_of_making_all_whole_musd": _number(one.whole_musd),
            "payments": [
                {
                    "to": rule.constituencies[k],
                    "musd": _number(one.loss_musd[k]),
                    "usd_per_worker": _number(1000 * one.loss_musd[k] / workers[k]),
                    "share_of_votes": _number(rule.votes[k]),
                }
                for k in one.by_cost_of_vote(one.paid)
            ],
        },
    }
