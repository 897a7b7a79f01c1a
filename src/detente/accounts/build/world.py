"""The whole build: the stages in order, from the folder of sources to a checked `Baseline` and its report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from detente.accounts import assemble
from detente.accounts.baseline import Baseline
from detente.accounts.build import (
    balances,
    customs,
    electricity,
    factors,
    households,
    pinning,
    services,
    sourcing,
    tables,
    tariffs,
    technology,
    trade,
)
from detente.accounts.build import levels as levels_stage
from detente.accounts.build import pattern as pattern_stage
from detente.accounts.build import prior as prior_stage
from detente.accounts.build.employment import employment
from detente.accounts.build.grading import grades
from detente.accounts.build.manufacturing import canadian_sales
from detente.accounts.build.quantise import quantise
from detente.accounts.build.targets import TOLERANCE, Target, targets
from detente.accounts.build.vocabulary import REGIONS, SECTORS, J, N, R, S
from detente.accounts.elasticities import elasticity
from detente.errors import InputError, SolveError

#: The source files that the build reads, relative to the sources folder.
FILES = (
    "adb_mrio_summary/country_sector_73_2017_2022.parquet",
    "bea_us_io/detail2017_codes.csv",
    "bea_us_io/detail2017_use_producer.parquet",
    "bea_us_io/detail_gross_output_2010_2023.parquet",
    "bea_us_io/summary2024_import_use.csv",
    "bea_us_io/summary2024_use_purchaser.csv",
    "bilateral_goods_2023/countries.csv",
    "bilateral_goods_2023/trade.parquet",
    "canada_imports_hs6/imports_2019_2021.parquet",
    "canada_provinces/employees_by_province_industry_2019_2024.csv",
    "canada_provinces/gdp_income_based_1981_2023.csv",
    "canada_trade_cimt/canada_trade_country_monthly.csv.gz",
    "canada_trade_cimt/canada_trade_hs2_monthly.csv.gz",
    "canada_trade_cimt/canada_trade_hs8_10_total_sum_of_28_months_to_2026_04.csv.gz",
    "household_canada/shs_spending_by_quintile_province_2017_2021.csv.gz",
    "household_us/distributional_pce_2023.csv",
    "household_us/nipa_pce_to_distributional_bucket.csv",
    "household_us/pce_bridge_2024_summary.csv",
    "canada_seph/seph_employees_earnings_naics4_annual_2001_2021.csv.gz",
    "concordances/bea_summary_to_detail.csv",
    "icio2020_coefficients/io_coefficients.parquet",
    "icio2020_coefficients/va_and_final_shares.csv",
    "icio2022_trade/icio_trade_2019.parquet",
    "icio2022_trade/icio_trade_2022.parquet",
    "policy/us_exports_to_canada_2024_hs6_listed.csv",
    "policy/us_imports_2024_hs6.csv.gz",
    "icio2022_trade/teti_simple_tariff_2021.parquet",
    "tariffs_wits_2023/wits_ahs_weighted_10x10x9_2023.csv",
    "us_exports_hs2/us_exports_hs2_country_annual_2022_2024.csv.gz",
    "us_imports_2024/hs10_country.parquet",
    "us_payroll/ces_employment_66_industries_annual.csv",
    "us_payroll/ces_headline_and_metal_sectors_monthly.csv",
    "us_states/employment_by_state_line_2009_2018.parquet",
    "us_states_cbp/cbp_state_naics6_2021.csv.gz",
    "us_states_cbp/cbp_state_naics_2_to_4_digits_2017_2019_2021.csv.gz",
    "wiod2011/final.parquet",
    "wiod2011/intermediate.parquet",
)

SOURCES = {
    "trade": "US Census 2024 and Statistics Canada 2021 and 2024 customs data, CEPII BACI 2023, OECD ICIO 2022 (pattern of "
    "pairs, external balances), ADB MRIO 2022 and BEA 2024 (services), WIOD 2011 (pattern by buyer); balanced, see PROVENANCE.md",
    "tariff": "United States: duties over imports, US Census 2024; other importers: Global Tariff Database 2021 (Teti) at the "
    "rates of WITS 2023, lowered to the duties that they collect; dairy assumed",
    "export_tax": "assumed zero",
    "output": "home sales of OECD ICIO 2022 (goods) and ADB MRIO 2022 (services) aged to 2024, and exports; United States: BEA "
    "2024",
    "value_added": "OECD ICIO 2020 ratios, scaled to GDP of 2024; United States: BEA 2024",
    "input_expenditure": "OECD ICIO 2020 and BEA 2017 coefficients, balanced to output and supply of 2024",
    "final_expenditure": "ADB MRIO 2022 final shares, balanced",
    "deficit": "follows from trade",
    "employment": "payroll: BLS CES 2024, divided by County Business Patterns 2021; Statistics Canada SEPH 2024, divided as "
    "in 2019 and 2021; no source for others",
    "employment_total": "United States: BEA 2018 aged to 2024; no source for others",
    "labour_share": "United States: BEA 2024; Canada: SEPH and income-based GDP; others: US shares by sector",
    "capital_share": "what labour and natural resources leave",
    "resource_share": "assumed part of capital's earnings in extraction and farming",
    "investment_share": "US benchmark of 2017, at each region's rate of investment",
    "household_spending": "United States: BEA distribution of consumption 2023 and bridge 2024; Canada: Survey of Household "
    "Spending 2021 in prices of 2024; no source for others",
    "trade_elasticity": "median of published estimates (elasticities.csv, source central); services: 5",
}

LICENCE = (
    "Accounts computed from ADB MRIO (ADB, attribution), WIOD (CC BY 4.0), OECD ICIO (CC BY 4.0), CEPII BACI "
    "(Etalab 2.0), Statistics Canada (Open Government Licence - Canada), BEA and US Census (public domain); "
    "see PROVENANCE.md"
)


class Adjustment(NamedTuple):
    """What balancing did to one cell: its value, and by how much it was moved."""

    region: str
    sector: str
    value: float
    moved: float


@dataclass(frozen=True)
class Build:
    """A built world and what to know about it."""

    world: Baseline
    targets: list[Target]
    raised: list[Adjustment]  # output moved up so that pinned exports fit: output and rise, million USD
    reweighted: list[Adjustment]  # input use after balancing, million USD, and its factor over technology


def build(sources: Path) -> Build:
    """Build `world-2024` from the folder of sources.

    Raises `InputError` when a source file is missing, `SolveError` when a hard target is missed.
    """
    fingerprint = _fingerprint(sources)
    # 1 to 4: what is known, and what was
    us = levels_stage.us_accounts(sources)
    pattern = pattern_stage.pattern(sources)
    levels = levels_stage.levels(sources, pattern)
    prior = prior_stage.prior(sources)
    technology_found = tables.Technology(
        technology.coefficients(sources),
        technology.final_demand_shares(sources),
        technology.value_added_shares(sources),
    )
    # 5: trade
    totals = pinning.goods_totals(sources, pattern.goods.sum(axis=2))
    pins = pinning.pins(sources, totals, customs.us_to_canada(sources))
    pairs = trade.pair_composition(pins, pattern)
    canada, canada_to = customs.canadian_exports(sources, pins["USA"][R["CAN"]])
    exported = trade.Customs(canada, canada_to, customs.us_exports(sources, pairs[:, R["USA"]]))
    power = electricity.electricity_trade(levels, pins, prior, services.extra_share(pinning.goods_totals_2023(sources)))
    abroad = trade.goods_trade(totals, pins, pattern, exported) + services.services_trade(levels, us, pattern, prior)
    abroad[..., S["electricity"]] = power
    abroad = balances.balanced(abroad, balances.exports_over_imports(sources))
    # 6 to 8: tariffs, national tables, flows by buyer
    tariff = tariffs.applied_tariffs(sources, abroad)
    wanted = tables.output_by_sector(levels, us, technology_found, abroad, canadian_sales(sources))
    output = tables.enforce_exports(wanted, abroad)
    value_added = tables.value_added_by_sector(levels, us, technology_found, output, (abroad * tariff).sum(axis=(1, 2)))
    bilateral = abroad.copy()
    bilateral[np.arange(N), np.arange(N)] = output - abroad.sum(axis=0)
    supply = (bilateral * (1 + tariff)).sum(axis=1)
    spending = tables.national_tables(levels, technology_found, output, value_added, supply)
    flows = quantise(sourcing.flows(spending, bilateral, tariff, prior))
    # 9 to 11: the world, proved
    jobs = employment(sources)
    added = flows.sum(axis=(0, 3)) - (flows * (1 + tariff[..., None])).sum(axis=(1, 2))[:, :J]
    known: dict[str, np.ndarray] = {
        "employment": jobs.payroll,
        "employment_total": jobs.total,
        **factors.factor_shares(sources, added, jobs.payroll, jobs.total),
        "investment_share": factors.investment_shares(sources, flows[..., -1].sum(axis=1)),
        "household_spending": households.household_spending(sources),
    }
    world = assemble(
        flows,
        regions=REGIONS,
        sectors=SECTORS,
        tariff=tariff[..., None],
        trade_elasticity=np.array([elasticity()[sector] for sector in SECTORS]),
        grades={"employment": jobs.grade, **grades(flows.sum(axis=3), levels_stage.us_undivided(sources))},
        sources=SOURCES,
        attributes={
            "title": "world-2024",
            "year": 2024,
            "licence": LICENCE,
            "built_from": f"sha256 of the source files: {fingerprint}",
        },
        uses=None,
        buyer_class=None,
        **known,
    )
    world.check()
    found = targets(world, sources, levels)
    missed = [target for target in found if target.hard and abs(target.gap) > TOLERANCE]
    if missed:
        worst = max(missed, key=lambda target: abs(target.gap))
        raise SolveError(
            f"{len(missed)} of the targets are missed by more than {TOLERANCE:.0%}; the worst: {worst.name}, "
            f"{worst.result:,.1f} against {worst.target:,.1f} million USD."
        )
    return Build(world, found, _raised(wanted, output), _reweighted(technology_found, output, spending))


def _fingerprint(sources: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        path = sources / name
        if not path.is_file():
            raise InputError(f"The sources folder {sources} lacks {name}; give --sources the folder described in docs.")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _raised(wanted: np.ndarray, output: np.ndarray) -> list[Adjustment]:
    found = [
        Adjustment(REGIONS[n], SECTORS[j], output[n, j], output[n, j] - wanted[n, j])
        for n, j in np.argwhere(output > wanted)
    ]
    return sorted(found, key=lambda adjustment: -adjustment.moved)


def _reweighted(technology_found: tables.Technology, output: np.ndarray, spending: np.ndarray) -> list[Adjustment]:
    """Balanced input use of each product over what technology asked for, worst first (cells above 1000 million USD)."""
    asked = (technology_found.coefficients * output[:, None, :]).sum(axis=2)
    given = spending[:, :, :J].sum(axis=2)
    factor = given / np.maximum(asked, 1.0)
    found = [
        Adjustment(REGIONS[n], SECTORS[j], given[n, j], factor[n, j])
        for n, j in np.argwhere(np.maximum(asked, given) > 1000.0)
    ]
    return sorted(found, key=lambda adjustment: -abs(np.log(max(adjustment.moved, 1e-6))))
