"""The law as the page shows it, from `detente.law`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from detente.errors import InputError
from detente.law import COVERAGE, Ledger, pair_rates, series, statutory
from detente.law.applied import IMPORTERS
from detente.law.assumptions import claims
from detente.law.collected import beside
from detente.law.customs import customs_months
from detente.law.ledger import SERIES_FROM, as_date, coverage_warning
from detente.law.market import MARKETS, sectors, us_imports
from detente.web.numbers import number

#: Products shown for a sector, the most traded first.
SHOWN = 5
#: A measure that adds less to the rate of a sector (percentage points) is left out of its layers.
SMALLEST = 0.005
CLAIMANTS = ("CAN", "MEX")


def _day(on: str | None) -> date:
    return as_date(on) if on else COVERAGE[1]


def day(ledger: Ledger, importer: str, exporter: str, on: str | None) -> dict[str, Any]:
    """Average and sector rates of a day, percent of customs value, low, central and high.

    `over_2024_pct`: the average over the duty of 2024, statutory and collected (null where that is not modelled).
    """
    when = _day(on)
    found, first = pair_rates(importer, exporter, when, ledger), pair_rates(importer, exporter, SERIES_FROM, ledger)
    shares = claim_shares(ledger, importer, exporter, when)
    two = beside(found, ledger)
    known = {measure.id: measure for measure in ledger.measures}
    return {
        "importer": importer,
        "exporter": exporter,
        "on": when.isoformat(),
        "coverage": [SERIES_FROM.isoformat(), COVERAGE[1].isoformat()],
        "average_pct": _three(found.average),
        "since": {"on": SERIES_FROM.isoformat(), "change_pct": number(found.average[1] - first.average[1])},
        "over_2024_pct": {name: rates and [number(rate, 5) for rate in rates] for name, rates in two.averages.items()},
        "imports_musd": number(found.imports.sum()),
        "by_authority_pct": {name: number(points) for name, points in found.by_authority.items()},
        "by_measure": [
            {"id": name, "points": number(points), **(_act(known[name]) if name in known else _named(None))}
            for name, points in sorted(found.by_measure.items(), key=lambda item: -item[1])
        ],
        "sectors": [
            {
                "sector": name,
                "rate_pct": _three(found.rate[:, j]),
                "statutory_over_2024_pct": _three(two.statutory[:, j]),
                "collected_over_2024_pct": None if two.collected is None else _three(two.collected[:, j]),
                "imports_musd": number(found.imports[j]),
                "layers": _layers(found.layers, j, known),
                "exposed_musd": number(found.exposed[j] * found.imports[j]),
                "prohibited_share": number(found.prohibited[j], 3),
                "claim_share": None if shares is None else number(shares[j], 3),
            }
            for j, name in enumerate(sectors())
            if found.imports[j] > 0
        ],
        "notes": [*found.notes, *coverage_warning(when)],
    }


def _layers(layers: dict[str, np.ndarray], j: int, known: dict[str, Any]) -> list[dict[str, Any]]:
    """The measures that charge a sector, the heaviest first, with their source."""
    points = sorted(((float(part[j]), name) for name, part in layers.items() if part[j] > 0), reverse=True)
    return [
        {"id": name, "points": number(added, 4), **_named(known.get(name))}
        for added, name in points
        if added >= SMALLEST
    ]


def _named(act: Any) -> dict[str, Any]:
    return {"authority": act.authority, "source": act.source} if act else {"authority": "other", "source": None}


def _three(values: np.ndarray) -> list[float | None]:
    return [number(value, 5) for value in values]


@lru_cache(maxsize=64)
def history(ledger: Ledger, importer: str, exporter: str) -> dict[str, Any]:
    """Steps and jumps of the average, from the first to the last day covered."""
    found = series(importer, exporter, ledger=ledger)
    return {
        "importer": importer,
        "exporter": exporter,
        "steps": [
            {
                "from": step.begins.isoformat(),
                "until": step.until.isoformat(),
                "average_pct": _three(step.rates.average),
                "by_authority_pct": {name: number(points, 5) for name, points in step.rates.by_authority.items()},
                "over_2024_pct": {
                    name: rates and number(rates[1], 5) for name, rates in beside(step.rates, ledger).averages.items()
                },
            }
            for step in found.steps
        ],
        "jumps": [
            {
                "date": j.day.isoformat(),
                "change_pct": number(j.change, 5),
                "begins": j.begins,
                "ends": j.ends,
                "cause": j.cause,
            }
            for j in found.jumps
        ],
        "customs": customs(importer, exporter),
    }


@lru_cache(maxsize=64)
def customs(importer: str, exporter: str) -> list[dict[str, Any]]:
    """Duty that US Customs calculated over imports, month by month, above its average of 2024, percentage points."""
    months = customs_months()
    rows = months[(months["exporter"] == exporter) & (months["naics3"] == "00") & (months["month"] >= "2024-01")]
    if importer != "USA" or rows.empty:
        return []
    before = rows[rows["month"] < "2025-01"]
    usual = float(before["duty_usd"].sum() / before["imports_usd"].sum())
    rates = zip(rows["month"], rows["duty_usd"] / rows["imports_usd"], strict=True)
    return [{"month": month, "points": number(100 * (rate - usual), 5)} for month, rate in rates if month >= "2025-01"]


def claim_shares(ledger: Ledger, importer: str, exporter: str, when: date) -> np.ndarray | None:
    """Share of imports entered under USMCA by sector [sector]; None where claims are not recorded."""
    if importer != "USA" or exporter not in CLAIMANTS:
        return None
    market = us_imports(exporter, ledger.lists)
    size = len(sectors()) + 1
    claimed = np.bincount(market.lines.sector, claims(exporter, when, market, "central") * market.value, size)
    value = np.bincount(market.lines.sector, market.value, size)
    return np.divide(claimed, value, out=np.full(size, np.nan), where=value > 0)[:-1]


def sector(ledger: Ledger, importer: str, exporter: str, on: str | None, name: str) -> dict[str, Any]:
    """The most traded products of a sector, each without and, where it can be made, with a USMCA claim."""
    when = _day(on)
    if name not in sectors():
        raise InputError(f"Unknown sector {name!r}; the sectors are {', '.join(sectors())}.")
    if importer not in IMPORTERS or importer == exporter:
        raise InputError(
            f"The duties of {importer} on {exporter} are not held by product; importers are {', '.join(IMPORTERS)}."
        )
    market = MARKETS[importer](exporter, ledger.lists)
    value = np.where(market.lines.sector == sectors().index(name), market.value, 0.0)
    total = value.sum()
    top = [int(k) for k in np.argsort(-value)[:SHOWN] if value[k] > 0]
    may_claim = {importer, exporter} <= {"USA", "CAN", "MEX"}
    products = []
    for line in top:
        code = market.lines.goods.codes[line]
        without = statutory(code, exporter, importer, when, ledger=ledger)
        products.append(
            {
                "product": without.product,
                "imports_musd": number(value[line], 5),
                "share": number(value[line] / total, 3),
                "duty": without.as_dict(),
                "with_usmca_pct": statutory(code, exporter, importer, when, claim="usmca", ledger=ledger).total_pct
                if may_claim
                else None,
            }
        )
    return {"sector": name, "on": when.isoformat(), "products": products, "source": market.source}


def product(ledger: Ledger, importer: str, exporter: str, on: str | None, code: str, usmca: bool) -> dict[str, Any]:
    """The duty on one product."""
    return statutory(code, exporter, importer, _day(on), claim="usmca" if usmca else None, ledger=ledger).as_dict()


def measures(ledger: Ledger, importer: str, exporter: str, on: str | None) -> dict[str, Any]:
    """The measures between two countries; `live`: charging trade that day."""
    when = _day(on)
    points = pair_rates(importer, exporter, when, ledger).by_measure
    return {
        "on": when.isoformat(),
        "measures": [
            {"id": act.id, "live": act.id in points, "points": number(points.get(act.id, 0.0), 4), **_act(act)}
            for act in ledger.between(importer, exporter)
        ],
    }


def _act(act: Any) -> dict[str, Any]:
    rates = [charge.rate_pct for charge in act.charges if not isinstance(charge.rate_pct, str)]
    return {
        "authority": act.authority,
        "instrument": act.instrument,
        "scope": act.scope,
        "kind": act.kind,
        "status": act.status,
        "levies": act.levies,
        "rate_pct": max(rates, default=None),
        "from": act.begins.isoformat(),
        "until": act.until.isoformat() if act.until else None,
        "source": act.source,
        "confidence": act.confidence,
    }


def warm_up(ledger: Ledger) -> None:
    """Read the ledger and work out both histories of the first screen."""
    for importer, exporter in (("USA", "CAN"), ("CAN", "USA")):
        history(ledger, importer, exporter)
