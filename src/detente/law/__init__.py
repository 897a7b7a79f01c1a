"""Dated tariff measures, rules of origin and stacking, applied rates."""

from detente.law.consignment import Duty, statutory
from detente.law.ledger import COVERAGE, Ledger
from detente.law.measure import Measure

__all__ = ["COVERAGE", "Duty", "Ledger", "Measure", "statutory"]
