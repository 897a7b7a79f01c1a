"""The equilibrium model: calibration, equations, solver, outcomes."""

from detente.economy.closures import CLOSURES
from detente.economy.economy import Economy, calibrate
from detente.economy.explanation import Explanation
from detente.economy.factors import FACTORS, Factors
from detente.economy.horizons import HORIZONS, Horizon
from detente.economy.interface import DifferentiableEconomy, Equilibrium, Policy, Quotas
from detente.economy.result import OUTCOMES, Result

__all__ = [
    "CLOSURES",
    "FACTORS",
    "HORIZONS",
    "OUTCOMES",
    "DifferentiableEconomy",
    "Economy",
    "Equilibrium",
    "Explanation",
    "Factors",
    "Horizon",
    "Policy",
    "Quotas",
    "Result",
    "calibrate",
]
