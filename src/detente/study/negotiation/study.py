"""Run a talks file: starting point, threats, agreements, and everything that is said about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.economy import Economy, Policy
from detente.errors import InputError, SolveError
from detente.study.counterfactual import Counterfactual
from detente.study.documents import TalksDocument
from detente.study.negotiation.acceptance import asked, check_sectors
from detente.study.negotiation.advice import Advice, Closures, advise
from detente.study.negotiation.document import document
from detente.study.negotiation.draft import Draft, drafted
from detente.study.negotiation.draws import MutualGain, mutual_gain
from detente.study.negotiation.offers import Scored, score
from detente.study.negotiation.schema import TalksFile, Threat
from detente.study.negotiation.table import (
    clauses_of,
    parties_of,
    power_of,
    table_of,
    threat_of_terms,
    war_instruments,
)
from detente.study.provenance import Provenance
from detente.study.scenario import Scenario
from detente.talks.acceptance import Acceptance
from detente.talks.bargaining import Agreement, Deal, Negotiation, NoAgreementError, deal
from detente.talks.clauses import Ratification
from detente.talks.frontier import Frontier, frontier
from detente.talks.linkage import MOST_TRACKS, Linkage, linkage, tracks_of
from detente.talks.partial_deals import PartialDeal, PhaseYear, partial_deals, staging
from detente.talks.payoff_model import PayoffModel
from detente.talks.ratification import without_rules
from detente.talks.table import Table
from detente.talks.valuation import Concession, ShadowPrice, concessions, shadow_prices
from detente.talks.war import War, war

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

#: Who draws and writes folders, by name: it stands to the right and is found when it is asked.
FIGURES = "detente.report.talks_figure"
Progress = Callable[[str, float], None]

#: Parts of the work on one threat, and how long each takes, as shares of the whole.
PARTS = {
    "without agreement": 0.08,
    "agreements": 0.17,
    "ratification": 0.15,
    "frontier": 0.12,
    "worth of each term": 0.03,
    "limits": 0.15,
    "tracks": 0.2,
    "whether it holds": 0.06,
    "next steps": 0.04,
}


@dataclass(frozen=True)
class Outcome:
    """What came of the talks against one threat: the deal and what surrounds it, or why there is none.

    `without_rules`: the deal if nobody at home had to ratify it; None where there is none either. `offers`: what the rounds
    of the file bring, in their order.
    """

    threat: str
    negotiation: Negotiation
    war: War | None = None
    deal: Deal | None = None
    no_agreement: str = ""
    without_rules: Deal | None = None
    frontier: Frontier | None = None
    concessions: list[Concession] = field(default_factory=list)
    shadow_prices: list[ShadowPrice] = field(default_factory=list)
    linkage: Linkage | None = None
    steps: list[PartialDeal] = field(default_factory=list)
    years: list[PhaseYear] = field(default_factory=list)
    mutual_gain: MutualGain | None = None
    advice: Advice | None = None
    draft: Draft | None = None
    acceptance: Acceptance | None = None
    offers: list[Scored] = field(default_factory=list)

    @property
    def rules(self) -> list[Ratification]:
        """The ratification rules, in the order of the file."""
        return [clause for clause in self.negotiation.clauses if isinstance(clause, Ratification)]

    def agreement(self, concept: str) -> Agreement:
        """The agreement of a solution concept."""
        assert self.deal is not None
        return self.deal.agreements[concept]


@dataclass(frozen=True, repr=False)
class TalksStudy:
    """A talks file and one `Outcome` for each of its threats; `draws` behind its probabilities, `command` that repeats it.

    Example:
        >>> import detente as dt
        >>> goods = {"sectors": ["goods"], "range": [0, 0.2]}
        >>> terms = [
        ...     {"track": "goods", "tariff": {"importer": "AAA", "exporter": "BBB", **goods}},
        ...     {"track": "goods", "tariff": {"importer": "BBB", "exporter": "AAA", **goods}},
        ... ]
        >>> table = {"title": "table", "baseline": "toy", "law": "none", "parties": {"AAA": {}, "BBB": {}}, "terms": terms}
        >>> dt.talks(table)
        <TalksStudy table: AAA, BBB; against status quo: an agreement>
    """

    start: Counterfactual
    economy: Economy
    payoff_model: PayoffModel
    outcomes: list[Outcome]
    notes: list[str]
    seconds: float
    draws: int = 0
    command: str = ""

    @property
    def file(self) -> TalksFile:
        """The talks file."""
        assert isinstance(self.start.scenario, TalksFile)
        return self.start.scenario

    @property
    def provenance(self) -> Provenance:
        """What it rests on, and the command that repeats it."""
        return Provenance.of(self.start, draws=self.draws, command=self.command)

    def outcome(self, threat: str | None = None) -> Outcome:
        """What came of the talks against a threat, by name (default: the first); raises `InputError` naming them."""
        names = [one.threat for one in self.outcomes]
        if threat is not None and threat not in names:
            raise InputError(f"Unknown threat {threat!r}; the threats of these talks are {', '.join(names)}.")
        return self.outcomes[0 if threat is None else names.index(threat)]

    def agreement(self, concept: str | None = None, *, threat: str | None = None) -> Agreement:
        """The agreement of a solution concept (default: that of the file) against a threat (default: the first).

        Raises `NoAgreementError`, a `SolveError` with the reason, where there is none, and `InputError` for unknown names.
        """
        outcome, concept = self.outcome(threat), concept or self.file.solution
        if outcome.deal is None:
            raise SolveError(outcome.no_agreement)
        if concept not in outcome.deal.agreements:
            raise InputError(f"Unknown solution {concept!r}; choose one of {', '.join(outcome.deal.agreements)}.")
        return outcome.deal.agreements[concept]

    def to_frame(self) -> pd.DataFrame:
        """A row for each threat, solution and party: gains against threat and today, percent; empty without agreements."""
        import pandas as pd

        found = {
            (one.threat, name): a.gains()
            for one in self.outcomes
            if one.deal
            for name, a in one.deal.agreements.items()
        }
        return (
            pd.concat(found, names=["threat", "solution"]) if found else pd.DataFrame(columns=["vs_threat", "vs_today"])
        )

    def to_json(self) -> TalksDocument:
        """The document of `detente talks --json`."""
        return document(self)

    def plot(self, threat: str | None = None) -> alt.LayerChart:
        """The frontier of two parties with the solutions on it; raises `InputError` where there is none."""
        chart: alt.LayerChart = import_module(FIGURES).frontier_chart(self.outcome(threat))
        return chart

    def save(self, folder: str | Path) -> None:
        """Write results.json and the figures, as ``detente talks --out`` does; raises `InputError` where it cannot be written."""
        import_module(FIGURES).write_figures(self, Path(folder), self.to_json())

    def __repr__(self) -> str:
        found = [f"{one.threat}: {'an agreement' if one.deal else 'no agreement'}" for one in self.outcomes]
        return f"<TalksStudy {self.file.title}: {', '.join(self.file.parties)}; against {'; '.join(found)}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, then what each party gains by threat and solution, percent."""
        return f"<p>{escape(repr(self))}</p>{self.to_frame().round(4).to_html()}"


