"""From a negotiation as it is stored to `detente.talks`: the table, the scores of an offer, the frontier, the next step."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.economy import Economy, Equilibrium, Policy
from detente.economy.outcomes import Levels
from detente.errors import InputError
from detente.law import Ledger
from detente.study.counterfactual import Counterfactual
from detente.talks.bargaining import Deal, Negotiation, deal
from detente.talks.clauses import Clauses, Floor, compile_clauses, exact_slack
from detente.talks.frontier import frontier
from detente.talks.partial_deals import partial_deals
from detente.talks.party import Party
from detente.talks.table import Table, Term, make_term
from detente.talks.valuation import concessions, shadow_prices
from detente.web.jobs import Job
from detente.web.numbers import number, numbers
from detente.web.solver import Solver
from detente.web.watched import Watched, stage, watched

FRONTIER_POINTS = 7
MOST_STEPS = 5

Code = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Sectors = Annotated[list[Annotated[str, Field(pattern="^[a-z_]{2,40}$")]], Field(min_length=1, max_length=43)]
Short = Annotated[str, Field(min_length=1, max_length=60)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TermSetup(_Strict):
    """A term: a tariff or export tax as a fraction, or a change of trade costs (-0.03: 3 percent cheaper, both ways).

    `importer` charges a tariff on `exporter`, `exporter` taxes what it sells to `importer`. `threat`: its value without
    agreement (not given: as today).
    """

    track: Short
    kind: Literal["tariff", "export_tax", "trade_cost"] = "tariff"
    importer: Code
    exporter: Code
    sectors: Sectors
    lower: Annotated[float, Field(ge=-0.5, le=3)] = 0.0
    upper: Annotated[float, Field(ge=-0.5, le=3)] = 0.5
    threat: Annotated[float | None, Field(ge=-0.5, le=3)] = None

    @model_validator(mode="after")
    def _ordered(self) -> TermSetup:
        if self.lower > self.upper:
            raise ValueError(f"lower {self.lower:g} is above upper {self.upper:g}")
        if self.kind != "trade_cost" and self.lower < 0:
            raise ValueError(f"the rate of a {self.kind.replace('_', ' ')} is zero or more")
        if self.importer == self.exporter:
            raise ValueError(f"a term needs two regions; {self.importer} was given twice")
        return self


class RedLine(_Strict):
    """What a side will not accept: real income, jobs or pay of some sectors falling by more than `change` (-0.02)."""

    region: Code
    sectors: Sectors
    measure: Literal["income", "jobs", "pay"] = "income"
    change: Annotated[float, Field(ge=-1, le=1)] = 0.0


class Setup(_Strict):
    """What is negotiated, by whom, starting from which day's law."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    parties: Annotated[list[Code], Field(min_length=2, max_length=2)] = ["USA", "CAN"]
    law: Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2}|latest|none)$")] = "latest"
    horizon: Literal["short", "medium", "long"] = "long"
    terms: Annotated[list[TermSetup], Field(min_length=1, max_length=24)]
    red_lines: Annotated[list[RedLine], Field(max_length=8)] = []


@dataclass(frozen=True)
class Case:
    """A negotiation ready to be worked on: levels and policies of today and of the threat."""

    setup: Setup
    table: Table
    floors: tuple[Floor, ...]
    today: Policy
    threat: Policy
    at_today: Levels
    at_threat: Levels
    clauses: Clauses | None


