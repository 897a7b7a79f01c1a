"""Which assumption drives the spread of an outcome: first-order Sobol indices from the draws there are."""

from __future__ import annotations

import numpy as np

from detente.study.uncertainty.sampling import ACCOUNTS, STUDY, Sample

#: Draws for each coefficient before curvature is estimated too.
DRAWS_PER_COEFFICIENT = 4
#: Draws for each draw of the accounts before their part is estimated.
DRAWS_PER_WORLD = 4


def first_order_shares(sample: Sample, outcome: np.ndarray) -> dict[str, float]:
    """Share of the variance of `outcome` [draw] that each group of assumptions explains alone, the largest first.

    First-order Sobol indices (Sobol 1993), from one regression of the outcome on everything that was drawn: the study's
    mean and, for each score, its line and, with draws enough, its parabola (a polynomial chaos expansion, Sudret 2008).
    The part that the regression would explain by chance is taken off. What is missing to one is interaction, finer
    curvature and, with few draws, noise. A group's share is the sum over its scores. Draws that are NaN are left out.
    """
    solved = np.isfinite(outcome)
    y = outcome[solved].astype(float)
    if len(y) < 3 or np.ptp(y) == 0:
        return {}
    blocks = _blocks(sample, solved, len(y))
    design = np.concatenate([np.ones((len(y), 1)), *(columns for _, columns in blocks)], axis=1)
    if len(y) <= design.shape[1]:
        return {}
    coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
    noise = float(((y - design @ coefficients) ** 2).sum()) / (len(y) - design.shape[1])
    shares: dict[str, float] = {}
    start = 1
    for name, columns in blocks:
        part = columns @ coefficients[start : start + columns.shape[1]]
        start += columns.shape[1]
        explained = part.var() - noise * columns.shape[1] / len(y)
        shares[name] = shares.get(name, 0.0) + max(explained, 0.0) / y.var()
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _blocks(sample: Sample, solved: np.ndarray, count: int) -> list[tuple[str, np.ndarray]]:
    """Regressors [draw, column] of each source of uncertainty, centred."""
    blocks = []
    if len(sample.studies) > 1:
        chosen = sample.study[solved, None] == np.arange(1, len(sample.studies))
        blocks.append((STUDY, chosen - chosen.mean(axis=0)))
    worlds = np.unique(sample.world[solved])
    if len(worlds) > 1 and count >= DRAWS_PER_WORLD * len(worlds):
        chosen = sample.world[solved, None] == worlds[1:]
        blocks.append((ACCOUNTS, chosen - chosen.mean(axis=0)))
    curved = count >= DRAWS_PER_COEFFICIENT * (2 * len(sample.group) + len(sample.studies))
    for name, score in zip(sample.group, sample.scores[solved].T, strict=True):
        columns = [score, score**2] if curved else [score]
        blocks.append((name, np.stack([column - column.mean() for column in columns], axis=1)))
    return blocks
