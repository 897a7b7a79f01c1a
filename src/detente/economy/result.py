"""`Result`: what changes from one equilibrium to another, labelled, with units."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from detente.economy.explanation import STEPS, Explanation, explain
from detente.economy.labelled_outcomes import LabelledOutcomes
from detente.economy.national_accounts import real_gdp
from detente.economy.outcomes import Levels
from detente.economy.prices import ANCHORS, exchange_rate, import_pass_through, money

if TYPE_CHECKING:
    import xarray as xr

    from detente.economy.economy import Economy

_REGION = ("region",)
_CELL = ("region", "sector")
_PAIR = ("region", "partner")
_FLOW = ("importer", "exporter", "sector")

#: Every outcome: dimensions, unit, meaning.
OUTCOMES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "welfare": (_REGION, "percent", "equivalent variation over income: the exact change of welfare"),
    "welfare_musd": (_REGION, "million USD", "equivalent variation at the reference's prices"),
    "real_income": (_REGION, "percent", "income over the consumer price index"),
    "real_gdp": (_REGION, "percent", "volume of GDP at the prices before (double deflation)"),
    "real_gdp_fisher": (_REGION, "percent", "volume of GDP, Fisher index, as statistics chain it"),
    "consumption": (
        _REGION,
        "percent",
        "what income buys once worn-out capital is replaced; no welfare: saving is not counted",
    ),
    "real_wage": (_REGION, "percent", "mean wage over the consumer price index"),
    "unemployment": (_REGION, "percentage points", "labour that finds no work because nominal wages do not fall"),
    "jobs_kjobs": (_REGION, "thousand jobs", "change of all jobs; 0 where labour is full and fixed"),
    "jobs_lost_kjobs": (
        _REGION,
        "thousand jobs",
        "jobs that shrinking sectors lose, most of them found again in others",
    ),
    "consumer_price": (_REGION, "percent", "consumer price index in national money, under the economy's anchor"),
    "exchange_rate": (
        _REGION,
        "percent",
        "value of national money against partners', trade-weighted, under the anchor",
    ),
    "import_pass_through": (
        _REGION,
        "percent",
        "part of its own higher duties that a region's buyers pay, in its money",
    ),
    "trade_balance_musd": (_REGION, "million USD", "exports less imports at the border"),
    "exports": (_REGION, "percent", "value of exports at the border"),
    "imports": (_REGION, "percent", "value of imports at the border, before duties"),
    "tariff_revenue_musd": (_REGION, "million USD", "import duties collected"),
    "tariff_revenue_change_musd": (_REGION, "million USD", "change of import duties collected"),
    "export_tax_revenue_musd": (_REGION, "million USD", "export taxes collected"),
    "quota_rents_musd": (_REGION, "million USD", "rents of quota licences received"),
    "terms_of_trade": (
        _REGION,
        "percent",
        "first-order welfare decomposition: terms of trade (Caliendo and Parro 2015)",
    ),
    "terms_of_trade_by_partner": (
        _PAIR,
        "percent",
        "the terms-of-trade effect, of trade with each partner: they add up to it",
    ),
    "volume_of_trade": (
        _REGION,
        "percent",
        "first-order welfare decomposition: volume of trade (Caliendo and Parro 2015)",
    ),
    "output": (_CELL, "percent", "quantity of gross output"),
    "producer_price": (_CELL, "percent", "unit cost of the sector's producers, in national money"),
    "price": (_CELL, "percent", "price that buyers in the region pay, in national money, all origins, duties included"),
    "employment": (_CELL, "percent", "labour input"),
    "employment_kjobs": (_CELL, "thousand jobs", "change of jobs; the nation's total moves only with labour supply"),
    "sector_unemployment": (
        _CELL,
        "percentage points",
        "the sector's workers who find no work as its wage does not fall",
    ),
    "sector_wage": (_CELL, "percent", "wage of the sector over the consumer price index"),
    "value_added": (_CELL, "percent", "factor income of the sector, deflated by the consumer price index"),
    "sector_exports": (_CELL, "percent", "value of exports at the border"),
    "sector_imports": (_CELL, "percent", "value of imports at the border, before duties"),
    "bilateral": (_FLOW, "percent", "value of trade at the border, before duties"),
    "bilateral_musd": (_FLOW, "million USD", "value of trade at the border, before duties"),
}


class Result(LabelledOutcomes):
    """What happens between two equilibria of an `Economy`: by default from its baseline.

    Each outcome of `OUTCOMES` is an attribute and an `xarray.DataArray` (``result.welfare.sel(region="CAN")``); `arrays`
    holds them unlabelled, NaN where there is nothing to compare. `diagnostics`: `residual` (largest gap, in logs of costs,
    outputs and incomes), `iterations` (evaluations of the model's map), `walras` and `adding_up` (relative gaps).

    Example:
        >>> import detente as dt
        >>> economy = dt.calibrate(dt.load("toy"))
        >>> result = economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", sector="goods", rate=0.25))
        >>> result.bilateral.sel(importer="AAA", exporter="BBB", sector="goods").item() < 0
        True
        >>> result.welfare.attrs["units"]
        'percent'
    """

    def __init__(self, economy: Economy, reference: Levels, found: Levels, diagnostics: dict[str, float]) -> None:
        self.economy = economy
        self.reference = _numpy(reference)
        self.found = _numpy(found)
        self.diagnostics = {
            **diagnostics,
            "walras": float(self.found.walras),
            "adding_up": float(self.found.budget_gap),
        }

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """Every outcome, unlabelled."""
        a, b = self.reference, self.found
        prices = b.price_index / a.price_index
        welfare = b.welfare / a.welfare
        quantity = (b.output / b.unit_cost, a.output / a.unit_cost)
        abroad = ~np.eye(len(self.economy.regions), dtype=bool)[:, :, None]
        border_a, border_b = over_uses(a.border_value) * abroad, over_uses(b.border_value) * abroad
        deflated = b.value_added / prices[:, None]
        by_partner, volume = first_order_welfare(a, b)
        baseline = self.economy.baseline
        at_old_prices, fisher, _ = real_gdp(baseline, a, b)
        value = money(baseline, self.economy.anchor, a, b)
        one = np.ones_like(value)
        jobs = self.jobs(b) - self.jobs(a)
        stated = np.isfinite(jobs).any(axis=1)
        return {
            "welfare": _percent(welfare, np.ones_like(welfare)),
            "welfare_musd": (welfare - 1) * a.income,
            "real_income": _percent(b.income / prices, a.income),
            "real_gdp": _percent(at_old_prices, one),
            "real_gdp_fisher": _percent(fisher, one),
            "consumption": _percent(b.consumption, a.consumption),
            "real_wage": _percent(b.wage / prices, a.wage),
            "unemployment": 100 * (b.unemployment - a.unemployment),
            "jobs_kjobs": np.where(stated, np.nansum(jobs, axis=1), np.nan),
            "jobs_lost_kjobs": np.where(stated, -np.nansum(np.minimum(jobs, 0.0), axis=1), np.nan),
            "consumer_price": _percent(b.price_index / value, a.price_index),
            "exchange_rate": _percent(exchange_rate(value, a), one),
            "import_pass_through": import_pass_through(value, a, b),
            "trade_balance_musd": -b.deficit,
            "exports": _percent(border_b.sum(axis=(0, 2)), border_a.sum(axis=(0, 2))),
            "imports": _percent(border_b.sum(axis=(1, 2)), border_a.sum(axis=(1, 2))),
            "tariff_revenue_musd": b.tariff_revenue,
            "tariff_revenue_change_musd": b.tariff_revenue - a.tariff_revenue,
            "export_tax_revenue_musd": b.export_tax_revenue,
            "quota_rents_musd": b.quota_rents,
            "terms_of_trade": by_partner.sum(axis=1),
            "terms_of_trade_by_partner": by_partner,
            "volume_of_trade": volume,
            "output": _percent(*quantity),
            "producer_price": _percent(b.unit_cost / value[:, None], np.where(a.output > 0, a.unit_cost, 0.0)),
            "price": _percent(_buyers_price(b, a) / value[:, None], _buyers_price(a, a)),
            "employment": _percent(b.employment, np.where(a.value_added > 0, a.employment, 0.0)),
            "employment_kjobs": jobs,
            "sector_unemployment": np.where(a.value_added > 0, 100 * (b.idle - a.idle), np.nan),
            "sector_wage": _percent(b.sector_wage / prices[:, None], np.where(a.value_added > 0, a.sector_wage, 0.0)),
            "value_added": _percent(deflated, a.value_added),
            "sector_exports": _percent(border_b.sum(axis=0), border_a.sum(axis=0)),
            "sector_imports": _percent(border_b.sum(axis=1), border_a.sum(axis=1)),
            "bilateral": _percent(border_b, border_a),
            "bilateral_musd": border_b,
        }

    def explain(self, steps: int = STEPS) -> Explanation:
        """Why output, prices and jobs of each sector move: parts that add up to each change, see `Explanation`.

        Example:
            >>> import detente as dt
            >>> economy = dt.calibrate(dt.load("toy"))
            >>> result = economy.solve(economy.status_quo().set(importer="AAA", sector="goods", add=0.2))
            >>> why = result.explain().of("output", "AAA", "goods")
            >>> abs(why["total"] - result.output.sel(region="AAA", sector="goods").item()) < 1e-9 and why["own_tariff"] > 0
            True
        """
        return explain(self.economy, self.reference, self.found, steps)

    def jobs(self, at: Levels) -> np.ndarray:
        """Thousand jobs [region, sector]: labour input, scaled so that a nation's jobs move with its total labour alone."""
        baseline = self.economy.baseline.employment
        moved = baseline * at.employment
        total, moved_total = np.nansum(baseline, axis=1), np.nansum(moved, axis=1)
        return moved * (at.employed * total / np.where(moved_total > 0, moved_total, 1.0))[:, None]

    @cached_property
    def dataset(self) -> xr.Dataset:  # type: ignore[override]
        """Every outcome, labelled, with unit and meaning as attributes."""
        import xarray as xr

        baseline = self.economy.baseline
        return xr.Dataset(
            {
                name: (dims, self.arrays[name], {"units": unit, "long_name": text})
                for name, (dims, unit, text) in OUTCOMES.items()
            },
            {
                **{dim: list(baseline.labels(dim)) for dim in ("region", "importer", "exporter", "sector")},
                "partner": list(baseline.regions),
            },
            attrs={
                "baseline": str(baseline.attributes.get("title", "")),
                "closure": self.economy.closure,
                "prices": f"{self.economy.anchor}: {ANCHORS[self.economy.anchor]}",
                **self.diagnostics,
            },
        )


def first_order_welfare(a: Levels, b: Levels) -> tuple[np.ndarray, np.ndarray]:
    """Terms-of-trade effects by partner [region, partner] and volume-of-trade effects [region], percent, of `a` to `b`.

    The formula of Caliendo and Parro (2015, equations 15 to 17) with finite changes. It is not the change of welfare: it
    values all extra trade at the first tariff. Summed over many small moves it converges to the exact change.
    """
    cost = b.unit_cost / a.unit_cost  # [exporter, sector]
    abroad = ~np.eye(a.income.shape[0], dtype=bool)[:, :, None]
    imports = over_uses(a.trade) * abroad
    dearer = (imports * (cost - 1)).sum(axis=2)  # [importer, exporter]
    rate = np.divide(a.duties, a.trade, out=np.zeros_like(a.duties), where=a.trade > 0)
    volume = over_uses(rate * (b.trade - a.trade * cost[None, :, :, None])).sum(axis=(1, 2))
    return 100 * (dearer.T - dearer) / a.income[:, None], 100 * volume / a.income


def over_uses(flows: np.ndarray) -> np.ndarray:
    """Flows [importer, exporter, sector, use] summed over use classes: NumPy's sum over a short last axis is ten times slower."""
    return np.asarray(flows @ np.ones(flows.shape[-1]))


def _numpy(levels: Levels) -> Levels:
    return Levels(*(None if values is None else np.asarray(values) for values in levels))


def _percent(new: np.ndarray, old: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return 100 * np.where(old > 0, new / np.where(old > 0, old, 1.0) - 1, np.nan)


def _buyers_price(at: Levels, weights: Levels) -> np.ndarray:
    """Price index over use classes [region, sector], with the reference's spending as weights."""
    spending = (weights.border_value + weights.duties).sum(axis=1)
    total = spending.sum(axis=2)
    mean = (np.log(at.price) * spending).sum(axis=2) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, np.exp(mean), np.nan)
