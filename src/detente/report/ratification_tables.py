"""Ratification in the terminal: who stands against an agreement at home, and what it would cost to win them over."""

from __future__ import annotations

import numpy as np

from detente.report.terminal import say, show
from detente.report.wording import listed, money, rounded, sector_name, signed, the_region
from detente.study.negotiation.study import Outcome
from detente.talks.bargaining import Agreement
from detente.talks.ratification import Standing, standings

SHOWN_AGAINST, SHOWN_PAID = 2, 6


def show_ratification(outcome: Outcome, concept: str) -> None:
    """Print each rule's count for the agreement and, where it differs, for the talks without rules, and whom to pay."""
    if not outcome.rules:
        return
    settled, free = outcome.deal, outcome.without_rules
    if settled is not None:
        _show_standings("Ratification at home", standings(outcome.negotiation, settled.agreements[concept]))
    if free is None or free is settled:
        if settled is not None:
            say("No rule of ratification costs anything here: without them the agreement is the same.")
            print()
        return
    agreement = free.agreements[concept]
    _show_standings(f"Without any rule ({_gains(outcome, agreement)})", standings(outcome.negotiation, agreement))


def _gains(outcome: Outcome, agreement: Agreement) -> str:
    names, gains = outcome.negotiation.payoff_model.names, agreement.gain_vs_threat_pct
    return listed([f"{the_region(n)} {signed(g, 3)} percent" for n, g in zip(names, gains, strict=True)])


def _show_standings(title: str, each: list[Standing]) -> None:
    show(
        f"{title}: percent of votes; support: transfers in million USD a year",
        [
            "rule",
            "for",
            "needed",
            "most against, percent",
            "support to pass",
            "to leave nobody worse off",
            "of gain, percent",
        ],
        [
            [
                f"{one.rule.label} ({one.rule.measure})",
                f"{100 * one.in_favour:.1f}",
                f"{100 * one.rule.threshold:.1f}",
                _most_against(one),
                f"{one.cost_musd:,.0f}",
                f"{one.whole_musd:,.0f}",
                f"{100 * one.cost_musd / one.gain_musd:.1f}" if one.gain_musd > 0 else "-",
            ]
            for one in each
        ],
    )
    for one in each:
        if not one.passes:
            say(_payments(one), hanging="  ")
    if not all(one.passes for one in each):
        print()


def _most_against(one: Standing) -> str:
    against = np.flatnonzero(one.against)
    order = against[np.argsort(one.change[against])][:SHOWN_AGAINST]
    names = [f"{sector_name(one.rule.constituencies[k])} {signed(100 * one.change[k], 3)}" for k in order]
    rest = len(against) - len(names)
    return ", ".join([*names, *([f"{rest} more"] if rest else [])]) or "nobody"


def _payments(one: Standing) -> str:
    rule, paid = one.rule, one.by_cost_of_vote(one.paid)
    named = []
    for k in paid[:SHOWN_PAID]:
        each = "" if rule.jobs is None else f" ({rounded(1000 * one.loss_musd[k] / rule.jobs[k].sum())} USD a worker)"
        named.append(f"{sector_name(rule.constituencies[k])} {money(one.loss_musd[k])}{each}")
    if len(paid) > SHOWN_PAID:
        named.append(f"{len(paid) - SHOWN_PAID} more")
    text = f"{rule.label} would pass, at least cost, with {money(one.cost_musd)} a year to {listed(named)}"
    if one.covered:
        return f"{text}; {the_region(rule.region)} keeps {money(one.gain_musd - one.cost_musd)} of its gain."
    if one.gain_musd <= 0:
        return f"{text}; {the_region(rule.region)} has no gain to pay it from."
    gain = f"the {money(one.gain_musd)} that {the_region(rule.region)} gains"
    return f"{text}: more than {gain}, so the deal cannot pay for it."
