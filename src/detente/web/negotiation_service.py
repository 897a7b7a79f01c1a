"""From a negotiation as it is stored to `detente.talks`: the table, the scores of an offer, the frontier, the next step."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np

from detente.economy import Equilibrium, Policy
from detente.economy.outcomes import Levels
from detente.law import Ledger
from detente.study.counterfactual import Counterfactual
from detente.study.negotiation.offers import Scored, offered
from detente.study.negotiation.table import clauses_of, parties_of, table_of, threat_of_terms
from detente.study.provenance import Provenance
from detente.talks.bargaining import Deal, Negotiation, deal
from detente.talks.clauses import Clauses, Floor, compile_clauses, exact_slack
from detente.talks.frontier import frontier
from detente.talks.partial_deals import partial_deals
from detente.talks.table import Table
from detente.talks.valuation import concessions, shadow_prices
from detente.web.jobs import Job
from detente.web.numbers import number, numbers
from detente.web.solver import Solver
from detente.web.table_file import Pinned, TableFile, expanded
from detente.web.watched import Watched, stage, watched

FRONTIER_POINTS = 7
MOST_STEPS = 5


@dataclass(frozen=True)
class OpenTable:
    """A negotiation ready to be worked on: levels and policies of today and of the threat, and what they rest on."""

    file: TableFile
    start: Counterfactual
    rests_on: Provenance
    table: Table
    floors: tuple[Floor, ...]
    today: Policy
    threat: Policy
    at_today: Levels
    at_threat: Levels
    clauses: Clauses | None

    @property
    def parties(self) -> list[str]:
        """The two sides."""
        return list(self.file.parties)


class NegotiationService:
    """Works on negotiations. What asks for a `Job` takes minutes and runs one at a time."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self._cases: dict[tuple[str, Ledger], OpenTable] = {}
        self._deals: dict[str, Deal] = {}
        self._lock = threading.Lock()

    def pinned(self, file: TableFile) -> Pinned:
        """A new negotiation, pinned to the law and the data of now. Raises `InputError`."""
        return Pinned.now(file, self.start(file))

    def start(self, file: TableFile) -> Counterfactual:
        """Where a negotiation starts: the law of its day, this server's own measures included. Raises `InputError`."""
        return self.solver.asked(file if file.law is None else file.with_ledger(self.solver.ledger_files))

    def case(self, file: TableFile) -> OpenTable:
        """The case of a file, made once. Raises `InputError` for regions, sectors or terms that do not fit."""
        key = file.model_dump_json(), self.solver.ledger
        with self._lock:
            if key in self._cases:
                return self._cases[key]
        made = self._make(file)
        with self._lock:
            if len(self._cases) >= 64:
                self._cases.pop(next(iter(self._cases)))
            return self._cases.setdefault(key, made)

    def _make(self, file: TableFile) -> OpenTable:
        start = self.start(file)
        warm = self.solver.warm(start)
        parties_of(file, warm)  # complains about regions and sectors that are not there
        today = start.charged(warm)
        table = table_of(file, warm, today)
        threat = threat_of_terms(file, warm, table, today)
        at_today, _ = warm.levels(today)
        at_threat, _ = warm.levels(threat)
        floors = tuple(clause for clause in clauses_of(file, warm) if isinstance(clause, Floor))
        references = {"today": _equilibrium(at_today), "threat": _equilibrium(at_threat)}
        clauses = compile_clauses(warm, floors, references) if floors else None
        rests_on = Provenance.of(start, command="detente talks table.yaml")
        return OpenTable(file, start, rests_on, table, floors, today, threat, at_today, at_threat, clauses)

    def terms(self, case: OpenTable) -> list[dict[str, Any]]:
        """The terms as the file has them, with what they charge today and under the threat."""
        instruments = case.table.instruments
        rates = [instruments.rates(policy, self.solver.baseline.border_value) for policy in (case.today, case.threat)]
        given = expanded(case.file, self.solver.baseline.sectors)
        return [
            {
                **asked,
                "label": term.label,
                "by": term.by,
                "today": number(now[1]),
                "today_range": numbers(now[[0, 2]]),
                "threat": number(then[1]),
                "threat_range": numbers(then[[0, 2]]),
            }
            for asked, term, now, then in zip(given, case.table.terms, *rates, strict=True)
        ]

    def red_lines(self, case: OpenTable) -> list[dict[str, Any]]:
        """The red lines with their names."""
        return [
            {
                "label": line.label,
                "region": line.region,
                "sectors": list(line.sectors),
                "measure": line.measure,
                "change": line.change,
            }
            for line in case.floors
        ]

    def score(self, case: OpenTable, values: Sequence[float | None]) -> dict[str, Any]:
        """What an offer brings each side, against today and against the threat, and whether red lines hold.

        A term without a value is left alone: its rates stay exactly what the law of today has.
        """
        given = offered(case.table.instruments, values)
        warm = self.solver.warm(case.start)
        found, _ = warm.levels(case.table.instruments.apply(case.today, given))
        at = [self.solver.baseline.regions.index(code) for code in case.parties]
        welfare = [levels.welfare[at] for levels in (found, case.at_today, case.at_threat)]
        room = exact_slack(case.clauses, _equilibrium(found)) if case.clauses is not None else np.zeros(0)
        scored = Scored.of(case.parties, (welfare[0], welfare[1], welfare[2]), warm.base.income[at], room)
        return {
            "sides": {
                side: {name: number(value) for name, value in worth.items()} for side, worth in scored.sides().items()
            },
            "red_lines": [
                {"holds": bool(holds), "room": number(room, 4)}
                for holds, room in zip(scored.holds, scored.room, strict=True)
            ],
            "data_key": case.rests_on.data_key,
        }

    def negotiation(self, case: OpenTable, job: Job) -> Negotiation:
        """The same table in `detente.talks`, watched by `job`."""
        warm = self.solver.warm(case.start)
        payoff_model = Watched(job, warm, parties_of(case.file, warm), case.today)
        power = {name: party.power for name, party in case.file.parties.items()}
        return Negotiation.open(payoff_model, case.table, case.threat, power=power, clauses=case.floors)

    def _deal(self, name: str, case: OpenTable, job: Job, share: float) -> Deal:
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

    def analyse(self, name: str, case: OpenTable, job: Job) -> dict[str, Any]:
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
            "parties": case.parties,
            "data_key": case.rests_on.data_key,
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

    def suggest(self, name: str, case: OpenTable, values: Sequence[float | None], job: Job) -> list[dict[str, Any]]:
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


def _equilibrium(at: Levels) -> Equilibrium:
    """Levels as `detente.talks` sees an outcome."""
    seen = {name: jnp.asarray(getattr(at, name)) for name in Equilibrium._fields if hasattr(at, name)}
    revenue = at.tariff_revenue + at.export_tax_revenue + at.quota_rents - at.subsidies
    unasked = {"residual": 0.0, "evaluations": 0, "state": 0.0}  # what the solver says of itself
    return Equilibrium(**seen, revenue=jnp.asarray(revenue), sector_income=jnp.asarray(at.value_added), **unasked)  # type: ignore[arg-type]
