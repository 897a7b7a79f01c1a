"""The JSON documents that commands print, as types: what every key holds, from which their published schemas are made.

Percent, million USD (`musd`), thousand jobs (`kjobs`) and fractions (rates, shares), as the end of each key says; null where
there is nothing to report.
"""

from __future__ import annotations

from typing import Any, NotRequired

from pydantic import BaseModel, ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict

from detente.errors import InputError

Number = float | None
#: Outcome or party -> its number.
Numbers = dict[str, Number]
#: Low and high end of a range.
Ends = list[Number]
_whole = with_config(ConfigDict(extra="forbid"))


@_whole
class ProvenanceRecord(TypedDict):
    """What an answer rests on (`detente.study.provenance.Provenance`)."""

    detente: str
    baseline: str
    baseline_sha256: str
    law: str
    ledger_sha256: str
    rates: str
    draws: int
    seed: int
    elasticity_source: str
    closure: str
    horizon: str
    command: str


@_whole
class RangesDocument(TypedDict):
    """The middle share (`level`) of the draws, under the keys of the central values; what drives them; who gains how surely."""

    level: float
    draws: int
    without_equilibrium: int
    reasons: list[str]
    moved_by_last_doubling: Numbers
    elasticities: list[str]
    regions: dict[str, dict[str, Ends]]
    sectors: dict[str, dict[str, dict[str, Ends]]]
    places: dict[str, dict[str, Ends]] | None
    probability_of_gain: dict[str, float]
    variance_shares: dict[str, Numbers]


@_whole
class PathDocument(TypedDict):
    """The years after a change: the rule by which the economy adjusts, and each year."""

    rule: str
    years: dict[int, dict[str, Any]]


@_whole
class RunDocument(TypedDict):
    """What `detente run` says of a scenario: regions, sectors, flows and places against what it is compared with."""

    title: str
    baseline: str
    law: str
    horizon: str
    provenance: ProvenanceRecord
    diagnostics: dict[str, float]
    regions: dict[str, Numbers]
    sectors: dict[str, dict[str, Numbers]]
    grades: dict[str, dict[str, str]]  # how the output of each sector was obtained
    bilateral: dict[str, dict[str, dict[str, Numbers]]]
    terms_of_trade_by_partner_pct: dict[str, Numbers]
    why: dict[str, Any]
    steps: dict[str, dict[str, Numbers]]
    authorities: dict[str, dict[str, dict[str, Any]]]
    duties_over_2024_pct: dict[str, dict[str, dict[str, list[float] | None]]]  # of the law: statutory and collected
    places: dict[str, dict[str, str | Number]] | None
    ranges: RangesDocument | None
    households: dict[str, Any] | None
    energy: dict[str, Any] | None
    path: PathDocument | None
    notes: list[str]
    closure: str | float
    prices: str
    sign_depends_on_closure: dict[str, dict[str, Number]] | None


@_whole
class Rates(TypedDict):
    """Rates in the cells of a term, fractions; the mean is over baseline trade. Of a quota, its limit as a share of trade."""

    lowest: Number
    mean: Number
    highest: Number


@_whole
class WarDocument(TypedDict):
    """A tariff war: tariffs as fractions, welfare against the start, and what the best move alone would bring at most."""

    provenance: NotRequired[ProvenanceRecord]
    tariffs: dict[str, Numbers]
    welfare_pct: Numbers
    best_deviation_gain_pct: dict[str, float]
    searched: str
    at_ceiling: list[str]  # tariffs that the highest one allowed holds back
    consequences: NotRequired[dict[str, Any]]
    diagnostics: dict[str, float]


@_whole
class OptimumDocument(TypedDict):
    """The best tariffs of one government alone, fractions."""

    party: str
    provenance: ProvenanceRecord
    gain_pct: float
    tariffs: dict[str, float]
    at_ceiling: list[str]  # tariffs that the highest one allowed holds back: more than gain_pct may be had above it
    consequences: dict[str, Any]
    diagnostics: dict[str, Any]


@_whole
class ThreatDocument(TypedDict):
    """What happens without an agreement; `standstill`: what it moves beside the terms."""

    name: str
    gain_vs_today_pct: Numbers
    terms: dict[str, Rates]
    standstill: list[str]
    war: NotRequired[WarDocument]


@_whole
class RoundDocument(TypedDict):
    """An offer made, and what it would bring each side."""

    side: str
    values: list[Number]
    note: str
    scores: dict[str, Numbers]
    clauses: list[dict[str, Any]]


@_whole
class TermDocument(TypedDict):
    """A term of the agreement."""

    term: str
    track: str
    by: str
    instrument: str
    range: list[float]
    today: Rates
    value: Number
    agreed: Rates
    years: int


@_whole
class OutcomeDocument(TypedDict):
    """The talks against one threat: the agreement and what stands around it, or why there is none."""

    agreement: bool
    no_agreement: NotRequired[str]
    gains_are: NotRequired[str]
    threat: ThreatDocument
    rounds: list[RoundDocument]
    parties: dict[str, dict[str, Any]]
    terms: list[TermDocument]
    solutions: dict[str, dict[str, Any]]
    ideal_pct: NotRequired[Numbers]
    frontier: dict[str, Any] | None
    concessions: list[dict[str, Any]]
    shadow_prices: list[dict[str, Any]]
    ratification: dict[str, Any]
    linkage: dict[str, Any] | None
    steps: list[dict[str, Any]]
    years: list[dict[str, Any]]
    mutual_gain: dict[str, Any] | None
    advice: dict[str, Any] | None
    draft: dict[str, Any] | None
    acceptance: dict[str, Any] | None
    diagnostics: dict[str, Any]


@_whole
class TalksDocument(OutcomeDocument):
    """What `detente talks` says: the talks against the first threat of the file, and under `against` against each."""

    title: str
    baseline: str
    law: str | None
    horizon: str
    solution: str
    provenance: ProvenanceRecord
    against: dict[str, OutcomeDocument]
    notes: list[str]


def schemas() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every published schema by name: what it describes, and the JSON schema (draft 2020-12)."""
    from detente.study.negotiation.schema import TalksFile
    from detente.study.scenario import Scenario

    files: dict[str, tuple[str, type[BaseModel]]] = {
        "run": ("scenario file of `detente run`", Scenario),
        "talks": ("talks file of `detente talks`", TalksFile),
    }
    documents: dict[str, tuple[str, Any]] = {
        "results": ("document of `detente run --json`, results.json", RunDocument),
        "agreement": ("document of `detente talks --json`, results.json", TalksDocument),
        "war": ("document of `detente war --json`", WarDocument),
        "optimum": ("document of `detente optimum --json`", OptimumDocument),
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    found = {name: (said, head | model.model_json_schema()) for name, (said, model) in files.items()}
    return found | {name: (said, head | TypeAdapter(kind).json_schema()) for name, (said, kind) in documents.items()}


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of a file or document. Raises `InputError` for another name."""
    known = schemas()
    if name not in known:
        said = "; ".join(f"{key}: {what}" for key, (what, _) in known.items())
        raise InputError(f"There is no schema {name!r}; there are {said}.")
    return known[name][1]
