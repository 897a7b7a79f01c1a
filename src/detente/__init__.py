"""Détente: the tariffs in force, the world economy in equilibrium, and the deal that leaves both sides better off.

Example:
    >>> import detente as dt
    >>> world = dt.load("toy")
    >>> world.regions
    ('AAA', 'BBB', 'CCC')
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente import _runtime  # noqa: F401  (sets JAX up before anything imports it)

if TYPE_CHECKING:  # the same names for type checkers, so that a misspelt one is found (a test compares)
    from detente.accounts import Baseline, load
    from detente.economy import Economy, Horizon, Policy, Result, calibrate
    from detente.economy.labelled_outcomes import LabelledOutcomes
    from detente.economy.labelled_outcomes import open_outcomes as open
    from detente.errors import DetenteError, InputError, SolveError
    from detente.law.applied import applied
    from detente.law.consignment import statutory
    from detente.law.ledger import Ledger
    from detente.study.compare import compare
    from detente.study.negotiation.noncooperative import optimum, war
    from detente.study.negotiation.study import TalksStudy
    from detente.study.negotiation.study import run_talks as talks
    from detente.study.run import Study, run
    from detente.study.scenario import Scenario
    from detente.talks import Agreement, Optimum, War

#: Public name -> module that defines it, and its name there if that is another. Imported on first use, so that
#: `import detente` is instant.
_PUBLIC = {
    "Agreement": "detente.talks",
    "Baseline": "detente.accounts",
    "load": "detente.accounts",
    "Economy": "detente.economy",
    "Horizon": "detente.economy",
    "Ledger": "detente.law",
    "LabelledOutcomes": "detente.economy.labelled_outcomes",
    "Optimum": "detente.talks",
    "Policy": "detente.economy",
    "Result": "detente.economy",
    "Scenario": "detente.study.scenario",
    "Study": "detente.study.run",
    "TalksStudy": "detente.study.negotiation.study",
    "War": "detente.talks",
    "applied": "detente.law",
    "calibrate": "detente.economy",
    "compare": "detente.study.compare",
    "open": "detente.economy.labelled_outcomes:open_outcomes",
    "optimum": "detente.study.negotiation.noncooperative",
    "run": "detente.study.run",
    "statutory": "detente.law",
    "talks": "detente.study.negotiation.study:run_talks",
    "war": "detente.study.negotiation.noncooperative",
    "DetenteError": "detente.errors",
    "InputError": "detente.errors",
    "SolveError": "detente.errors",
}

__all__ = [
    "Agreement",
    "Baseline",
    "DetenteError",
    "Economy",
    "Horizon",
    "InputError",
    "LabelledOutcomes",
    "Ledger",
    "Optimum",
    "Policy",
    "Result",
    "Scenario",
    "SolveError",
    "Study",
    "TalksStudy",
    "War",
    "applied",
    "calibrate",
    "compare",
    "load",
    "open",
    "optimum",
    "run",
    "statutory",
    "talks",
    "war",
]
__version__ = "0.1.0"


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _PUBLIC:
            module, _, there = _PUBLIC[name].partition(":")
            return getattr(import_module(module), there or name)
        raise AttributeError(f"module 'detente' has no attribute {name!r}; it has {', '.join(sorted(_PUBLIC))}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
