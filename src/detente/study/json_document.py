"""A study as JSON: the document of `detente run --json`, results.json and the web."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.accounts.grades import Grade
from detente.study.documents import Number, RangesDocument, RunDocument
from detente.study.household_document import households_document
from detente.study.numbers import number as _number
from detente.study.outcomes.duties import duties_between
from detente.study.outcomes.energy import cost_by_place, energy
from detente.study.outcomes.places import PlaceChanges, change_by_place
from detente.study.outcomes.why import why_document
from detente.study.path import RULE, Year
from detente.study.uncertainty.draws import ENERGY, ENERGY_COST, LEVEL, PLACE, Draws
from detente.study.uncertainty.sensitivity import first_order_shares

if TYPE_CHECKING:
    from detente.study.run import Study

#: JSON key -> outcome, by place in the document
REGION_KEYS = {
    "welfare_pct": "welfare",
    "welfare_musd": "welfare_musd",
    "real_income_pct": "real_income",
    "real_gdp_pct": "real_gdp",
    "real_gdp_fisher_pct": "real_gdp_fisher",
    "steady_state_consumption_pct": "consumption",
    "real_wage_pct": "real_wage",
    "unemployment_pp": "unemployment",
    "jobs_kjobs": "jobs_kjobs",
    "jobs_lost_kjobs": "jobs_lost_kjobs",
    "consumer_price_pct": "consumer_price",
    "exchange_rate_pct": "exchange_rate",
    "import_pass_through_pct": "import_pass_through",
    "trade_balance_musd": "trade_balance_musd",
    "exports_pct": "exports",
    "imports_pct": "imports",
    "tariff_revenue_musd": "tariff_revenue_musd",
    "tariff_revenue_change_musd": "tariff_revenue_change_musd",
    "export_tax_revenue_musd": "export_tax_revenue_musd",
    "first_order_terms_of_trade_pct": "terms_of_trade",
    "first_order_volume_of_trade_pct": "volume_of_trade",
}
SECTOR_KEYS = {
    "output_pct": "output",
    "price_pct": "price",
    "producer_price_pct": "producer_price",
    "employment_kjobs": "employment_kjobs",
    "employment_pct": "employment",
    "exports_pct": "sector_exports",
    "imports_pct": "sector_imports",
}
FLOW_KEYS = {"exports_pct": "bilateral", "exports_musd": "bilateral_musd"}
#: JSON key -> attribute of `PlaceChanges`
PLACE_KEYS = {
    "jobs_kjobs": "change",
    "jobs_pct": "jobs_pct",
    "unemployment_pp": "unemployment_pp",
    "real_earnings_pct": "real_earnings_pct",
    "real_income_pct": "real_income_pct",
    "real_income_musd": "real_income_musd",
}


#: JSON key -> field of `Energy` with a range
ENERGY_KEYS = {
    "import_share": "dependence",
    "supplier_hhi": "concentration",
    "price_pct": "price_pct",
    "pass_through_to_importers": "pass_through",
    "pass_through_to_buyers": "to_buyers",
}


def document(study: Study) -> RunDocument:
    """Everything a study says, in percent, million USD and thousand jobs; null where there is nothing to compare."""
    arrays, baseline = study.result.arrays, study.economy.baseline
    bilateral: dict[str, Any] = {}
    for i, exporter in enumerate(baseline.regions):
        bilateral[exporter] = {
            importer: {
                sector: {key: _number(arrays[name][n, i, j]) for key, name in FLOW_KEYS.items()}
                for j, sector in enumerate(baseline.sectors)
                if not math.isnan(arrays["bilateral"][n, i, j])
            }
            for n, importer in enumerate(baseline.regions)
            if n != i
        }
    grades = baseline.grades.get("output", np.zeros(baseline.output.shape, dtype=int))
    return {
        "title": study.scenario.title,
        "baseline": str(study.scenario.baseline),
        "law": study.day.isoformat() if study.day else "none",
        "horizon": study.scenario.horizon,
        "provenance": study.provenance.record(),
        "diagnostics": study.result.diagnostics,
        "regions": {
            region: {key: _number(arrays[name][n]) for key, name in REGION_KEYS.items()}
            for n, region in enumerate(baseline.regions)
        },
        "sectors": {
            region: {
                sector: {key: _number(arrays[name][n, j]) for key, name in SECTOR_KEYS.items()}
                for j, sector in enumerate(baseline.sectors)
            }
            for n, region in enumerate(baseline.regions)
        },
        "grades": {
            region: dict(zip(baseline.sectors, (Grade(int(k)).name.lower() for k in grades[n]), strict=True))
            for n, region in enumerate(baseline.regions)
        },
        "bilateral": bilateral,
        "terms_of_trade_by_partner_pct": {
            party: dict(zip(baseline.regions, map(_number, arrays["terms_of_trade_by_partner"][n]), strict=True))
            for n, party in ((baseline.index("region", party), party) for party in study.parties)
        },
        "why": why_document(study.explanation, study.parties),
        "steps": {
            name: {
                region: {key: _number(step.arrays[outcome][n]) for key, outcome in REGION_KEYS.items()}
                for n, region in enumerate(baseline.regions)
            }
            for name, step in study.steps.items()
        },
        "authorities": {
            authority: {
                party: {key: _number(effect.arrays[name][n]) for key, name in REGION_KEYS.items()}
                | {
                    "sectors": {
                        sector: {"output_pct": _number(effect.arrays["output"][n, j])}
                        for j, sector in enumerate(baseline.sectors)
                    }
                }
                for n, party in ((baseline.index("region", party), party) for party in study.parties)
            }
            for authority, effect in study.by_authority.items()
        },
        "duties_over_2024_pct": _duties(study),
        "places": None if study.places is None else _places(study.places),
        "ranges": None if study.draws is None else _ranges(study, study.draws),
        "households": households_document(study),
        "energy": _energy(study),
        "path": None
        if study.path is None
        else {"rule": RULE, "years": {one.year: _year(study, one) for one in study.path}},
        "notes": study.notes,
        "closure": study.economy.closure,
        "prices": study.economy.anchor,
        "sign_depends_on_closure": _closure_check(study),
    }


def _duties(study: Study) -> dict[str, dict[str, dict[str, list[float] | None]]]:
    found: dict[str, dict[str, dict[str, list[float] | None]]] = {}
    for pair in duties_between(study.counterfactual):
        rates = {"statutory": pair.statutory, "collected": pair.collected}
        found.setdefault(pair.importer, {})[pair.exporter] = {
            name: ends and [round(end, 6) for end in ends] for name, ends in rates.items()
        }
    return found


def _energy(study: Study) -> dict[str, Any] | None:
    """Energy goods by region, before and after, and production costs by place."""
    found, regions = energy(study.result), study.economy.regions
    if found is None:
        return None
    cost = cost_by_place(study.result, study.places)
    ends = {} if study.draws is None else {key: study.draws.range(ENERGY + name) for key, name in ENERGY_KEYS.items()}
    of_cost = None if study.draws is None or cost is None else study.draws.range(ENERGY_COST)

    def between(low_high: tuple[np.ndarray, np.ndarray], *cell: int) -> list[float | None]:
        return [_number(end[cell]) for end in low_high]

    numbers = {
        "import_share_before": found.dependence_before,
        "import_share": found.dependence,
        "supplier_hhi_before": found.concentration_before,
        "supplier_hhi": found.concentration,
        "duty_change_pct": found.duty_pct,
        "price_pct": found.price_pct,
        "pass_through_to_importers": found.pass_through,
        "pass_through_to_buyers": found.to_buyers,
    }
    return {
        **({} if study.draws is None else {"level": LEVEL, "draws": len(study.draws.sample)}),
        "regions": {
            region: {
                good: {
                    **{key: _number(values[n, k]) for key, values in numbers.items()},
                    "main_supplier_before": regions[int(found.supplier_before[n, k])],
                    "main_supplier": regions[int(found.supplier[n, k])],
                    **({"ranges": {key: between(pair, n, k) for key, pair in ends.items()}} if ends else {}),
                }
                for k, good in enumerate(found.goods)
            }
            for n, region in enumerate(regions)
        },
        "places": None
        if cost is None or study.places is None
        else {
            place: {
                "production_cost_pct": _number(cost[k]),
                **({} if of_cost is None else {"ranges": {"production_cost_pct": between(of_cost, k)}}),
            }
            for k, place in enumerate(study.places.places.places)
        },
    }


def _year(study: Study, one: Year) -> dict[str, Any]:
    """One year of a path: how far the economy has adjusted, every region, and output and jobs of the parties."""
    arrays, baseline = one.result.arrays, study.economy.baseline
    keys = {key: SECTOR_KEYS[key] for key in ("output_pct", "employment_kjobs")}
    at = [(party, baseline.index("region", party)) for party in study.parties]
    ranges: dict[str, Any] = {}
    if one.draws is not None:
        by_region, by_sector = (_pairs(one.draws, table) for table in (REGION_KEYS, keys))
        ranges["ranges"] = {
            "level": LEVEL,
            "draws": len(one.draws.sample),
            "without_equilibrium": int((~one.draws.solved).sum()),
            "regions": {region: _at(by_region, n) for n, region in enumerate(baseline.regions)},
            "sectors": {p: {s: _at(by_sector, n, j) for j, s in enumerate(baseline.sectors)} for p, n in at},
        }
    return {
        "mean_age_years": _number(one.age),
        "rigidity": _number(one.horizon.rigidity),
        "elasticity_factor": _number(one.horizon.elasticity_factor),
        "regions": {
            region: {key: _number(arrays[name][n]) for key, name in REGION_KEYS.items()}
            for n, region in enumerate(baseline.regions)
        },
        "sectors": {
            party: {
                sector: {key: _number(arrays[name][n, j]) for key, name in keys.items()}
                for j, sector in enumerate(baseline.sectors)
            }
            for party, n in at
        },
        "unemployment_by_place_pp": None
        if isinstance(study.scenario.wages, str) or (places := change_by_place(one.result, study.locations)) is None
        else dict(zip(places.places.places, map(_number, places.unemployment_pp), strict=True)),
        **ranges,
    }


def _places(found: PlaceChanges) -> dict[str, dict[str, str | Number]]:
    """Every place by code, with the part of its jobs moved that rests on an assumed location."""
    return {
        place: {
            "name": found.places.names[k],
            "country": found.places.country[k],
            **{key: _number(getattr(found, name)[k]) for key, name in PLACE_KEYS.items()},
            "assumed_share": _number(found.assumed_share[k]),
        }
        for k, place in enumerate(found.places.places)
    }


def _ranges(study: Study, draws: Draws) -> RangesDocument:
    """The middle 90 percent of draws, under the keys of the central values; what drives them; who gains how surely."""
    by_region, by_sector, by_place = _pairs(draws, REGION_KEYS), _pairs(draws, SECTOR_KEYS), {}
    if study.places is not None:
        by_place = _pairs(draws, PLACE_KEYS, PLACE)
    return {
        "level": LEVEL,
        "draws": len(draws.sample),
        "without_equilibrium": int((~draws.solved).sum()),
        "reasons": list(draws.failures),
        "moved_by_last_doubling": {key: _number(value) for key, value in settling(study, draws).items()},
        "elasticities": list(draws.sample.studies),
        "regions": {region: _at(by_region, n) for n, region in enumerate(draws.regions)},
        "sectors": {
            region: {sector: _at(by_sector, n, j) for j, sector in enumerate(draws.sectors)}
            for n, region in enumerate(draws.regions)
        },
        "places": {place: _at(by_place, k) for k, place in enumerate(study.places.places.places)}
        if study.places is not None
        else None,
        "probability_of_gain": {
            **{region: draws.chance([region]) for region in draws.regions},
            "parties_all": draws.chance(study.parties),
        },
        "variance_shares": {
            party: {
                name: _number(share)
                for name, share in first_order_shares(
                    draws.sample, draws.outcomes["welfare"][:, draws.regions.index(party)]
                ).items()
            }
            for party in study.parties
        },
    }


def settling(study: Study, draws: Draws) -> dict[str, float]:
    """The most that an end of a range moved when the draws were last doubled, over the width of the range.

    Of the parties' welfare, of the output of their sectors, and of jobs in every place; 0.1 is a tenth.
    """
    at = [draws.regions.index(party) for party in study.parties]
    found = {"welfare_pct": draws.moved("welfare")[at], "output_pct": draws.moved("output")[at]}
    if study.places is not None:
        found["places_jobs_kjobs"] = draws.moved(PLACE + "change")
    return {key: float(np.nanmax(values, initial=0.0)) for key, values in found.items()}


def _pairs(draws: Draws, keys: dict[str, str], prefix: str = "") -> dict[str, np.ndarray]:
    """Low and high end of each outcome [..., 2]."""
    return {key: np.stack(draws.range(prefix + name), axis=-1) for key, name in keys.items()}


def _at(table: dict[str, np.ndarray], *cell: int) -> dict[str, list[float | None]]:
    return {key: [_number(end) for end in ends[cell]] for key, ends in table.items()}


def _closure_check(study: Study) -> dict[str, Any] | None:
    """Regions whose welfare changes sign under another closure, percent of income; null where none was tried or solved."""
    checked = study.closure_check
    if checked is None or not checked.solved:
        return None
    return {
        region: {study.economy.closure: here, checked.other: there} for region, (here, there) in checked.turns.items()
    }
