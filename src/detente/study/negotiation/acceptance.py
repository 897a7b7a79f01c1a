"""Whether the other side of a talks file will say yes: its offers judged under draws of the weights that are not known."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.economy import Economy
from detente.study.negotiation.schema import TalksFile
from detente.study.scenario.policy import resolve
from detente.study.uncertainty.draws import LEVEL
from detente.talks.acceptance import Acceptance, JudgedOffer, acceptance
from detente.talks.bargaining import Agreement, Negotiation
from detente.talks.weights import drawn_weights


def check_sectors(file: TalksFile, economy: Economy) -> None:
    """Raises `InputError`, naming the line, for a weight of a sector that the economy does not have."""
    for sector in file.acceptance.weights if file.acceptance else ():
        resolve(file, economy.sectors, [sector], "sector", ["acceptance", "weights", sector])


def asked(file: TalksFile, negotiation: Negotiation, agreed: Agreement | None) -> Acceptance | None:
    """What the file asks about acceptance, with its deal, its draft and the offers made; None where it asks nothing."""
    if (belief := file.acceptance) is None:
        return None
    model = negotiation.payoff_model
    economy = model.economy
    assert isinstance(economy, Economy)
    offers = {} if agreed is None else {"deal": agreed.values}
    draft = np.array([np.nan if term.draft is None else term.draft for term in negotiation.table.terms])
    if np.isfinite(draft).any():
        offers["draft"] = draft
    for k, made in enumerate(file.rounds):
        offers[f"round {k + 1}"] = np.array([np.nan if value is None else value for value in made.values], float)
    central = np.asarray(model.objectives.sector_weight[model.party(belief.of)])
    weights = drawn_weights(economy.sectors, central, belief.weights, belief.draws, belief.spread)
    return acceptance(negotiation, belief.of, weights, by=belief.by, noise=belief.noise, offers=offers)


def acceptance_document(found: Acceptance, negotiation: Negotiation) -> dict[str, Any]:
    """Probabilities from 0 to 1, gains in percent of payoff against the threat, money in million USD a year."""
    labels = negotiation.table.instruments.labels
    return {
        "by": found.by,
        "of": found.of,
        "draws": found.draws,
        "offers_valued": found.valued,
        "level": LEVEL,
        "best": None if found.best is None else _offer(found.best, labels),
        "robust": None if found.robust is None else _offer(found.robust, labels),
        "offers": {name: _offer(one, labels) for name, one in found.offers.items()},
        "expected_gain_weights_known_pct": _number(found.known_pct),
        "inspection_worth_pct": _number(found.inspection_pct),
        "inspection_worth_musd": _number(inspection_musd(found, negotiation)),
    }


def inspection_musd(found: Acceptance, negotiation: Negotiation) -> float:
    """What learning the weights is worth to the proposer, million USD a year; NaN where it weighs more than real income."""
    k = negotiation.payoff_model.party(found.by)
    if negotiation.payoff_model.parties[k].political:
        return float("nan")
    return float(found.inspection_pct / 100 * negotiation.incomes[k])


def _offer(one: JudgedOffer, labels: list[str]) -> dict[str, Any]:
    low, high = np.quantile(one.theirs_pct, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return {
        "terms": {label: _number(value) for label, value in zip(labels, one.values, strict=True)},
        "probability": _number(one.probability),
        "gain_if_accepted_pct": _number(one.gain_pct),
        "expected_gain_pct": _number(one.expected_pct),
        "gain_of_the_other_side_pct": [_number(low), _number(high)],
    }


def _number(value: float) -> float | None:
    """Six significant digits; null where there is nothing to report."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
