"""The answers to other programs: each number with its unit in its name, its range where there is one, and what it rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from detente.accounts.places import load as load_places
from detente.agents.questions import (
    DealQuestion,
    DutyQuestion,
    JobsQuestion,
    OptimumQuestion,
    RatesQuestion,
    ScenarioQuestion,
)
from detente.errors import InputError
from detente.law import statutory
from detente.law.applied import pair_rates
from detente.study.counterfactual import Counterfactual
from detente.study.documents import ProvenanceRecord
from detente.study.negotiation.noncooperative import optimum
from detente.study.negotiation.study import run_talks
from detente.study.provenance import Provenance
from detente.study.run import Study, run
from detente.study.scenario import Scenario
from detente.study.uncertainty.draws import PLACE

if TYPE_CHECKING:
    import pandas as pd


class Bounds(BaseModel):
    """A number and its 90 percent range; no ends where nothing was drawn."""

    central: float | None
    low: float | None = None
    high: float | None = None


class DutyLayer(BaseModel):
    """One measure in a duty."""

    measure: str
    authority: str
    contributes_pct: float
    reason: str
    citation: str


class DutyAnswer(BaseModel):
    """Statutory duty, percent of customs value."""

    concept: str = "statutory duty on one consignment, percent of customs value"
    added_pct: float | None
    total_pct: float | None
    range_pct: tuple[float, float]
    prohibited: bool
    layers: list[DutyLayer]
    warnings: list[str]


class SectorRate(BaseModel):
    """The added duty on a sector, percent of customs value."""

    sector: str
    rate_pct: Bounds
    imports_musd: float


class RatesAnswer(BaseModel):
    """Average added duties of a day."""

    concept: str = "statutory rates added to the ordinary duty, on the trade of 2024, percent of customs value"
    on: str
    average_pct: Bounds
    by_authority_pct: dict[str, float]
    sectors: list[SectorRate]
    notes: list[str]


class RegionEffect(BaseModel):
    """What a scenario does to one region."""

    region: str
    welfare_pct: Bounds
    welfare_musd: Bounds
    real_wage_pct: Bounds
    tariff_revenue_change_musd: Bounds


class WhatIfAnswer(BaseModel):
    """The new equilibrium against what it is compared with."""

    concept: str = "welfare is equivalent variation, percent of income; 90 percent ranges over what is uncertain"
    regions: list[RegionEffect]
    notes: list[str]
    rests_on: ProvenanceRecord


class PlaceEffect(BaseModel):
    """Jobs of one state or province, thousand."""

    place: str
    jobs_thousand: Bounds
    jobs_pct: Bounds


class JobsAnswer(BaseModel):
    """Jobs by state or province."""

    concept: str = "change of payroll jobs, thousand and percent; 90 percent ranges over what is uncertain"
    places: list[PlaceEffect]
    notes: list[str]
    rests_on: ProvenanceRecord


class Rate(BaseModel):
    """A rate before and after, fractions."""

    name: str
    today: float | None
    after: float | None


class OptimumAnswer(BaseModel):
    """A country's best tariffs, others' as they are."""

    concept: str = "tariffs that maximise the country's real income while nobody answers; rates are fractions"
    gain_pct: float
    steepest_pct: float
    tariffs: list[Rate]
    rests_on: ProvenanceRecord


class DealAnswer(BaseModel):
    """The agreement that a solution concept selects, or why none was found."""

    concept: str = "gains in percent of real income (and of what parties weigh beside it); rates are fractions"
    agreement: bool
    no_agreement: str
    gain_vs_threat_pct: dict[str, float]
    gain_vs_today_pct: dict[str, float]
    terms: list[Rate]
    notes: list[str]
    rests_on: ProvenanceRecord


def duty(question: DutyQuestion) -> DutyAnswer:
    """The duty on a consignment, layer by layer."""
    asked = question.model_dump(exclude={"claim"})
    found = statutory(**asked, claim=question.claim)
    layers = [DutyLayer(**{name: getattr(one, name) for name in DutyLayer.model_fields}) for one in found.applied]
    return DutyAnswer(
        added_pct=found.added_pct,
        total_pct=found.total_pct,
        range_pct=found.range_pct,
        prohibited=found.prohibited,
        layers=layers,
        warnings=list(found.warnings),
    )


def rates(question: RatesQuestion) -> RatesAnswer:
    """Average added duties by sector."""
    found = pair_rates(question.importer, question.exporter, question.on).as_dict()
    sectors = [
        SectorRate(
            sector=sector,
            rate_pct=Bounds(central=one["rate_pct"], low=one["low_pct"], high=one["high_pct"]),
            imports_musd=one["imports_musd"],
        )
        for sector, one in found["sectors"].items()
    ]
    average = Bounds(central=found["average_pct"], low=found["low_pct"], high=found["high_pct"])
    kept = {name: found[name] for name in ("on", "by_authority_pct", "notes")}
    return RatesAnswer(average_pct=average, sectors=sectors, **kept)


def what_if(question: ScenarioQuestion) -> WhatIfAnswer:
    """What a scenario does to every region."""
    study = _studied(question)
    effects = [
        RegionEffect(
            region=region,
            welfare_pct=_bounds(study, "welfare", n),
            welfare_musd=_bounds(study, "welfare_musd", n),
            real_wage_pct=_bounds(study, "real_wage", n),
            tariff_revenue_change_musd=_bounds(study, "tariff_revenue_change_musd", n),
        )
        for n, region in enumerate(study.economy.regions)
    ]
    return WhatIfAnswer(regions=effects, notes=study.notes, rests_on=study.provenance.record())


def jobs_by_place(question: JobsQuestion) -> JobsAnswer:
    """What a scenario does to jobs of states or provinces."""
    study = _studied(question)
    found, places = study.places, load_places()
    if found is None:
        raise InputError("This world has no states and provinces.")
    effects = []
    for k in places.inside(question.country).nonzero()[0]:
        drawn = {name: _ends(study, PLACE + name, int(k)) for name in ("change", "jobs_pct")}
        jobs = Bounds(central=_finite(found.change[k]), **drawn["change"])
        percent = Bounds(central=_finite(found.jobs_pct[k]), **drawn["jobs_pct"])
        effects.append(PlaceEffect(place=places.names[k], jobs_thousand=jobs, jobs_pct=percent))
    return JobsAnswer(places=effects, notes=study.notes, rests_on=study.provenance.record())


def best_tariffs(question: OptimumQuestion) -> OptimumAnswer:
    """The best tariffs of one country alone."""
    start = Counterfactual.of(
        Scenario.from_fields({"title": "asked by a program", "law": question.law, "horizon": question.horizon})
    )
    options = question.model_dump(include={"partners", "sectors", "mfn", "uniform", "ceiling"})
    found = optimum(start, question.party, **options)
    tariffs = _rates(found.to_frame(), "found")
    return OptimumAnswer(
        gain_pct=found.gain_pct,
        steepest_pct=found.steepest_pct,
        tariffs=tariffs,
        rests_on=Provenance.of(start).record(),
    )


def deal(question: DealQuestion) -> DealAnswer:
    """The agreement on a table."""
    asked = question.model_dump(include={"law", "horizon", "solution"})
    parts = {"parties": question.parties, "terms": question.terms, "threats": [question.threat]}
    study = run_talks({"title": "asked by a program", **asked, **parts, "frontier_points": 2})
    outcome = study.outcome()
    rests_on = Provenance.of(study.start).record()
    if outcome.deal is None:
        return DealAnswer(
            agreement=False,
            no_agreement=outcome.no_agreement,
            gain_vs_threat_pct={},
            gain_vs_today_pct={},
            terms=[],
            notes=study.notes,
            rests_on=rests_on,
        )
    agreed = study.agreement()
    gains = agreed.gains()
    terms = _rates(agreed.to_frame(), "agreed")
    return DealAnswer(
        agreement=True,
        no_agreement="",
        gain_vs_threat_pct=dict(zip(agreed.negotiation.payoff_model.names, gains["vs_threat"].tolist(), strict=True)),
        gain_vs_today_pct=dict(zip(agreed.negotiation.payoff_model.names, gains["vs_today"].tolist(), strict=True)),
        terms=terms,
        notes=study.notes,
        rests_on=rests_on,
    )


def _rates(frame: pd.DataFrame, after: str) -> list[Rate]:
    return [
        Rate(name=str(name), today=_finite(one["today"]), after=_finite(one[after])) for name, one in frame.iterrows()
    ]


def _studied(question: ScenarioQuestion) -> Study:
    return run(question.fields(), draws=question.draws)


def _bounds(study: Study, outcome: str, region: int) -> Bounds:
    """A region's outcome with its range, if it was drawn."""
    return Bounds(central=_finite(study.result.arrays[outcome][region]), **_ends(study, outcome, region))


def _ends(study: Study, outcome: str, position: int) -> dict[str, float | None]:
    if study.draws is None or outcome not in study.draws.outcomes:
        return {}
    low, high = study.draws.range(outcome)
    return {"low": _finite(low[position]), "high": _finite(high[position])}


def _finite(value: Any) -> float | None:
    """A number as JSON has it: null for what is none."""
    return float(value) if math.isfinite(value) else None
