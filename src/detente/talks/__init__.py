"""Objectives, optimal tariffs, trade war, bargaining, ratification - on any differentiable economy.

Called, ``detente.talks(file, draws=0)`` settles a talks file, or its fields (see `detente.study.negotiation.study.run_talks`).

Example:
    >>> import detente as dt
    >>> dt.talks.CONCEPTS
    ('nash', 'kalai_smorodinsky', 'egalitarian', 'utilitarian')
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

from detente.talks.bargaining import CONCEPTS, Agreement, Deal, Negotiation, NoAgreementError, deal
from detente.talks.certificate import best_deviations, certify
from detente.talks.clauses import Floor, Ratification
from detente.talks.frontier import Frontier, frontier
from detente.talks.instruments import Instrument, Instruments, raised_from, tariff_instruments
from detente.talks.linkage import Linkage, linkage
from detente.talks.optimum import Optimum, optimum, spread_starts
from detente.talks.partial_deals import partial_deals, staging
from detente.talks.party import Party, jobs_in_place
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, Term, make_term
from detente.talks.valuation import concessions, shadow_prices
from detente.talks.war import War, war
from detente.talks.weights import InferredWeights, infer_weights

__all__ = [
    "CONCEPTS",
    "Agreement",
    "Deal",
    "Floor",
    "Frontier",
    "InferredWeights",
    "Instrument",
    "Instruments",
    "Linkage",
    "Negotiation",
    "NoAgreementError",
    "Optimum",
    "Party",
    "PayoffModel",
    "Ratification",
    "Table",
    "Term",
    "War",
    "best_deviations",
    "certify",
    "concessions",
    "deal",
    "frontier",
    "infer_weights",
    "jobs_in_place",
    "linkage",
    "make_term",
    "optimum",
    "partial_deals",
    "raised_from",
    "shadow_prices",
    "spread_starts",
    "staging",
    "tariff_instruments",
    "war",
]


class _Callable(ModuleType):
    """The room, which people call by its name: ``detente.talks(file)`` runs a talks file, also once the room is loaded."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return import_module("detente.study.negotiation.study").run_talks(*args, **options)


sys.modules[__name__].__class__ = _Callable