class NegotiationService:
    """Works on negotiations. What asks for a `Job` takes minutes and runs one at a time."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self._cases: dict[tuple[str, Ledger], Case] = {}
        self._deals: dict[str, Deal] = {}
        self._lock = threading.Lock()

    def case(self, setup: Setup) -> Case:
        """The case of a setup, made once. Raises `InputError` for regions, sectors or terms that do not fit."""
        key = setup.model_dump_json(), self.solver.ledger
        with self._lock:
            if key in self._cases:
                return self._cases[key]
        made = self._make(setup)
        with self._lock:
            if len(self._cases) >= 64:
                self._cases.pop(next(iter(self._cases)))
            return self._cases.setdefault(key, made)

    def start(self, setup: Setup) -> Counterfactual:
        """Where a negotiation starts: the law of its day. Raises `InputError`."""
        asked = {"title": setup.title, "law": setup.law, "horizon": setup.horizon}
        return self.solver.asked(self.solver.scenario(asked))

    def _make(self, setup: Setup) -> Case:
        if setup.parties[0] == setup.parties[1]:
            raise InputError("The two sides are the same region; give two different ones.")
        for term in setup.terms:
            if not {term.importer, term.exporter} & set(setup.parties):
                raise InputError(f"The term on {', '.join(term.sectors)} concerns neither side of the table.")
        start = self.start(setup)
        warm = self.solver.warm(start)
        today = start.charged(warm)
        table = Table(_term(warm, today, term) for term in setup.terms)
        without = np.array([np.nan if term.threat is None else term.threat for term in setup.terms])
        threat = table.instruments.apply(today, without)
        at_today, _ = warm.levels(today)
        at_threat, _ = warm.levels(threat)
        floors = tuple(
            Floor(
                f"{line.region} {line.measure} of {', '.join(line.sectors)}",
                line.region,
                tuple(line.sectors),
                line.change,
                line.measure,
            )
            for line in setup.red_lines
        )
        references = {"today": _equilibrium(at_today), "threat": _equilibrium(at_threat)}
        clauses = compile_clauses(warm, floors, references) if floors else None
        return Case(setup, table, floors, today, threat, at_today, at_threat, clauses)

    def terms(self, case: Case) -> list[dict[str, Any]]:
        """The terms with their values today and under the threat."""
        instruments = case.table.instruments
        rates = [instruments.rates(policy, self.solver.baseline.border_value) for policy in (case.today, case.threat)]
        return [
            {
                "label": term.label,
                "by": term.by,
                "today": number(now[1]),
                "today_range": numbers(now[[0, 2]]),
                "threat": number(then[1]),
                "threat_range": numbers(then[[0, 2]]),
            }
            for term, now, then in zip(case.table.terms, *rates, strict=True)
        ]

    def score(self, case: Case, values: Sequence[float | None]) -> dict[str, Any]:
        """What an offer brings each side, against today and against the threat, and whether red lines hold.

        A term without a value is left alone: its rates stay exactly what the law of today has.
        """
        instruments = case.table.instruments
        given = np.array([np.nan if value is None else value for value in values], float)
        if given.shape != (len(instruments),):
            raise InputError(
                f"An offer gives one value for each of the {len(instruments)} terms; it gave {given.size}."
            )
        outside = (given < instruments.lower - 1e-9) | (given > instruments.upper + 1e-9)
        if outside.any():
            k = int(np.argmax(outside))
            raise InputError(
                f"{instruments.labels[k]}: {given[k]:g} is outside what is on the table, "
                f"{instruments.lower[k]:g} to {instruments.upper[k]:g}."
            )
        found, _ = self.solver.warm(self.start(case.setup)).levels(instruments.apply(case.today, given))
        sides = {}
        for code in case.setup.parties:
            n = self.solver.baseline.regions.index(code)
            here, today, threat = (float(at.welfare[n]) for at in (found, case.at_today, case.at_threat))
            income = float(case.at_today.income[n])
            sides[code] = {
                "vs_today_pct": number(100 * (here / today - 1)),
                "vs_threat_pct": number(100 * (here / threat - 1)),
                "vs_today_musd": number((here / today - 1) * income),
                "vs_threat_musd": number((here / threat - 1) * income),
            }
        slack = exact_slack(case.clauses, _equilibrium(found)) if case.clauses is not None else np.zeros(0)
        return {"sides": sides, "red_lines": [{"holds": bool(s >= -1e-9), "room": number(s, 4)} for s in slack]}

    def negotiation(self, case: Case, job: Job) -> Negotiation:
        """The same table in `detente.talks`, watched by `job`."""
        parties = [Party(code) for code in case.setup.parties]
        payoff_model = Watched(job, self.solver.warm(self.start(case.setup)), parties, case.today)
        return Negotiation.open(payoff_model, case.table, case.threat, clauses=case.floors)

    def _deal(self, name: str, case: Case, job: Job, share: float) -> Deal:
        """The Nash agreement; `share` of the job's work."""
        found = self._deals.get(name)
        if found is None:
            with stage(job, "agreement", 0.0, share):
                found = deal(self.negotiation(case, job), ["nash"])
            if len(self._deals) >= 16:
                self._deals.pop(next(iter(self._deals)))
            self._deals[name] = found
        watched(found).job = job
        return found

    def analyse(self, name: str, case: Case, job: Job) -> dict[str, Any]:
        """The Nash agreement, the frontier, the worth of each concession and the price of each limit."""
        found = self._deal(name, case, job, 0.3)
        negotiation, agreement = found.negotiation, found.agreements["nash"]
        today = 100 * (negotiation.threat.payoff / negotiation.today.payoff - 1)
        with stage(job, "frontier", 0.3, 0.7):
            curve = frontier(found, points=FRONTIER_POINTS)
        with stage(job, "concessions", 0.7, 0.8):
            worth = concessions(negotiation, agreement)
        with stage(job, "prices", 0.8, 1.0):
            prices = shadow_prices(found, "nash")
        return {
            "parties": list(case.setup.parties),
            "threat_vs_today_pct": numbers(today),
            "agreement": {
                "values": numbers(agreement.values),
                "vs_threat_pct": numbers(agreement.gain_vs_threat_pct),
                "vs_today_pct": numbers(agreement.gain_vs_today_pct),
                "residual": number(agreement.certificate.residual, 2),
            },
            "frontier": [
                {"vs_threat_pct": numbers(gain), "values": numbers(values)}
                for gain, values in zip(curve.gain_pct, curve.values, strict=True)
            ],
            "concessions": [
                {"label": c.label, "agreed": number(c.agreed[1]), "worth_pct": numbers(c.worth_pct)} for c in worth
            ],
            "prices": [
                {"label": p.label, "kind": p.kind, "step": p.step, "gain_pct": numbers(p.gain_pct)} for p in prices
            ],
        }

    def suggest(self, name: str, case: Case, values: Sequence[float | None], job: Job) -> list[dict[str, Any]]:
        """The moves from an offer toward the agreement, the one that helps both sides most first."""
        found = self._deal(name, case, job, 0.7)
        negotiation, instruments = found.negotiation, case.table.instruments
        with stage(job, "steps", job.done, 1.0):
            given = np.array([np.nan if value is None else value for value in values], float)
            here = negotiation.payoff_model.see(instruments.apply(case.today, given))
            steps = partial_deals(replace(negotiation, today=here), found.agreements["nash"], widest=8)
        agreed = dict(zip(instruments.labels, found.agreements["nash"].values, strict=True))
        return [
            {
                "terms": [
                    {"index": instruments.labels.index(label), "label": label, "value": number(agreed[label])}
                    for label in step.labels
                ],
                "gain_pct": numbers(step.gain_vs_today_pct),
                "helps_both": bool((step.gain_vs_today_pct > 0).all()),
            }
            for step in steps[:MOST_STEPS]
        ]


def _term(economy: Economy, today: Policy, term: TermSetup) -> Term:
    pair = [term.exporter, term.importer] if term.kind == "export_tax" else [term.importer, term.exporter]
    shape: dict[str, Any] = {"track": term.track, "lower": term.lower, "upper": term.upper, "today": today}
    return make_term(economy, term.kind, pair, term.sectors, **shape)


def _equilibrium(at: Levels) -> Equilibrium:
    """Levels as `detente.talks` sees an outcome."""
    seen = {name: jnp.asarray(getattr(at, name)) for name in Equilibrium._fields if hasattr(at, name)}
    revenue = at.tariff_revenue + at.export_tax_revenue + at.quota_rents - at.subsidies
    unasked = {"residual": 0.0, "evaluations": 0, "state": 0.0}  # what the solver says of itself
    return Equilibrium(**seen, revenue=jnp.asarray(revenue), sector_income=jnp.asarray(at.value_added), **unasked)  # type: ignore[arg-type]
