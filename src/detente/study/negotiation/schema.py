"""The talks file: a scenario as the starting point, and on top the parties, the threats, the table and the clauses."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from detente.rates import as_rate
from detente.study.scenario.schema import Rents, Scenario
from detente.study.scenario.written import AsWritten, Codes, Rate, Strict, as_list
from detente.talks.bargaining import Concept
from detente.talks.clauses import Measure
from detente.talks.weights import Spread

Region = Annotated[str, Field(min_length=1)]
Signed = Annotated[float, Field(gt=-1, le=10)]
Weight = Annotated[float, Field(ge=0, le=1000)]
End = Annotated[float, BeforeValidator(as_rate, json_schema_input_type=AsWritten), Field(allow_inf_nan=False)]
Range = Annotated[
    tuple[End, End],
    Field(description="lowest and highest value, fractions"),
]


class Pledge(Strict):
    """A tariff that the government promised: conceding below `rate` costs `cost` percent of real income for each
    point."""

    exporter: Region
    sectors: Codes
    rate: Rate
    cost: Weight


class Election(Strict):
    """A day on which a government may lose office: `chance_of_staying`, from 0 to 1, and the `years` until then."""

    years: Annotated[float, Field(gt=0, le=50)]
    chance_of_staying: Annotated[float, Field(gt=0, le=1)]


class PartyFile(Strict):
    """A government at the table: bargaining power and, beside real income, what else it wants (see
    `detente.talks.Party`). A customs union (`EU`) is one party; `members`: weights of a dollar in each of its members.
    `discount_rate` a year (fraction) and an `election` say how impatient it is; where all parties give one, bargaining power
    follows from them in the place of `power`.
    """

    power: Weight = 1.0
    sector_weights: dict[str, Weight] = Field(default_factory=dict)
    revenue_weight: Weight = 1.0
    jobs: dict[str, Annotated[float, Field(ge=-1000, le=1000)]] = Field(default_factory=dict)
    jobs_in_places: dict[str, Annotated[float, Field(ge=-1000, le=1000)]] = Field(default_factory=dict)
    pledges: list[Pledge] = Field(default_factory=list)
    members: dict[str, Weight] = Field(default_factory=dict)
    discount_rate: Annotated[float, Field(gt=0, le=10)] | None = None
    election: Election | None = None


class WarThreat(Strict):
    """A tariff war: each government's best tariffs up to `ceiling`, on what is on the table and on the `sectors` named.

    Of the table it arms the tariffs that are terms, no others; `sectors` are armed by every party against every other, and a
    deal that keeps them as they are lists them as its standstill. No tariff falls below today's unless `below_today`: a war
    does not begin with a cut.
    """

    ceiling: Rate = 1.0
    sectors: Codes = Field(default_factory=list)
    below_today: bool = False


class Threat(Strict):
    """What happens without an agreement: exactly one of `status_quo: true`, `war: {...}`, `terms: true` or `scenario: FILE`.

    `terms`: each term at its own `threat`, those without one as today. `label` tells two threats of one kind apart.
    """

    label: str | None = None
    status_quo: Literal[True] | None = None
    war: WarThreat | None = None
    terms: Literal[True] | None = None
    scenario: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return {"status_quo": {"status_quo": True}, "war": {"war": {}}, "terms": {"terms": True}}.get(str(value), value)

    @model_validator(mode="after")
    def _one(self) -> Threat:
        if sum(part is not None for part in (self.status_quo, self.war, self.terms, self.scenario)) != 1:
            raise ValueError("give one of status_quo, war, terms, or scenario: FILE")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A threat may be written as its one word."""
        return {"anyOf": [{"enum": ["status_quo", "war", "terms"]}, handler(core)]}

    @property
    def name(self) -> str:
        """The threat in words."""
        if self.label:
            return self.label
        if self.terms:
            return "terms without agreement"
        return "status quo" if self.status_quo else "war" if self.war else f"scenario {self.scenario}"


class _Ranged(Strict):
    sectors: Codes
    range: Range

    @model_validator(mode="after")
    def _ordered(self) -> _Ranged:
        if self.range[0] > self.range[1]:
            raise ValueError(f"range [{self.range[0]:g}, {self.range[1]:g}] is upside down; give the lower end first")
        return self


class _Between(_Ranged):
    importer: Region
    exporter: Region

    @property
    def regions(self) -> list[str]:
        """Who charges, then on whom."""
        return [self.importer, self.exporter]


class ExportTaxRange(_Between):
    """An export tax, as a fraction of the basic price."""

    @property
    def regions(self) -> list[str]:
        """Who charges, then on whom."""
        return [self.exporter, self.importer]


