"""Prices in national money: what is assumed to stay, the exchange rate that goes with it, and who bears a duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline
    from detente.economy.outcomes import Levels

#: What national money keeps its value in, and how to say so beside a price.
ANCHORS = {
    "wages": "if wages stay as they are",
    "gdp": "if nominal GDP stays as it is",
    "world": "in units of world factor income",
}


def anchor_of(name: str) -> str:
    """The anchor called `name`. Raises `InputError` naming those that exist."""
    if name not in ANCHORS:
        raise InputError(f"Unknown anchor {name!r}; choose one of {', '.join(ANCHORS)}.")
    return name


def money(baseline: Baseline, anchor: str, before: Levels, after: Levels) -> np.ndarray:
    """Hat of the value of national money in world money [region]: that of what the anchor keeps the same."""
    if anchor == "world":
        return np.ones(len(baseline.regions))
    if anchor == "wages":
        return np.asarray(after.wage / before.wage)
    from detente.economy.national_accounts import gdp

    return np.asarray(gdp(baseline, after, after).production / gdp(baseline, before, before).production)


def exchange_rate(value: np.ndarray, before: Levels) -> np.ndarray:
    """Hat of the value of national money against partners' [region], weighted by trade both ways before."""
    pairs = before.border_value.sum(axis=(2, 3)) * ~np.eye(len(value), dtype=bool)
    weight = pairs + pairs.T
    return np.asarray(value / np.exp(weight @ np.log(value) / weight.sum(axis=1)))


def import_pass_through(value: np.ndarray, before: Levels, after: Levels) -> np.ndarray:
    """Percent of its own higher duties that a region's buyers pay, in its money [region]; NaN where it raised none.

    What buyers pay for the flows whose duty rose, weighted by imports before: 100 when foreign prices in national money stand
    still, less when exporters take a part.
    """
    traded = (before.border_value > 0) & (after.border_value > 0)
    factor = [
        np.divide(at.duties, at.border_value, out=np.zeros_like(at.duties), where=traded) + 1 for at in (before, after)
    ]
    duty = np.log(factor[1] / factor[0])
    weight = np.where(duty > 1e-9, before.border_value, 0.0)
    cost = np.log(after.unit_cost / before.unit_cost)[None, :, :, None] - np.log(value)[:, None, None, None]
    raised = (weight * duty).sum(axis=(1, 2, 3))
    paid = (weight * (cost + duty)).sum(axis=(1, 2, 3))
    return np.divide(100 * paid, raised, out=np.full_like(raised, np.nan), where=raised > 0)
