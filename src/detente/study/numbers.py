"""Numbers as documents hold them."""

from __future__ import annotations

import numpy as np


def number(value: float | np.floating) -> float | None:
    """Six significant digits; null where there is nothing to report."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