class TradeCostRange(_Ranged):
    """Cooperation: change of trade costs both ways between regions (-0.02: 2 percent cheaper)."""

    between: Annotated[list[str], Field(min_length=2)]

    @model_validator(mode="after")
    def _different(self) -> TradeCostRange:
        if repeated := {region for region in self.between if self.between.count(region) > 1}:
            raise ValueError(f"between names {min(repeated)} twice; trade costs are between different regions")
        return self

    @property
    def regions(self) -> list[str]:
        """All of them."""
        return self.between


class SubsidyRange(_Ranged):
    """An output subsidy, as a share of unit cost."""

    region: Region

    @property
    def regions(self) -> list[str]:
        """Who pays."""
        return [self.region]


class QuotaRange(_Between):
    """A tariff-rate quota: the limit, a share of baseline imports of each sector, is what is agreed (0: no quota).

    `in_quota` is charged up to the limit, `over_quota` (default: the rate in force) above it. `by`: `volume` at baseline
    prices or `value` at the border. `rents`: whose the licences are, importer, exporter, or the exporter's share.
    """

    in_quota: Rate = 0.0
    over_quota: Rate | None = None
    by: Literal["volume", "value"] = "volume"
    rents: Rents = "importer"

    @model_validator(mode="after")
    def _rises(self) -> QuotaRange:
        if self.range[0] < 0:
            raise ValueError("a limit is a share of baseline imports and cannot be negative")
        if self.over_quota is not None and self.in_quota > self.over_quota:
            raise ValueError(
                f"in_quota {self.in_quota:g} is above over_quota {self.over_quota:g}; a quota's rate rises"
            )
        return self


KINDS = ("tariff", "tariff_cut", "export_tax", "trade_cost", "subsidy", "quota")


class TermFile(Strict):
    """One line of the table: a `track`, one instrument with its range, and over how many `years` it is phased in.

    `tariff` is a rate; `tariff_cut` the share of today's rates that goes (0 to 1). `each_sector` makes a term of
    each sector. `threat`: its value without an agreement, where the file says `threats: terms`. `draft`: the value that a draft
    agreement gives it.
    """

    track: Annotated[str, Field(min_length=1)]
    label: str | None = None
    years: Annotated[int, Field(ge=0, le=30)] = 0
    each_sector: bool = False
    draft: Annotated[float, Field(allow_inf_nan=False)] | None = None
    threat: End | None = None
    tariff: _Between | None = None
    tariff_cut: _Between | None = None
    export_tax: ExportTaxRange | None = None
    trade_cost: TradeCostRange | None = None
    subsidy: SubsidyRange | None = None
    quota: QuotaRange | None = None

    @model_validator(mode="after")
    def _one(self) -> TermFile:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"gives {' and '.join(given) or 'no instrument'}; each term has one of {', '.join(KINDS)}")
        low, high = getattr(self, given[0]).range
        if self.draft is not None and not low <= self.draft <= high:
            raise ValueError(
                f"draft {self.draft:g} is outside the range from {low:g} to {high:g}; widen it or correct the draft"
            )
        if given[0] == "tariff_cut" and not 0 <= low <= high <= 1:
            raise ValueError("a cut runs from 0 (today's rate) to 1 (nothing left)")
        if given[0] in ("tariff", "export_tax", "subsidy") and low < 0:
            raise ValueError("a rate cannot be negative")
        if given[0] == "trade_cost" and low <= -1:
            raise ValueError("trade costs cannot fall by everything")
        return self

    @property
    def kind(self) -> str:
        """The instrument."""
        return next(name for name in KINDS if getattr(self, name) is not None)


class OfferFile(Strict):
    """An offer that `side` has made: a value for each term (null: left as it is today), and a `note`."""

    side: Region
    values: Annotated[list[End | None], Field(min_length=1)]
    note: str = ""


class FloorFile(Strict):
    """A red line: `measure` of `sectors` in `region` may change by no less than `change` (-0.02: minus 2 percent)."""

    region: Region
    sectors: Codes
    change: Signed
    measure: Measure = "income"
    reference: Literal["today", "threat"] = "today"


class RatificationFile(Strict):
    """A majority at home of `sectors`, or of the `states` of the USA, the `provinces` of Canada (`places`: of either).

    Sectors have one vote each, `workers` are sectors with as many votes as workers. Places have their workers' votes, or with
    `votes: equal` one each. `members` are those of a customs union, one vote a state.
    """

    region: Region
    by: Literal["sectors", "workers", "places", "states", "provinces", "members"]
    votes: Literal["workers", "equal"] | None = None
    threshold: Annotated[float, Field(gt=0, le=1)] = 0.5
    measure: Measure = "income"
    reference: Literal["today", "threat"] = "threat"

    @model_validator(mode="after")
    def _votes(self) -> RatificationFile:
        if self.votes is not None and self.by in ("sectors", "workers", "members"):
            raise ValueError(
                "votes goes with by: states, provinces or places; sectors have one each, workers their number"
            )
        return self


