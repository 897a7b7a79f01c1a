"""What is assumed of trade deficits: kept, pooled or between, or set; and the world in which they are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError, SolveError

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline

#: Every closure by name, and what it says of deficits; a number between 0 (fixed) and 1 (pooled) is one too.
CLOSURES = {
    "fixed": "each region's deficit keeps its share of world factor income",
    "pooled": "each region keeps its share of the world's income, and its deficit follows",
    "balanced": "trade is balanced, before the policy and after it",
    "given": "deficits are the caller's, before the policy and after it",
}

_SMALLEST_PART = 1 / 16  # of the way to the deficits asked for, below which a world without the old ones is given up


def pooling_of(closure: str | float) -> float:
    """The number between 0 (fixed) and 1 (pooled) that a closure stands for. Raises `InputError`."""
    if isinstance(closure, str):
        if closure not in CLOSURES:
            raise InputError(
                f"Unknown closure {closure!r}; choose one of {', '.join(CLOSURES)}, or a number from 0 (fixed) to 1 (pooled)."
            )
        return 1.0 if closure == "pooled" else 0.0
    if not 0 <= closure <= 1:
        raise InputError(f"A closure in numbers lies between 0 (fixed) and 1 (pooled), not at {closure:g}.")
    return float(closure)


def name_of(closure: str | float) -> str:
    """The closure in a word, for print: the ends of the scale by name, what lies between with its number."""
    if isinstance(closure, str):
        return closure
    return {0.0: "fixed", 1.0: "pooled"}.get(float(closure), f"pooled {closure:g}")


def deficits_of(baseline: Baseline, closure: str | float, given: np.ndarray | None) -> np.ndarray | None:
    """The deficits [region], million USD, that a closure sets; None where it leaves the accounts' own. Raises `InputError`."""
    if (closure == "given") != (given is not None):
        raise InputError("Deficits go with closure 'given', and only with it.")
    if given is None:
        return np.zeros(len(baseline.regions)) if closure == "balanced" else None
    given = np.asarray(given, dtype=float)
    if given.shape != (len(baseline.regions),):
        raise InputError(f"deficit must give one number for each of {len(baseline.regions)} regions, million USD.")
    if abs(given.sum()) > 1e-6 * np.abs(given).sum() + 1e-9:
        raise InputError(f"Deficits must sum to zero over the world; they sum to {given.sum():,.0f} million USD.")
    return given


def rebased(baseline: Baseline, deficit: np.ndarray, trade_elasticity: np.ndarray) -> Baseline:
    """The accounts of the world with other deficits [region], million USD, and no other change.

    The first of the two steps of Caliendo and Parro (2015): the policy is then held against this world. One world for all
    horizons: it is reached in the long run, with workers who move freely. Raises `SolveError` where there is no such world.
    """
    reached, part = baseline, 1.0
    while not np.array_equal(reached.deficit, deficit):
        aim = deficit if part >= 1 else reached.deficit + part * (deficit - reached.deficit)
        try:
            reached, part = _moved(reached, aim, trade_elasticity), 2 * part
        except SolveError as error:
            part /= 2
            if part < _SMALLEST_PART:
                raise SolveError(f"There is no world with these deficits to start from. {error}") from None
    return reached


def _moved(baseline: Baseline, deficit: np.ndarray, trade_elasticity: np.ndarray) -> Baseline:
    from detente.economy.economy import calibrate

    economy = calibrate(baseline, trade_elasticity=trade_elasticity, horizon="long").varied(deficit=deficit)
    at, _ = economy.levels(economy.status_quo())
    output = np.asarray(at.output)
    jobs = baseline.employment * np.asarray(at.employment)
    before, after = np.nansum(baseline.employment, axis=1), np.nansum(jobs, axis=1)
    income = np.asarray(at.income)
    return baseline.replace(
        trade=np.asarray(at.trade),
        output=output,
        value_added=np.asarray(at.value_added),
        input_expenditure=baseline.input_coefficient * output[:, None, :],
        final_expenditure=baseline.final_share * income[:, None],
        deficit=deficit,
        employment=jobs * np.divide(before, after, out=np.ones_like(after), where=after > 0)[:, None],
    )
