"""Dated tariff measures, rules of origin and stacking, applied rates."""

from detente.law.applied import PairRates, added_since_2024, applied, pair_rates
from detente.law.collected import collected
from detente.law.consignment import Duty, statutory
from detente.law.ledger import COVERAGE, Ledger
from detente.law.measure import Measure
from detente.law.series import Series, series

__all__ = [
    "COVERAGE",
    "Duty",
    "Ledger",
    "Measure",
    "PairRates",
    "Series",
    "added_since_2024",
    "applied",
    "collected",
    "pair_rates",
    "series",
    "statutory",
]