def run_talks(
    source: TalksFile | Mapping[str, Any] | str | Path, progress: Progress = lambda step, share: None, *, draws: int = 0
) -> TalksStudy:
    """Settle the talks of a file (or of its fields) against each of its threats; with `draws`, say how sure each agreement is.

    `progress` is told what is being done and how much of the whole is behind, from 0 to 1. Raises `InputError` for what the
    file asks, `SolveError` when a war finds no equilibrium. A table without an agreement is an answer: the outcome says so.
    """
    file = TalksFile.of(source)
    began = time.perf_counter()
    start = Counterfactual.of(file)
    economy = start.economy()
    check_sectors(file, economy)
    payoff_model = PayoffModel(economy, parties_of(file, economy), start.charged(economy))
    table, clauses = table_of(file, economy, payoff_model.today), clauses_of(file, economy)
    power, closures = power_of(file), Closures(payoff_model)
    outcomes = []
    for k, threat in enumerate(file.threats):

        def told(part: str, threat: Threat = threat, k: int = k) -> None:
            behind = sum(list(PARTS.values())[: list(PARTS).index(part)])
            progress(f"against the {threat.name}: {part}", (k + behind) / len(file.threats))

        told("without agreement")
        fought, policy = _without_agreement(file, threat, payoff_model, table)
        negotiation = Negotiation.open(payoff_model, table, policy, power=power, clauses=clauses)
        offers = [score(negotiation, offer.values) for offer in file.rounds]
        outcomes.append(replace(_settle(file, threat.name, negotiation, fought, closures, told), offers=offers))
    if draws:
        outcomes = _with_probabilities(file, payoff_model, outcomes, draws, progress)
    return TalksStudy(start, economy, payoff_model, outcomes, start.notes, time.perf_counter() - began, draws)


