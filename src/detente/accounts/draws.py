"""Draws of a baseline: other worlds that its sources allow, each balanced, each number within the error of its grade.

Flows, technology and shares of value added are moved by their grades' errors (`detente.accounts.grades`), independently from
cell to cell; then the accounts are balanced again as the build balances them. GDP, tariffs, jobs and elasticities stay: GDP is
measured, and elasticities have draws of their own. What the errors of neighbouring cells have in common is not known,
so totals of many cells move less than they might.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.accounts.assemble import assemble
from detente.accounts.baseline import Baseline
from detente.accounts.build.balancing import ras
from detente.accounts.grades import ERROR, Grade
from detente.errors import InputError

#: Errors beyond so many standard deviations are cut.
LARGEST_ERROR = 2.5

#: Accuracy of the inner balancing, relative to a region's or a product's total; sums are then met exactly.
TOLERANCE = 1e-11

GRADED = ("trade", "output", "value_added", "input_expenditure", "final_expenditure")


def draws(baseline: Baseline, count: int, seed: int = 1) -> Iterator[Baseline]:
    """`count` draws, one after another; see `draw`."""
    for k in range(count):
        yield draw(baseline, seed + k)


def draw(baseline: Baseline, seed: int) -> Baseline:
    """One draw: the same labels, GDP and tariffs, and identities that hold to 1e-9.

    Raises `InputError` for a baseline whose flows have no grades, `SolveError` when a draw cannot be balanced.
    """
    if absent := [name for name in GRADED if name not in baseline.grades]:
        raise InputError(
            f"The baseline has no grades of {absent[0]}, so its accounts cannot be drawn; see detente data grade."
        )
    random = np.random.default_rng(seed)
    trade = _flows(baseline, random)
    value_added = _value_added(baseline, trade.sum(axis=(0, 3)), random)
    spending = _spending(baseline, trade, value_added, random)
    return _assembled(baseline, trade, spending)


def noise(grade: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Factors around one, log-normal with mean one and the errors of `grade`, shaped like it."""
    table = np.array([ERROR.get(known, ERROR[Grade.ASSUMED]) for known in Grade])
    error = table[grade]
    score = np.clip(random.standard_normal(grade.shape), -LARGEST_ERROR, LARGEST_ERROR)
    return np.exp(error * score - error**2 / 2)


def _flows(baseline: Baseline, random: np.random.Generator) -> np.ndarray:
    """Trade [importer, exporter, sector, use]; what a region sells at home moves with the error of its output."""
    grade = baseline.grades["trade"].copy()
    own = np.arange(len(baseline.regions))
    grade[own, own] = baseline.grades["output"]
    return np.asarray(baseline.arrays["trade"] * noise(grade, random)[..., None])


def _value_added(baseline: Baseline, output: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Value added [region, sector]: the odds of its share moved by its error, and by one factor to the region's GDP."""
    share = np.clip(baseline.value_added_share, 1e-4, 0.999)
    odds = share / (1 - share) * noise(baseline.grades["value_added"], random)
    total = baseline.arrays["value_added"].sum(axis=1)
    low, high = np.full(len(total), -5.0), np.full(len(total), 5.0)
    for _ in range(50):
        middle = np.exp((low + high) / 2)[:, None]
        found = (odds * middle / (1 + odds * middle) * output).sum(axis=1)
        low, high = np.where(found < total, (low + high) / 2, low), np.where(found < total, high, (low + high) / 2)
    return np.asarray(odds * middle / (1 + odds * middle) * output)


def _spending(
    baseline: Baseline, trade: np.ndarray, value_added: np.ndarray, random: np.random.Generator
) -> np.ndarray:
    """What each buyer spends on each product, duties included [region, sector, buyer]; last buyer: final demand."""
    bought = (trade * _price(baseline)).sum(axis=(1, 3))
    inputs = trade.sum(axis=(0, 3)) - value_added
    prior = np.concatenate(
        [
            baseline.arrays["input_expenditure"] * noise(baseline.grades["input_expenditure"], random),
            (baseline.arrays["final_expenditure"] * noise(baseline.grades["final_expenditure"], random))[..., None],
        ],
        axis=2,
    )
    prior += 1e-9 * bought.sum(axis=1)[:, None, None] * (bought > 0)[..., None]
    final = bought.sum(axis=1) - inputs.sum(axis=1)
    return ras(prior, bought, np.concatenate([inputs, final[:, None]], axis=1), tolerance=TOLERANCE, iterations=20000)


def _price(baseline: Baseline) -> np.ndarray:
    """What a buyer pays over the basic price [importer, exporter, sector, use]."""
    return (1 + baseline.arrays["export_tax"][..., None]) * (1 + baseline.arrays["tariff"])


def _assembled(baseline: Baseline, trade: np.ndarray, spending: np.ndarray) -> Baseline:
    """The baseline whose use classes buy of each exporter so that `spending` and `trade` are met."""
    n, j = len(baseline.regions), len(baseline.sectors)
    member = np.eye(len(baseline.uses))[baseline.buyer_class]
    price = _price(baseline)
    paid = (trade * price).sum(axis=3)
    rows = paid.transpose(0, 2, 1).reshape(n * j, n)
    columns = (spending @ member).reshape(n * j, -1)
    columns *= (rows.sum(axis=1) / np.maximum(columns.sum(axis=1), 1e-300))[:, None]
    prior = (trade * price).transpose(0, 2, 1, 3).reshape(n * j, n, -1) + 1e-12 * rows[..., None]
    fitted = ras(prior, rows, columns, tolerance=TOLERANCE, iterations=20000)
    fitted = fitted.reshape(n, j, n, -1).transpose(0, 2, 1, 3)
    by_use = fitted.sum(axis=1)  # [region, sector, use]
    within = spending / np.maximum((spending @ member) @ member.T, 1e-300)
    met = by_use[:, :, baseline.buyer_class] * within
    kept = {
        name: values
        for name, values in baseline.arrays.items()
        if name not in ("trade", "tariff", "export_tax", "output", "value_added", "input_expenditure", "deficit")
        and name not in ("final_expenditure", "trade_elasticity")
    }
    return assemble(
        fitted / price,
        regions=baseline.regions,
        sectors=baseline.sectors,
        uses=baseline.uses,
        buyer_class=[int(k) for k in baseline.buyer_class],
        tariff=baseline.arrays["tariff"],
        export_tax=baseline.arrays["export_tax"],
        trade_elasticity=baseline.arrays["trade_elasticity"],
        input_expenditure=met[:, :, :j],
        sources=baseline.sources,
        attributes=baseline.attributes,
        grades=baseline.grades,
        **kept,
    )
