"""Stage 5, goods trade of each pair by sector, 2024, from pins, pair totals, customs and the pattern of ICIO 2022."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.accounts.build.balancing import ras
from detente.accounts.build.pattern import Pattern
from detente.accounts.build.vocabulary import GOODS, GROUP_OF, J, N, R, S, shares_within

#: How much more parts and fewer cars an importer takes than another, at most: its vehicle industry against its size.
LARGEST_TILT = 3.0


@dataclass(frozen=True)
class Customs:
    """What customs say of exports, beside the imports that are pinned."""

    canada: np.ndarray  # [sector], Canadian sales beyond the United States, million USD
    canada_to: np.ndarray  # [region], the same by destination
    united_states: dict[str, np.ndarray]  # importer to the composition of US exports [sector]


def pair_composition(pins: dict[str, np.ndarray], pattern: Pattern) -> np.ndarray:
    """Share of each sector in the goods of a pair [importer, exporter, sector], from the pattern's groups.

    Inside a group, half the exporter's own sales to the United States and Canada (customs), half those of all exporters
    together, because the two markets are not the world; parts and vehicles also by what the importer makes of them.
    """
    sales = np.sum(list(pins.values()), axis=0)
    own = shares_within(sales, GROUP_OF, axis=1)
    world = shares_within(sales.sum(axis=0), GROUP_OF, axis=0)
    split = np.broadcast_to((own + world) / 2, (N, N, J)).copy()
    group = GROUP_OF[S["motor_vehicles"]]
    made = pattern.goods.sum(axis=0)[:, group]
    bought = pattern.goods.sum(axis=1)[:, group]
    ratio = (made / made.sum()) / (bought / bought.sum())
    tilt = np.clip(ratio, 1 / LARGEST_TILT, LARGEST_TILT)
    split[:, :, S["motor_vehicle_parts"]] *= tilt[:, None]
    split = shares_within(split, GROUP_OF, axis=2)
    return np.where(GOODS, pattern.composition[:, :, GROUP_OF] * split, 0.0)


def goods_trade(totals: np.ndarray, pins: dict[str, np.ndarray], pattern: Pattern, customs: Customs) -> np.ndarray:
    """Goods trade but electricity [importer, exporter, sector], million USD, zero on the diagonal.

    Imports of the United States and Canada are the pins. Every other pair has its total (`totals` [importer, exporter])
    and the composition of ICIO; US exports that of US customs where they publish the partner; and Canada's are brought by
    `ras` to what Canadian customs show by product and by destination.
    """
    composition = pair_composition(pins, pattern)
    trade = totals[..., None] * composition
    for region, shares in customs.united_states.items():
        trade[R[region], R["USA"]] = totals[R[region], R["USA"]] * shares
    pinned = [R[region] for region in pins]
    free = np.delete(np.arange(N), pinned)
    canada, to = R["CAN"], customs.canada_to[free]
    columns = customs.canada * to.sum() / customs.canada.sum()
    # A hundredth of every flow ignores the pattern, so that no product is blocked by a zero.
    weight = to[:, None] * (0.99 * composition[free, canada] + 0.01 * columns / columns.sum())
    trade[free, canada] = ras(weight * GOODS, to, columns, tolerance=1e-10)
    for region, values in pins.items():
        trade[R[region]] = values
    trade[..., S["electricity"]] = 0.0
    trade[np.arange(N), np.arange(N)] = 0.0
    return trade
