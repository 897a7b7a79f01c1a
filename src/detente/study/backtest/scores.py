"""How close predicted changes of imports came to the actual ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: A change smaller than this, log points, has no sign worth judging.
SMALLEST_CHANGE = 0.01


@dataclass(frozen=True)
class Score:
    """Scores over some cells, weighted by imports before; log changes in percent.

    `rmse` root mean squared error of the prediction, `no_change` that of predicting nothing; `correlation`, and `slope` of
    actual on predicted; `signs`, share of cells (by imports) whose direction is right. `cells` counts them, `imports` are
    million USD.
    """

    rmse: float
    no_change: float
    correlation: float
    slope: float
    signs: float
    cells: int
    imports: float

    @property
    def beats_no_change(self) -> bool:
        """Whether the prediction is closer than none."""
        return self.rmse < self.no_change


def score(actual: np.ndarray, predicted: np.ndarray, weight: np.ndarray) -> Score:
    """Scores of log changes, any shape; cells of weight zero do not count."""
    used = weight > 0
    a, p, w = actual[used], predicted[used], weight[used]
    if not len(w):
        nan = float("nan")
        return Score(nan, nan, nan, nan, nan, 0, 0.0)
    share = w / w.sum()
    mean_a, mean_p = share @ a, share @ p
    covariance = share @ ((a - mean_a) * (p - mean_p))
    variance_a, variance_p = share @ (a - mean_a) ** 2, share @ (p - mean_p) ** 2
    signed = (np.abs(a) > SMALLEST_CHANGE) & (np.abs(p) > SMALLEST_CHANGE)
    right = share[signed] @ (np.sign(a) == np.sign(p))[signed]
    return Score(
        rmse=100 * float(np.sqrt(share @ (a - p) ** 2)),
        no_change=100 * float(np.sqrt(share @ a**2)),
        correlation=float(covariance / np.sqrt(variance_a * variance_p))
        if variance_a * variance_p > 0
        else float("nan"),
        slope=float(covariance / variance_p) if variance_p > 0 else float("nan"),
        signs=float(right / share[signed].sum()) if signed.any() else float("nan"),
        cells=int(used.sum()),
        imports=float(w.sum()),
    )


def coverage(actual: np.ndarray, low: np.ndarray, high: np.ndarray, used: np.ndarray) -> float:
    """Share of the cells in `used` whose actual change lies within its range."""
    inside = (actual >= low) & (actual <= high)
    return float(inside[used].mean()) if used.any() else float("nan")
