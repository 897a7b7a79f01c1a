"""RAS, also called iterative proportional fitting: bring a matrix to given margins, changing it as little as can be.

The result minimises the relative entropy to the prior among the matrices with the given row and column sums
(Bacharach 1970, *Biproportional Matrices and Input-Output Change*; Lahr and de Mesnard 2004). Zeros stay zero.
"""

from __future__ import annotations

import numpy as np

from detente.errors import SolveError


def ras(
    prior: np.ndarray, rows: np.ndarray, columns: np.ndarray, *, tolerance: float = 1e-12, iterations: int = 5000
) -> np.ndarray:
    """The biproportional matrix `diag(r) prior diag(s)` whose rows sum to `rows` and columns to `columns`.

    `prior` [..., m, n], `rows` [..., m] and `columns` [..., n] are non-negative; leading dimensions are independent
    problems. Stops when every row sum is within `tolerance` of its target, relative to the problem's total, after the
    columns have been met exactly. Raises `SolveError` naming the worst margin when the margins cannot be met: a
    positive margin over zeros only, totals of rows and columns that differ, or a pattern of zeros that blocks it.
    """
    total = rows.sum(axis=-1)
    _refuse(prior, rows, columns, total)
    scale = np.maximum(total, np.finfo(float).tiny)[..., None]
    fitted = prior.astype(float)
    gap = np.zeros_like(rows)
    for _ in range(iterations):
        fitted = fitted * _ratio(rows, fitted.sum(axis=-1))[..., :, None]
        fitted = fitted * _ratio(columns, fitted.sum(axis=-2))[..., None, :]
        gap = np.abs(fitted.sum(axis=-1) - rows) / scale
        if gap.max(initial=0.0) <= tolerance:
            return fitted
    worst = tuple(int(k) for k in np.unravel_index(int(gap.argmax()), gap.shape))
    raise SolveError(
        f"The margins cannot be met after {iterations} iterations: row {worst} misses its target of "
        f"{rows[worst]:.6g} by {gap[worst]:.1e} of the total; look for zeros in the prior that block it."
    )


def _ratio(target: np.ndarray, actual: np.ndarray) -> np.ndarray:
    return np.divide(target, actual, out=np.zeros_like(actual, dtype=float), where=actual > 0)


def _refuse(prior: np.ndarray, rows: np.ndarray, columns: np.ndarray, total: np.ndarray) -> None:
    for name, values in (("prior", prior), ("row margins", rows), ("column margins", columns)):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise SolveError(f"RAS needs finite, non-negative numbers; the {name} hold {np.min(values):.6g}.")
    gap = np.abs(columns.sum(axis=-1) - total) / np.maximum(np.abs(total), np.finfo(float).tiny)
    if gap.max(initial=0.0) > 1e-9:
        worst = tuple(int(k) for k in np.unravel_index(int(gap.argmax()), gap.shape))
        raise SolveError(
            f"Row margins sum to {total[worst]:.9g} and column margins to {columns.sum(axis=-1)[worst]:.9g} "
            f"(problem {worst}): they must be equal."
        )
    for name, margin, sums in (("row", rows, prior.sum(axis=-1)), ("column", columns, prior.sum(axis=-2))):
        blocked = np.argwhere((margin > 0) & (sums <= 0))
        if len(blocked):
            at = tuple(int(k) for k in blocked[0])
            raise SolveError(f"The prior is zero all along {name} {at}, whose margin is {margin[at]:.6g}.")
