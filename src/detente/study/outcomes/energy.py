"""Energy security: how much of each energy good is bought abroad, from how few, what it costs, and whose costs rise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.economy import Result
from detente.economy.outcomes import Levels
from detente.study.outcomes.places import PlaceChanges

#: Sectors that sell energy; mining is coal with ores and stone, gas_water the distribution of gas with water.
ENERGY = ("oil_gas", "refined_petroleum", "electricity", "mining", "gas_water")
#: Fields of `Energy` that uncertainty gives ranges to.
RANGED = ("dependence", "concentration", "price_pct", "pass_through", "to_buyers")
#: A smaller change of the average duty (log points) has no pass-through worth a number.
SMALLEST_DUTY = 1e-4


class Energy(NamedTuple):
    """Energy goods before and after; arrays are [region, good] unless said, NaN where nothing is bought or taxed.

    `dependence`: share of purchases that comes from abroad, at border values. `concentration`: Herfindahl-Hirschman index
    of the countries it comes from, 0 to 10,000 (one supplier; the rest of the world counts as one). `supplier`: position
    of the largest. `price_pct`: what buyers pay, all origins. `duty_pct`: change of the average duty on imports, by
    origins before. `pass_through`: how much of it importers pay, after what exporters give up; `to_buyers`: rise of the
    price of the whole basket, over consumer prices, for each percent of it.
    """

    goods: tuple[str, ...]
    dependence_before: np.ndarray
    dependence: np.ndarray
    concentration_before: np.ndarray
    concentration: np.ndarray
    supplier_before: np.ndarray
    supplier: np.ndarray
    price_pct: np.ndarray
    duty_pct: np.ndarray
    pass_through: np.ndarray
    to_buyers: np.ndarray


def energy(result: Result) -> Energy | None:
    """Energy goods under an answer; None where the world has none of them."""
    sectors = result.economy.sectors
    goods = tuple(good for good in ENERGY if good in sectors)
    if not goods:
        return None
    chosen = [sectors.index(good) for good in goods]
    a, b = result.reference, result.found
    share_before, share = _import_shares(a, chosen), _import_shares(b, chosen)
    price = result.arrays["price"][:, chosen]

    # what duties and other border costs put on each flow, and what its seller takes off, in logs, imports as weights
    weight = np.nan_to_num(share_before)
    duty = np.log1p(_rate(b, chosen)) - np.log1p(_rate(a, chosen))
    seller = np.log(b.unit_cost / a.unit_cost)[:, chosen]
    duties = (weight * duty).sum(axis=1)
    borne = (weight * np.where(duty != 0, seller[None], 0.0)).sum(axis=1)
    taxed = np.abs(duties) > SMALLEST_DUTY
    size = np.where(taxed, duties, 1.0)
    return Energy(
        goods,
        dependence_before=_dependence(a, chosen),
        dependence=_dependence(b, chosen),
        concentration_before=_concentration(share_before),
        concentration=_concentration(share),
        supplier_before=_largest(share_before),
        supplier=_largest(share),
        price_pct=price,
        duty_pct=100 * np.expm1(duties),
        pass_through=np.where(taxed, 1 + borne / size, np.nan),
        to_buyers=np.where(taxed, np.log1p(_real(result, price) / 100) / size, np.nan),
    )


def cost_by_place(result: Result, found: PlaceChanges | None) -> np.ndarray | None:
    """Rise of production costs in each place from the prices of energy that its industries buy [place], percent.

    Direct energy inputs at the prices that the answer finds, over consumer prices, same quantities; industries weigh with
    the place's share of their income. Prices are the country's: that New England buys its power from Quebec is not in these
    accounts. Over a country's places, weighted by output, the rises sum to the nation's. None where there are no places.
    """
    if found is None:
        return None
    baseline, places = result.economy.baseline, found.places
    chosen = [baseline.sectors.index(good) for good in ENERGY]
    price = np.nan_to_num(_real(result, result.arrays["price"][:, chosen])) / 100
    rise = np.einsum("nkj,nk->nj", baseline.input_coefficient[:, chosen], price)  # of unit costs, by user
    output = places.allocate(result.reference.output, baseline.regions, by="income")
    cost = places.allocate(result.reference.output * rise, baseline.regions, by="income")
    return np.asarray(100 * cost.sum(axis=1) / output.sum(axis=1))


def _real(result: Result, price: np.ndarray) -> np.ndarray:
    """Changes of prices [region, good] over those of consumer prices, percent."""
    consumer = result.arrays["consumer_price"][:, None]
    return np.asarray(100 * ((1 + price / 100) / (1 + consumer / 100) - 1))


def _border(at: Levels, goods: list[int]) -> np.ndarray:
    """Purchases at the border [importer, exporter, good], all uses; own goods on the diagonal."""
    return np.asarray(at.border_value[:, :, goods].sum(axis=3))


def _abroad(values: np.ndarray) -> np.ndarray:
    return values * ~np.eye(values.shape[0], dtype=bool)[:, :, None]


def _rate(at: Levels, goods: list[int]) -> np.ndarray:
    """Average duty of a flow [importer, exporter, good]; 0 where nothing is traded."""
    border, duties = _border(at, goods), at.duties[:, :, goods].sum(axis=3)
    return np.divide(duties, border, out=np.zeros_like(border), where=border > 0)


def _dependence(at: Levels, goods: list[int]) -> np.ndarray:
    bought = _border(at, goods)
    total = bought.sum(axis=1)
    return np.divide(_abroad(bought).sum(axis=1), total, out=np.full_like(total, np.nan), where=total > 0)


def _import_shares(at: Levels, goods: list[int]) -> np.ndarray:
    """Share of each exporter in imports [importer, exporter, good]; NaN where nothing is imported."""
    imports = _abroad(_border(at, goods))
    total = imports.sum(axis=1, keepdims=True)
    return np.divide(imports, total, out=np.full_like(imports, np.nan), where=total > 0)


def _concentration(share: np.ndarray) -> np.ndarray:
    return 10_000 * (share**2).sum(axis=1)


def _largest(share: np.ndarray) -> np.ndarray:
    return np.argmax(np.nan_to_num(share), axis=1)
