"""Who earns value added: labour, capital and natural resources, as shares by region and sector."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from detente.errors import InputError

if TYPE_CHECKING:
    from detente.accounts.baseline import Baseline

#: What may be asked for by name.
FACTORS = {
    "labour": "labour earns all value added",
    "all": "labour, capital and natural resources earn the accounts' shares of it",
}

#: Where accounts state no shares: labour's part of value added, near the mean over countries of Gollin (2002, JPE 110(2)).
LABOUR_SHARE = 0.65
#: ... and what natural resources take of capital's part, where a sector is called so. An assumption with a wide range: GTAP
#: gives natural resources 20 to 40 percent of value added in extraction, forestry and fishing, land somewhat less of farming.
RESOURCE_PART = {"oil_gas": 0.5, "mining": 0.4, "agriculture": 0.4}

#: Part of capital's gross earnings that replaces what wears out: depreciation of 5 percent a year (Penn World Table 10,
#: mean over countries of recent years: 4 to 5) and a net return of 5 percent. It enters steady-state consumption alone.
REPLACEMENT = 0.5


class Factors(NamedTuple):
    """Shares of value added [region, sector], each from 0 to 1; they sum to one."""

    labour: np.ndarray
    capital: np.ndarray
    resource: np.ndarray


def factors_of(baseline: Baseline, asked: str | Factors) -> Factors:
    """The shares that were asked for: by name (see `FACTORS`) or as they are. Raises `InputError` for what is no share."""
    if isinstance(asked, str):
        if asked not in FACTORS:
            raise InputError(f"Unknown factors {asked!r}; choose one of {', '.join(FACTORS)}.")
        ones = np.ones(baseline.output.shape)
        return Factors(ones, 0 * ones, 0 * ones) if asked == "labour" else stated(baseline)
    shares = Factors(*(np.broadcast_to(np.asarray(share, float), baseline.output.shape) for share in asked))
    if min(share.min() for share in shares) < 0 or np.abs(sum(shares) - 1).max() > 1e-9:
        raise InputError(
            "Shares of labour, capital and resources must not be negative and must sum to one in every sector."
        )
    return shares


def stated(baseline: Baseline) -> Factors:
    """The accounts' shares; where they state none, those of `LABOUR_SHARE` and `RESOURCE_PART`."""
    part = np.array([RESOURCE_PART.get(sector, 0.0) for sector in baseline.sectors])
    assumed = np.full(baseline.output.shape, LABOUR_SHARE)
    fallback = Factors(assumed, (1 - assumed) * (1 - part), (1 - assumed) * part)
    names = [f"{factor}_share" for factor in Factors._fields]
    held = [baseline.arrays.get(name, np.full_like(assumed, np.nan)) for name in names]
    known = np.isfinite(held).all(axis=0)
    return Factors(*(np.where(known, own, other) for own, other in zip(held, fallback, strict=True)))


def investment_basket(baseline: Baseline) -> np.ndarray:
    """Weights of products in the price of investment goods [region, sector]; final demand's own where none are stated."""
    part = baseline.arrays.get("investment_share")
    if part is None:
        return baseline.final_share
    bought = np.where(np.isfinite(part), part, 0.0) * baseline.final_share
    total = bought.sum(axis=1, keepdims=True)
    return np.where(total > 0, bought / np.where(total > 0, total, 1.0), baseline.final_share)