class ClauseFile(Strict):
    """One clause: a `floor` or a `ratification`."""

    label: str | None = None
    floor: FloorFile | None = None
    ratification: RatificationFile | None = None

    @model_validator(mode="after")
    def _one(self) -> ClauseFile:
        if (self.floor is None) == (self.ratification is None):
            raise ValueError("give floor or ratification, one of them")
        return self


class AcceptanceFile(Strict):
    """What is not known of the side `of`: the range of its `weights` by sector (a dollar earned there counts with that weight).

    `spread`: `uniform` anywhere in a range, or `normal`, where the range holds the middle 90 percent (an inferred weight and
    its error). `by`: who makes the offers, where there are more than two parties. `noise`: percent of payoff by which its
    answers scatter.
    """

    of: Region
    by: Region | None = None
    weights: Annotated[dict[str, tuple[Weight, Weight]], Field(min_length=1)]
    spread: Spread = "uniform"
    noise: Annotated[float, Field(ge=0, le=10)] = 0.0
    draws: Annotated[int, Field(ge=10, le=10_000)] = 200

    @model_validator(mode="after")
    def _ordered(self) -> AcceptanceFile:
        for sector, (low, high) in self.weights.items():
            if low > high:
                raise ValueError(f"weights of {sector} [{low:g}, {high:g}] are upside down; give the lower end first")
        return self


Threats = Annotated[
    list[Threat],
    BeforeValidator(
        lambda v: v if isinstance(v, list) else as_list(v),
        json_schema_input_type=Literal["status_quo", "war", "terms"] | list[Threat],
    ),
    Field(min_length=1),
]


class TalksFile(Scenario):
    """A negotiation: the starting point is a scenario (its law and changes are `today`), the rest is who wants what.

    `rounds`: the offers made so far, in their order, which are scored against every threat.
    """

    parties: Annotated[dict[str, PartyFile], Field(min_length=2)]
    threats: Threats = Field(default_factory=lambda: [Threat(status_quo=True)])
    terms: Annotated[list[TermFile], Field(min_length=1)]
    clauses: list[ClauseFile] = Field(default_factory=list)
    rounds: list[OfferFile] = Field(default_factory=list)
    solution: Concept = "nash"
    frontier_points: Annotated[int, Field(ge=2, le=60)] = 9
    acceptance: AcceptanceFile | None = None

    @model_validator(mode="after")
    def _told_apart(self) -> TalksFile:
        names = [threat.name for threat in self.threats]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two threats are called {min(repeated)!r}; keep one, or give each its own label")
        if not any(party.power > 0 for party in self.parties.values()):
            raise ValueError("every party has power 0; give at least one a positive power")
        patient = [name for name, party in self.parties.items() if party.discount_rate is not None]
        if patient and len(patient) < len(self.parties):
            missing = next(name for name in self.parties if name not in patient)
            raise ValueError(f"{missing} has no discount_rate; give one to every party, or to none")
        if patient and any(party.power != 1 for party in self.parties.values()):
            raise ValueError("power follows from discount_rate where it is given; keep one of the two")
        return self

    @model_validator(mode="after")
    def _at_the_table(self) -> TalksFile:
        if absent := [offer.side for offer in self.rounds if offer.side not in self.parties]:
            raise ValueError(f"rounds: {absent[0]} is not a party; the parties are {', '.join(self.parties)}")
        named = any(term.threat is not None for term in self.terms)
        if named != any(threat.terms for threat in self.threats):
            raise ValueError("threats: terms and the threat of a term go together; give both or neither")
        return self

    @model_validator(mode="after")
    def _who_answers(self) -> TalksFile:
        if (asked := self.acceptance) is None:
            return self
        for side in (asked.of, asked.by):
            if side is not None and side not in self.parties:
                raise ValueError(f"acceptance: {side} is not a party; the parties are {', '.join(self.parties)}")
        if asked.by == asked.of:
            raise ValueError(f"acceptance: {asked.of} cannot make the offer and answer it; give another party as by")
        if asked.by is None and len(self.parties) > 2:
            raise ValueError("acceptance: with more than two parties say who makes the offers, by: PARTY")
        return self

    @model_validator(mode="after")
    def _no_path(self) -> TalksFile:
        if self.path is not None:
            raise ValueError(
                "path is for a scenario: talks are settled at one horizon; take it out, or give it to detente run"
            )
        return self
