"""Why quantities and prices move between two equilibria: parts that add up exactly, whatever the size of the move.

A flow is q = (X/P) (kappa c / P)^-(1 + theta) d: demand for the product, times what the offer costs against all offers. Prices
and shares of a basket of constant elasticity are tied exactly by logarithmic means (Sato 1976, Vartia 1976): with m the mean of
the shares before and after, scaled to one, dlog P = sum_h m_h (dlog kappa_h + dlog c_h). The same weights carry duties on inputs
along the chain of production; what is left of unit costs is what factors cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from detente.economy.economy import Economy
    from detente.economy.outcomes import Levels

A = np.ndarray
#: What unit costs are made of, in this order on a last axis: duties on inputs along the chain, factor prices, subsidies.
COSTS = ("inputs", "wages_and_exchange_rate", "subsidies")
#: Of the change of a sector's output ...
OUTPUT = ("own_tariff", "tariffs_abroad", "rivals_tariffs", *COSTS, "demand")
#: ... and of the price that its country's buyers pay.
PRICE = ("own_tariff", *COSTS)

_SETTLED = 1e-15  # largest change of a cost from one stage of the chain to the next
_STAGES = 2000


class WedgeHats(NamedTuple):
    """Barriers at an equilibrium: `barrier` kappa and `trade_cost` d [n, i, j, u] as hats over the baseline, what is left of
    unit costs after subsidies, `unsubsidised` 1 - s [n, j], and expenditure shares `share` [n, i, j, u]."""

    barrier: A
    trade_cost: A
    unsubsidised: A
    share: A


class Parts(NamedTuple):
    """Log changes: of output [n, j, part of `OUTPUT`] and buyers' price by use [n, j, u, part of `PRICE`]."""

    output: A
    price: A


def wedges(economy: Economy, at: Levels) -> WedgeHats:
    """The barriers behind an equilibrium, read from its own flows and prices; one where nothing is traded."""
    paid = at.border_value + at.duties
    share = _over(paid, paid.sum(axis=1, keepdims=True))
    base = economy.baseline.expenditure_share
    traded = (share > 0) & (base > 0)
    relative = np.where(traded, share, 1.0) / np.where(traded, base, 1.0)
    theta = np.asarray(economy.calibration.theta)[:, None]
    barrier = relative ** (-1 / theta) * at.price[:, None] / at.unit_cost[None, :, :, None]
    old = economy.base
    taxes = _over(paid, at.trade, 1.0) / _over(old.border_value + old.duties, old.trade, 1.0)
    worked = at.value_added > 0
    paid_out = np.asarray(economy.calibration.value_added_share) * at.output
    unsubsidised = np.where(worked, paid_out, 1.0) / np.where(worked, at.value_added, 1.0)
    ones = np.ones_like(barrier)
    return WedgeHats(np.where(traded, barrier, ones), np.where(traded, barrier / taxes, ones), unsubsidised, share)


def parts(economy: Economy, before: Levels, after: Levels) -> Parts:
    """The change from one equilibrium to another, taken apart."""
    theta = np.asarray(economy.calibration.theta)[:, None]  # [j, 1], against uses
    old, new = wedges(economy, before), wedges(economy, after)
    both = (old.share > 0) & (new.share > 0)
    opened = np.where(both, 0.0, new.share - old.share)  # flows that a ban ended, or its end began
    barrier = np.where(both, np.log(new.barrier / old.barrier), 0.0)
    mean = np.where(both, log_mean(old.share, new.share), 0.0)
    total = np.where(mean.sum(axis=1) > 0, mean.sum(axis=1), 1.0)
    mean = mean / total[:, None]
    # each offer's part of the change of a price index, banned offers included
    of_barrier = mean * barrier - opened / theta / total[:, None]
    at_border = of_barrier.sum(axis=1)  # [n, j, u]
    cost = _costs(economy, before, after, old, new, mean, at_border)  # [i, j, part]
    offers = _offers(mean, cost)  # what all offers cost a buyer
    price = np.concatenate([at_border[..., None], offers], axis=3)

    # quantities of each flow, and their weights in output
    quantity = [at.trade / at.unit_cost[None, :, :, None] for at in (before, after)]
    made = [q.sum(axis=(0, 3)) for q in quantity]
    whole = log_mean(*made)
    per_output = np.where(whole > 0, 1 / np.where(whole > 0, whole, 1.0), 0.0)[None, :, :, None]
    weight = np.where(both, log_mean(*quantity), 0.0) * per_output
    ended = np.where(both, 0.0, quantity[1] - quantity[0]) * per_output
    sigma = 1 + theta
    home = np.eye(len(economy.regions), dtype=bool)[:, :, None, None]
    own = of_barrier * both
    protection = sigma * (at_border[:, None] - own)  # of all other barriers on the market
    on_it = -sigma * (barrier - own) + np.where(both, np.log(new.trade_cost / old.trade_cost), 0.0)
    spent = [(at.border_value + at.duties).sum(axis=1) for at in (before, after)]
    there = (spent[0] > 0) & (spent[1] > 0)
    wanted = np.log(np.where(there, spent[1], 1.0) / np.where(there, spent[0], 1.0)) - np.log(
        after.price / before.price
    )

    def over_markets(of_flow: A) -> A:
        return np.asarray((weight * of_flow).sum(axis=(0, 3)))

    against = -sigma[..., None] * np.ones(3)
    relative = [over_markets(against[..., p] * (cost[None, :, :, None, p] - offers[:, None, ..., p])) for p in range(3)]
    output = [
        over_markets(np.where(home, protection, 0.0)),
        over_markets(on_it) + ended.sum(axis=(0, 3)),
        over_markets(np.where(home, 0.0, protection)),
        *relative,
        over_markets(wanted[:, None]),
    ]
    return Parts(np.stack(output, axis=-1), price)


