"""Rates as people give them: fractions of a value, and the sentence for who wrote percent."""

from __future__ import annotations

from typing import Any

from detente.text import number, shown

LARGEST_RATE = 10.0  # 1,000 percent; beyond it, someone wrote percent for a fraction
PROHIBITIVE = float("inf")


def as_rate(value: Any) -> Any:
    """A rate as written, `prohibitive` read as a ban; raises `ValueError` for yes, no, and percent in the place of a fraction."""
    if isinstance(value, str) and value == "prohibitive":
        return PROHIBITIVE
    if isinstance(value, bool):
        raise ValueError("must be a number, such as 0.25 for 25 percent")
    if isinstance(value, str):
        try:
            value = number(value)
        except ValueError:
            raise ValueError(f"must be a number, such as 0.25 for 25 percent (given: {shown(value)})") from None
    if isinstance(value, (int, float)) and LARGEST_RATE < value < PROHIBITIVE:
        meant = value / 100
        advice = (
            f"did you mean {meant:g}?" if meant <= LARGEST_RATE else f"the highest is {LARGEST_RATE:g} (1,000 percent)."
        )
        raise ValueError(
            f"{value:g} would be {100 * value:,.0f} percent: rates are fractions, so 25 percent is 0.25; {advice} "
            "(a ban is the word prohibitive)"
        )
    return value
