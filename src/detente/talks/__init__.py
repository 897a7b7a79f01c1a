"""Objectives, optimal tariffs, trade war, bargaining, ratification - on any differentiable economy."""

from detente.talks.bargaining import CONCEPTS, Agreement, Deal, Negotiation, NoAgreementError, deal
from detente.talks.certificate import best_deviations, certify
from detente.talks.clauses import Floor, Ratification
from detente.talks.frontier import Frontier, frontier
from detente.talks.levers import Lever, Levers, raised_from, tariff_levers
from detente.talks.linkage import Linkage, linkage
from detente.talks.optimum import Optimum, optimum, spread_starts
from detente.talks.outlook import Outlook
from detente.talks.party import Party, jobs_in_place
from detente.talks.steps import next_steps, staging
from detente.talks.table import (
    Table,
    Term,
    export_tax_term,
    subsidy_term,
    tariff_cut_term,
    tariff_term,
    trade_cost_term,
)
from detente.talks.war import War, war
from detente.talks.weights import InferredWeights, infer_weights
from detente.talks.worth import concessions, shadow_prices

__all__ = [
    "CONCEPTS",
    "Agreement",
    "Deal",
    "Floor",
    "Frontier",
    "InferredWeights",
    "Lever",
    "Levers",
    "Linkage",
    "Negotiation",
    "NoAgreementError",
    "Optimum",
    "Outlook",
    "Party",
    "Ratification",
    "Table",
    "Term",
    "War",
    "best_deviations",
    "certify",
    "concessions",
    "deal",
    "export_tax_term",
    "frontier",
    "infer_weights",
    "jobs_in_place",
    "linkage",
    "next_steps",
    "optimum",
    "raised_from",
    "shadow_prices",
    "spread_starts",
    "staging",
    "subsidy_term",
    "tariff_cut_term",
    "tariff_levers",
    "tariff_term",
    "trade_cost_term",
    "war",
]
