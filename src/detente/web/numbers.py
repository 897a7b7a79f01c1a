"""Numbers on their way to JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def number(value: Any, digits: int = 6) -> float | None:
    """`value` with so many significant digits; None where there is nothing to report (NaN, infinity)."""
    return float(f"{float(value):.{digits}g}") if np.isfinite(value) else None


def numbers(values: Iterable[Any], digits: int = 5) -> list[float | None]:
    """Each of `values` as `number`."""
    return [number(value, digits) for value in values]
