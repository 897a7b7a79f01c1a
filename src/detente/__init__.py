"""Détente: the tariffs in force, the world economy in equilibrium, and the deal that leaves both sides better off.

Example:
    >>> import detente as dt
    >>> world = dt.load("toy")
    >>> world.regions
    ('AAA', 'BBB', 'CCC')
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from detente import _runtime  # noqa: F401  (sets JAX up before anything imports it)

#: Public name -> module that defines it. Imported on first use, so that `import detente` is instant.
_PUBLIC = {
    "Baseline": "detente.accounts",
    "load": "detente.accounts",
    "Economy": "detente.economy",
    "Horizon": "detente.economy",
    "Policy": "detente.economy",
    "Result": "detente.economy",
    "calibrate": "detente.economy",
    "Scenario": "detente.study.scenario",
    "run": "detente.study.run",
    "DetenteError": "detente.errors",
    "InputError": "detente.errors",
    "SolveError": "detente.errors",
}

__all__ = list(_PUBLIC)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'detente' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