def _with_probabilities(
    file: TalksFile, payoff_model: PayoffModel, outcomes: list[Outcome], draws: int, progress: Progress
) -> list[Outcome]:
    """The outcomes, each agreement with what draws of the uncertain parameters say of it."""
    economy, concept = payoff_model.economy, file.solution
    assert isinstance(economy, Economy)
    settled = {
        one.threat: (one.negotiation.threat.policy, one.agreement(concept).policy) for one in outcomes if one.deal
    }
    if not settled:
        return outcomes
    found = mutual_gain(
        payoff_model,
        settled,
        Counterfactual(file, economy.baseline).sample(draws, hold_law=True),
        lambda done, count: progress(f"draws of what is uncertain: {done} of {count}", done / count),
    )
    return [replace(one, mutual_gain=found.get(one.threat)) for one in outcomes]


def _without_agreement(
    file: TalksFile, threat: Threat, payoff_model: PayoffModel, table: Table
) -> tuple[War | None, Policy]:
    economy = payoff_model.economy
    assert isinstance(economy, Economy)
    if threat.war is not None:
        fought = war(payoff_model, war_instruments(file, economy, payoff_model.today, table, threat.war))
        return fought, fought.policy
    if threat.terms is not None:
        return None, threat_of_terms(file, economy, table, payoff_model.today)
    if threat.scenario is not None:
        folder = file._document.path.parent if file._document else Path()
        other = Scenario.from_file(folder / threat.scenario)
        return None, Counterfactual(other, economy.baseline).charged(economy)
    return None, payoff_model.today


def _settle(
    file: TalksFile,
    threat: str,
    negotiation: Negotiation,
    fought: War | None,
    closures: Closures,
    told: Callable[[str], None],
) -> Outcome:
    told("agreements")
    try:
        settled = deal(negotiation)
    except NoAgreementError as error:
        free = without_rules(negotiation, None)
        draft = drafted(negotiation, None, file.solution)
        return Outcome(
            threat,
            negotiation,
            fought,
            no_agreement=str(error),
            without_rules=free,
            draft=draft,
            acceptance=asked(file, negotiation, None),
        )
    concept = file.solution
    agreement = settled.agreements[concept]
    told("ratification")
    free = without_rules(negotiation, settled)
    told("frontier")
    edge = frontier(settled, points=file.frontier_points) if len(negotiation.payoff_model.names) == 2 else None
    told("worth of each term")
    worth = concessions(negotiation, agreement)
    told("limits")
    prices = shadow_prices(settled, concept)
    told("tracks")
    tracks = len(tracks_of(negotiation))
    links = linkage(settled, concept) if 1 < tracks <= MOST_TRACKS else None
    told("whether it holds")
    advice = advise(settled, concept, closures)
    draft, accepted = drafted(negotiation, settled, concept), asked(file, negotiation, agreement)
    told("next steps")
    return Outcome(
        threat,
        negotiation,
        fought,
        settled,
        without_rules=free,
        frontier=edge,
        concessions=worth,
        shadow_prices=prices,
        linkage=links,
        advice=advice,
        draft=draft,
        acceptance=accepted,
        steps=partial_deals(negotiation, agreement),
        years=staging(negotiation, agreement) if any(term.years for term in negotiation.table.terms) else [],
    )