def _costs(economy: Economy, before: Levels, after: Levels, old: WedgeHats, new: WedgeHats, mean: A, at_border: A) -> A:
    """Log change of unit costs [i, j, part of `COSTS`]: each part with all that it does to inputs along the chain."""
    users = economy.baseline.buyer_class[:-1]
    shared = set(users)
    part = _input_weights(economy, before, after)  # [n, k, j]

    def of_inputs(price: A) -> A:
        if len(shared) == 1:
            return np.asarray(np.swapaxes(part, 1, 2) @ price[:, :, users[0]])
        return np.einsum("nkj,nkjp->njp", part, price[:, :, users])

    whole = np.log(after.unit_cost / before.unit_cost)
    paid = of_inputs(np.log(after.price / before.price)[..., None])[..., 0]
    subsidies = np.log(new.unsubsidised / old.unsubsidised)
    direct = np.stack([of_inputs(at_border[..., None])[..., 0], whole - paid - subsidies, subsidies], axis=-1)
    cost = direct
    for _ in range(_STAGES):
        following = direct + of_inputs(_offers(mean, cost))
        if np.abs(following - cost).max() <= _SETTLED:
            break
        cost = following
    return np.asarray(cost)


def _offers(mean: A, cost: A) -> A:
    """Cost of all offers to each buyer [n, j, u, part]."""
    n, i, j, u = mean.shape
    rows = np.ascontiguousarray(mean.transpose(2, 0, 3, 1)).reshape(j, n * u, i)
    return np.asarray((rows @ cost.transpose(1, 0, 2)).reshape(j, n, u, -1).transpose(1, 0, 2, 3))


def _input_weights(economy: Economy, before: Levels, after: Levels) -> A:
    """Weights of each input's price in a user's unit cost [n, k, j]; logarithmic means where shares move."""
    coefficient = economy.baseline.input_coefficient
    z = 1 - float(economy.calibration.input_elasticity)
    if z == 0:
        return coefficient
    users = economy.baseline.buyer_class[:-1]
    whole = coefficient.sum(axis=1, keepdims=True)
    shares = []
    for at in (before, after):
        share = coefficient * at.price[:, :, users] ** z
        shares.append(_over(share, share.sum(axis=1, keepdims=True)))
    mean = log_mean(*shares)
    return whole * _over(mean, mean.sum(axis=1, keepdims=True))


def log_mean(a: A, b: A) -> A:
    """Logarithmic mean (b - a) / log(b / a), which lies between both; 0 where either is 0."""
    positive = (a > 0) & (b > 0)
    a, b = np.where(positive, a, 1.0), np.where(positive, b, 1.0)
    ratio = np.log(b / a)
    near = np.abs(ratio) < 1e-5
    away = np.where(near, 1.0, ratio)
    mean = np.where(near, np.sqrt(a * b) * (1 + ratio**2 / 24), (b - a) / away)
    return np.where(positive, mean, 0.0)


def _over(value: A, whole: A, nothing: float = 0.0) -> A:
    return np.where(whole > 0, value / np.where(whole > 0, whole, 1.0), nothing)
