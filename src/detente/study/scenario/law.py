"""From the law of a day to the policy that the economy solves."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from detente.errors import InputError
from detente.law import COVERAGE, Ledger, added_since_2024, collected, pair_rates
from detente.law.ledger import coverage_warning

if TYPE_CHECKING:
    import xarray as xr

    from detente.economy import Economy, Policy
    from detente.study.scenario.schema import Scenario

#: Importer and exporter whose import bans the ledger holds.
PAIRS = (("USA", "CAN"), ("CAN", "USA"))
#: Position of each bound in the range of the law's rates.
POSITION = {"low": 0.0, "central": 0.5, "high": 1.0}
NOT_PROHIBITED = 1e-3  # share of a sector's imports; a smaller ban than this is left out


def day_of(scenario: Scenario) -> datetime.date | None:
    """The day whose law is the starting point; None for the tariffs of the baseline. Raises `InputError` before coverage."""
    if scenario.law == "latest":
        return COVERAGE[1]
    if scenario.law is not None and scenario.law < COVERAGE[0]:
        raise scenario.complain(
            ["law"], f"{scenario.law} is before the ledger begins ({COVERAGE[0]}); give a later day, or none."
        )
    return scenario.law


def changed_ledger(scenario: Scenario, ledger: Ledger) -> Ledger:
    """The ledger with the scenario's `measure` changes carried out. Raises `InputError` naming the line."""
    for position, change in enumerate(scenario.changes):
        if change.measure is None:
            continue
        try:
            ledger = _edited(ledger, change.measure, change.rate if change.action == "set" else None)
        except InputError as error:
            raise scenario.complain(["changes", position, "measure"], str(error)) from None
    return ledger


@lru_cache(maxsize=32)
def _edited(ledger: Ledger, measure: str, rate: float | None) -> Ledger:
    """A ledger with one measure at another rate, or without it; the same object for the same edit, so that rates are kept."""
    if rate is None:
        return ledger.with_changes([{"measure": measure, "action": "drop"}])
    return ledger.with_changes([{"measure": measure, "action": "set", "rate": rate}])


def policy_of_law(
    economy: Economy,
    day: datetime.date,
    ledger: Ledger,
    *,
    bound: str | float = "central",
    without: tuple[str, ...] = (),
    rates: str = "statutory",
) -> Policy:
    """The baseline's policy with what the law of `day` has changed since 2024 on top.

    `bound`: `low`, `central` or `high` rates, or a position between them from 0 (low) over 0.5 (central) to 1 (high).
    `rates`: `statutory` averages on actual trade (`detente.law.added_since_2024`) or those `collected`; a duty that has
    gone lowers the tariff of the baseline, to zero at the least. A product that may not enter leaves its sector's basket:
    the weight of the flow falls by the banned share of imports, whatever the other products cost.
    """
    added_rates, banned = _rates(day, ledger, without, rates)
    if (
        tuple(added_rates["importer"].values) != economy.regions
        or tuple(added_rates["sector"].values) != economy.sectors
    ):
        raise InputError(
            "The law is held for the regions and sectors of world-2024, which this baseline does not have; use law: none."
        )
    base = economy.status_quo()
    position = POSITION[bound] if isinstance(bound, str) else bound
    low, central, high = added_rates.values  # along the first dimension, bound
    added = central + (2 * position - 1) * (high - central if position > 0.5 else central - low)
    cost = np.ones(base.trade_cost.shape)
    theta = np.asarray(economy.calibration.theta)
    for importer, exporter in PAIRS:
        share = banned[importer, exporter]
        n, i = economy.regions.index(importer), economy.regions.index(exporter)
        left = np.where(share > NOT_PROHIBITED, 1 - share, 1.0)
        with np.errstate(divide="ignore"):
            cost[n, i] = (left ** (-1 / theta))[:, None]
    tariff = jnp.maximum(base.tariff + jnp.asarray(added)[..., None], jnp.minimum(base.tariff, 0.0))
    return base._replace(tariff=tariff, trade_cost=jnp.asarray(cost))


def between(economy: Economy, policy: Policy, regions: Sequence[str]) -> Policy:
    """A policy of the law on trade between `regions`, the baseline's elsewhere. Raises `InputError` for an unknown region."""
    inside = np.zeros(len(economy.regions), bool)
    inside[[economy.baseline.index("region", code) for code in regions]] = True
    chosen, base = jnp.asarray(np.outer(inside, inside))[..., None, None], economy.status_quo()
    pick = {name: jnp.where(chosen, getattr(policy, name), getattr(base, name)) for name in ("tariff", "trade_cost")}
    return policy._replace(**pick)


@lru_cache(maxsize=16)
def _rates(
    day: datetime.date, ledger: Ledger, without: tuple[str, ...], rates: str
) -> tuple[xr.DataArray, dict[tuple[str, str], np.ndarray]]:
    """Added rates and, for each of `PAIRS`, the banned share of imports [sector]."""
    banned = {pair: pair_rates(*pair, day, ledger, without=without).prohibited for pair in PAIRS}
    added = collected if rates == "collected" else added_since_2024
    return added(day, ledger, without=without), banned


def warnings(day: datetime.date | None) -> list[str]:
    """What a user of the law of `day` has to know."""
    return [] if day is None else coverage_warning(day)


def authorities(day: datetime.date, ledger: Ledger, regions: Sequence[str]) -> list[str]:
    """Authorities whose measures charge trade of the United States or Canada on `day`, the largest duty first."""
    duty: dict[str, float] = {}
    for importer in ("USA", "CAN"):
        for exporter in regions:
            pair = pair_rates(importer, exporter, day, ledger)
            for authority, points in pair.by_authority.items():
                duty[authority] = duty.get(authority, 0.0) + points * float(pair.imports.sum())
    return sorted(duty, key=lambda authority: -duty[authority])
