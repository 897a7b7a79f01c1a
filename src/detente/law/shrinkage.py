"""Shrinkage: shares by kind of duty, exporter and industry, each pulled to what its industry and its exporter have in common.

The share of a cell is that of the kind, plus the industry's, the partner's and the cell's own deviation, each pulled to zero.
A cell's own deviation is worked out of the equations by hand, so that what is solved together is small.
"""

from __future__ import annotations

import numpy as np

#: Largest share that a fit may give: a little above one, for statutes read too low.
LARGEST = 1.1


def shares(
    due: np.ndarray, paid: np.ndarray, weight: np.ndarray, pull: tuple[float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Shares of `due` [partner, month, kind, group] that make `paid`, and their standard errors [kind, partner, group].

    `paid` and `weight` are [partner, month, group]; a month of weight zero plays no part. `pull`: strength of the pull on the
    deviations of industries, partners and cells (weight times points squared). Cells without trade take what is common.
    """
    partners, _, kinds, groups = due.shape
    kind, partner, group = (grid.ravel() for grid in np.mgrid[:kinds, :partners, :groups])
    sizes = (kinds, kinds * groups, kinds * partners)
    starts = np.cumsum((0, *sizes))
    common = np.stack([kind, starts[1] + kind * groups + group, starts[2] + kind * partners + partner])
    tie = np.zeros((kinds, partners, groups, starts[-1]))
    tie.reshape(-1, starts[-1])[np.arange(common.shape[1]), common] = 1.0
    tie = tie.transpose(1, 2, 0, 3)  # partner, group, kind, what is common
    squares = np.einsum("pmkg,pmg,pmlg->pgkl", due, weight, due)
    products = np.einsum("pmkg,pmg,pmg->pgk", due, weight, paid)
    own = np.linalg.inv(squares + pull[2] * np.eye(kinds))  # of the cells' own deviations
    rest = np.eye(kinds) - squares @ own
    normal = np.einsum("pgka,pgkl,pglb->ab", tie, rest @ squares, tie, optimize=True)
    right = np.einsum("pgka,pgkl,pgl->a", tie, rest, products, optimize=True)
    inverse = np.linalg.inv(normal + np.diag(np.repeat([1e-6, pull[0], pull[1]], sizes)))
    shared = tie @ (inverse @ right)
    value = shared + np.einsum("pgkl,pgl->pgk", own, products - np.einsum("pgkl,pgl->pgk", squares, shared))
    left = paid - np.einsum("pmkg,pgk->pmg", due, value)
    per_month = float((weight * left**2).sum() / np.count_nonzero(weight))
    turn = np.swapaxes(rest, -1, -2)
    between = turn @ (tie @ inverse @ np.swapaxes(tie, -1, -2)) @ rest
    error = np.sqrt(np.einsum("pgkk->pgk", between + own) * per_month)
    return np.clip(value, 0.0, LARGEST).transpose(2, 0, 1), error.transpose(2, 0, 1)
