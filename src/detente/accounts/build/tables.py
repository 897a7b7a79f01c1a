"""Stage 7, national tables: output and value added by sector, and what each buyer spends on each product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.accounts.build.balancing import ras
from detente.accounts.build.levels import NationalLevels, UnitedStates
from detente.accounts.build.manufacturing import Sales
from detente.accounts.build.vocabulary import GROUP_OF, PARENT_OF, J, N, P, R, shares_within

#: Least domestic sales over exports: re-exports and clumsy splits would leave none.
LEAST_DOMESTIC = 0.05

#: Least part of what a region uses of a sector that it makes at home, where a group's home sales are divided.
LEAST_HOME = 0.1

#: Least home sales of a sector, million USD: every region makes some of everything.
SMALLEST_HOME = 5.0

#: How far the odds that a product goes to final demand may be moved from technology towards ADB's domestic sales.
LARGEST_ODDS = 3.0

#: Bounds of value added over output.
VALUE_ADDED_BOUNDS = (0.03, 0.92)


@dataclass(frozen=True)
class Technology:
    """What `technology` found: input coefficients, final shares and value-added shares, before balancing."""

    coefficients: np.ndarray  # [region, sector, using sector]
    final: np.ndarray  # [region, sector]
    value_added: np.ndarray  # [region, sector]


def output_by_sector(
    levels: NationalLevels,
    us: UnitedStates,
    technology: Technology,
    trade: np.ndarray,
    canadian_sales: Sequence[Sales] = (),
) -> np.ndarray:
    """Output [region, sector], million USD: what is sold at home, and exports.

    Home sales of a group (`levels.domestic`) are divided by what each of its sectors must make to meet the region's own
    demand (technology) beyond imports; the United States as BEA has it. `canadian_sales` scale those of Canada.
    """
    exports, imports = trade.sum(axis=0), trade.sum(axis=1)
    canada = R["CAN"]
    final = (levels.gdp + (imports - exports).sum(axis=1))[:, None] * technology.final
    own = GROUP_OF[:, None] == GROUP_OF  # what a group's sectors buy of each other is known for the United States only
    coefficients = np.where(own, technology.coefficients[R["USA"]], technology.coefficients)
    home = levels.domestic[:, GROUP_OF] * shares_within(np.ones((N, J)), GROUP_OF, axis=1)
    for _ in range(20):
        absorbed = (coefficients * (home + exports)[:, None, :]).sum(axis=2) + final
        needed = np.maximum(absorbed - imports, LEAST_HOME * absorbed)
        home = levels.domestic[:, GROUP_OF] * shares_within(needed, GROUP_OF, axis=1)
        for sold in canadian_sales:
            at_home = sold.made - exports[canada, sold.sectors].sum()
            at_home = max(at_home, LEAST_DOMESTIC * exports[canada, sold.sectors].sum())
            home[canada, sold.sectors] *= at_home / home[canada, sold.sectors].sum()
    output = np.maximum(home, SMALLEST_HOME) + exports
    output[R["USA"]] = us.output
    return output


def enforce_exports(output: np.ndarray, trade: np.ndarray) -> np.ndarray:
    """Output raised where exports (pinned by statistics) leave domestic sales below `LEAST_DOMESTIC` of exports."""
    return np.maximum(output, (1 + LEAST_DOMESTIC) * trade.sum(axis=0))


def value_added_by_sector(
    levels: NationalLevels, us: UnitedStates, technology: Technology, output: np.ndarray, revenue: np.ndarray
) -> np.ndarray:
    """Value added [region, sector], million USD, summing with duties (`revenue` [region]) to GDP.

    Ratios are those of `technology` (ICIO 2020; US: BEA 2024); one factor per region closes the gap to GDP. A ratio that
    would leave `VALUE_ADDED_BOUNDS` is held there, and the rest of the region makes it good.
    """
    ratio = technology.value_added.copy()
    ratio[R["USA"]] = us.value_added / us.output
    low, high = VALUE_ADDED_BOUNDS
    target = levels.gdp - revenue
    for _ in range(200):
        ratio = np.clip(ratio, low, high)
        ratio *= (target / (ratio * output).sum(axis=1))[:, None]
    return ratio * output


def national_tables(
    levels: NationalLevels,
    technology: Technology,
    output: np.ndarray,
    value_added: np.ndarray,
    supply: np.ndarray,
) -> np.ndarray:
    """Spending of each buyer on each product, duties included [region, sector, buyer], million USD; last buyer: final.

    `supply` [region, sector] is what is bought of each product at home and abroad, duties included. The prior is
    technology times output for inputs, and for final demand the final share of domestic sales (ADB; US: benchmark).
    """
    inputs = technology.coefficients * output[:, None, :]
    total = (supply.sum(axis=1) - (output - value_added).sum(axis=1))[:, None]
    final = technology.final * total
    share = np.clip(final / np.maximum(final + inputs.sum(axis=2), 1e-9), 1e-4, 0.999)
    share = shift_odds(share, supply, levels.final_share)
    spread_over = inputs / np.maximum(inputs.sum(axis=2, keepdims=True), 1e-12) + 1e-7
    prior = np.concatenate([spread_over * (supply * (1 - share))[..., None], (supply * share)[..., None]], axis=2)
    columns = np.concatenate([output - value_added, total], axis=1)
    return ras(prior, supply, columns, tolerance=1e-10, iterations=20000)


def shift_odds(share: np.ndarray, supply: np.ndarray, parent_share: np.ndarray) -> np.ndarray:
    """Final shares of supply [region, sector] with odds moved, alike within a parent, towards `parent_share`.

    The factor on the odds is the ratio of the two at the level of the parent, at most `LARGEST_ODDS`; the United
    States keep the shares of their benchmark.
    """
    member = np.eye(P)[PARENT_OF]
    mean = np.clip(((share * supply) @ member) / np.maximum(supply @ member, 1e-9), 1e-4, 0.999)
    asked = np.clip(parent_share, 1e-4, 0.999)
    factor = np.clip((asked / (1 - asked)) / (mean / (1 - mean)), 1 / LARGEST_ODDS, LARGEST_ODDS)
    factor[R["USA"]] = 1.0
    odds = share / (1 - share) * factor[:, PARENT_OF]
    return odds / (1 + odds)
