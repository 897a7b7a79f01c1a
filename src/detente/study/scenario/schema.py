"""The scenario file: its schema, and the sentence for every way of getting it wrong."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    ValidationError,
    model_validator,
)

from detente.errors import InputError
from detente.rates import LARGEST_RATE, PROHIBITIVE, as_rate
from detente.study.scenario.messages import first_complaint
from detente.study.scenario.written import AsWritten, Codes, Rate, Strict, Year, as_list
from detente.study.scenario.yaml_document import Document, Fields, load
from detente.text import shown

if TYPE_CHECKING:
    from detente.economy import Economy, Result

LONGEST_PATH = 40  # years
CLOSURES = ("fixed", "pooled", "balanced")


def _law(value: Any) -> Any:
    return None if value == "none" else value


def _closure(value: Any) -> Any:
    named = isinstance(value, str) and value in CLOSURES
    if not named and (isinstance(value, (str, bool)) or not isinstance(value, (int, float)) or not 0 <= value <= 1):
        raise ValueError(f"must be {', '.join(CLOSURES)}, or a number from 0 (fixed) to 1 (pooled); it is {value!r}")
    return value


def _wages(value: Any) -> Any:
    named = value in ("flexible", "rigid") if isinstance(value, str) else False
    if not named and (isinstance(value, (str, bool)) or not isinstance(value, (int, float)) or not 0 < value <= 1):
        raise ValueError(
            "must be flexible, rigid, or the part of last year's wages below which none falls, such as 0.98; "
            f"it is {value!r}"
        )
    return value


def _path(value: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{4}", value) or not 0 <= int(value[5:]) - int(value[:4]) < LONGEST_PATH:
        raise ValueError(f"must be a first and a last year, such as 2025-2035, at most {LONGEST_PATH} years")
    return value


class _Flows(Strict):
    """Which trade flows: from `exporter` to `importer` (a code, a list, or `all`), or every pair `between` some regions."""

    importer: Codes | None = None
    exporter: Codes | None = None
    between: Annotated[list[str], Field(min_length=2)] | None = None
    sectors: Codes = Field(["all"], validation_alias=AliasChoices("sectors", "sector"))

    @model_validator(mode="after")
    def _pairs(self) -> _Flows:
        if (self.between is None) == (self.importer is None and self.exporter is None):
            raise ValueError("give either importer and exporter, or between")
        if self.between is None and (self.importer is None or self.exporter is None):
            raise ValueError(f"lacks {'importer' if self.importer is None else 'exporter'} (a region, a list, or all)")
        return self


class _Levied(_Flows):
    """A tax on flows: `rate` sets it, `add` adds percentage points to what is there (fractions: 0.25 is 25 percent)."""

    rate: Rate | None = None
    add: Annotated[float, BeforeValidator(as_rate, json_schema_input_type=AsWritten)] | None = None

    @model_validator(mode="after")
    def _one(self) -> _Levied:
        if (self.rate is None) == (self.add is None):
            raise ValueError("give rate (the new level) or add (on top of what is there), one of them")
        return self


class Tariff(_Levied):
    """An import tariff; `uses` limits it to some use classes of the baseline (for instance intermediate).

    With `except_content_of` the rate is charged only on the value that is not that region's, as the accounts trace it along
    the whole chain: at the baseline, or with the content of the equilibrium that results.
    """

    uses: Codes = Field(default=["all"])
    except_content_of: str | None = None
    content: Literal["baseline", "equilibrium"] = "baseline"


class ExportTax(_Levied):
    """A tax on exports, collected by the exporter."""


class TradeCost(_Flows):
    """A change of iceberg trade costs: -0.03 makes delivery 3 percent cheaper."""

    change: Annotated[float, Field(gt=-1, le=LARGEST_RATE)]


class Subsidy(Strict):
    """A share of unit cost that the producer's government pays."""

    region: Codes
    sectors: Codes = Field(validation_alias=AliasChoices("sectors", "sector"))
    rate: Annotated[float, BeforeValidator(as_rate, json_schema_input_type=AsWritten), Field(ge=0, lt=1)]


Rents = Literal["importer", "exporter"] | Annotated[float, Field(ge=0, le=1)]


def to_exporter(rents: str | float) -> float:
    """Share of the rents of licences that goes to the exporter."""
    return {"importer": 0.0, "exporter": 1.0}[rents] if isinstance(rents, str) else rents


class Quota(_Flows):
    """A tariff-rate quota or import limit on each flow: `in_quota` rate up to the limit, `over_quota` above it.

    The limit is a `share_of_baseline` imports or `limit_musd`, of `volume` (quantity at baseline prices) or `value` at the
    border. `in_quota` not given: the rate at the starting point. `rents`: whose licences they are, or the exporter's share.
    """

    share_of_baseline: Annotated[float, Field(ge=0)] | None = None
    limit_musd: Annotated[float, Field(ge=0)] | None = None
    by: Literal["volume", "value"] = "volume"
    in_quota: Rate | None = None
    over_quota: Rate = PROHIBITIVE
    rents: Rents = "importer"

    @model_validator(mode="after")
    def _limit(self) -> Quota:
        if (self.share_of_baseline is None) == (self.limit_musd is None):
            raise ValueError("give share_of_baseline or limit_musd, one of them")
        if self.in_quota is not None and self.in_quota > self.over_quota:
            raise ValueError(
                f"in_quota {self.in_quota:g} is above over_quota {self.over_quota:g}; a quota's rate rises"
            )
        return self

    @property
    def to_exporter(self) -> float:
        """Share of the rents that goes to the exporter."""
        return to_exporter(self.rents)


class Change(Strict):
    """One change: exactly one instrument, or an edit of the law (`measure`, `action`, `rate`).

    `from` and `until`: first and last year that it is in force, for a path over years. Apart from the path, changes are those
    in force in the last year that the file names.
    """

    tariff: Tariff | None = None
    export_tax: ExportTax | None = None
    trade_cost: TradeCost | None = None
    subsidy: Subsidy | None = None
    quota: Quota | None = None
    measure: str | None = None
    action: Literal["drop", "set"] | None = None
    rate: Rate | None = None
    from_: Year | None = Field(None, validation_alias="from", serialization_alias="from")
    until: Year | None = None

    @model_validator(mode="after")
    def _dates(self) -> Change:
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"ends ({self.until}) before it begins ({self.from_})")
        return self

    @model_validator(mode="after")
    def _one(self) -> Change:
        given = [name for name in KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"gives {' and '.join(given) or 'nothing'}; each change is one of {', '.join(KINDS)}")
        if self.measure is None and (self.action is not None or self.rate is not None):
            raise ValueError("action and rate go with measure")
        if self.measure is not None and (self.action is None or (self.action == "set") != (self.rate is not None)):
            raise ValueError("a measure takes action: drop, or action: set with a rate")
        return self

    def in_force(self, year: int) -> bool:
        """Whether it is in force in a year."""
        return (self.from_ or year) <= year <= (self.until or year)

    @property
    def kind(self) -> str:
        """The instrument that is changed."""
        return next(name for name in KINDS if getattr(self, name) is not None)


KINDS = ("tariff", "export_tax", "trade_cost", "subsidy", "quota", "measure")


class Scenario(Strict):
    """A study: a starting point (baseline, law, horizon, closure) and changes to it.

    `law`: tariffs in force that day are the starting point (`none`: those of the baseline; `latest`: the last day that the
    ledger covers); `law_bound` takes the low or the high end of what is uncertain in them; `law_between` takes them on trade
    between some regions alone, and the baseline's tariffs elsewhere. `rates`: what the law states on the trade of 2024, or what
    is collected (`detente.law.collected`). `ledger`: files of measures on top of ours, which are changes to the law of the day
    (`detente.law.ledger_file`). `against`: what the answer is compared with, that law or the baseline; not given, the law where
    there are changes to it. `closure`: what is assumed of trade deficits, by name or as a number from 0 (fixed) to 1 (pooled).
    `factors`: who earns value added; `demand_elasticity`, `input_elasticity`: of substitution between sectors in final demand
    and between a producer's inputs (1: spending shares stay); `elasticities`: trade elasticities of the baseline and of published
    studies, or those estimated on the trade disputes of 2018 and 2025 (`evidence`, one to two years after duties, hence with
    horizon short; they bring their own elasticities between sectors where none is given); `anchor`: what prices are measured in.
    `path`: 2025-2035 follows the answer over these years.

    Example:
        >>> import detente as dt
        >>> tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.5}
        >>> half = dt.Scenario.from_fields({"title": "half", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]})
        >>> print(half.text)
        title: half
        baseline: toy
        law: none
        changes:
        - tariff:
            importer:
            - AAA
            exporter:
            - BBB
            sectors:
            - goods
            rate: 0.5
        <BLANKLINE>
    """

    title: Annotated[str, Field(min_length=1)]
    baseline: str = "world-2024"
    law: Annotated[
        datetime.date | Literal["latest"] | None, BeforeValidator(_law, json_schema_input_type=str | None)
    ] = "latest"
    law_bound: Literal["low", "central", "high"] = "central"
    law_between: Annotated[list[str], Field(min_length=2)] | None = None
    rates: Literal["statutory", "collected"] = "statutory"
    ledger: Annotated[list[str], BeforeValidator(as_list, json_schema_input_type=str | list[str])] = Field(default=[])
    against: Literal["law", "baseline"] | None = None
    horizon: Literal["short", "medium", "long"] = "long"
    closure: Annotated[str | float, BeforeValidator(_closure, json_schema_input_type=str | float)] = "fixed"
    factors: Literal["labour", "all"] = "labour"
    anchor: Literal["wages", "gdp", "world"] = "wages"
    uses: Literal["one", "two", "buyers"] = "two"
    labour_supply: Annotated[float, Field(ge=0, le=5)] | None = None
    wages: Annotated[str | float, BeforeValidator(_wages)] = "flexible"
    demand_elasticity: Annotated[float, Field(ge=0, le=5)] = 1.0
    input_elasticity: Annotated[float, Field(ge=0, le=5)] = 1.0
    elasticities: Literal["published", "evidence"] = "published"
    trade_elasticities: dict[str, Annotated[float, Field(gt=0)]] = Field(default={})
    changes: list[Change] = Field(default=[])
    path: Annotated[str, AfterValidator(_path)] | None = None
    notes: str = ""

    @model_validator(mode="after")
    def _evidence_is_of_two_years(self) -> Scenario:
        if self.elasticities == "evidence" and (self.horizon != "short" or self.path):
            raise ValueError(
                "elasticities: evidence holds one to two years after duties; give horizon: short and no path"
            )
        return self

    _document: Document | None = None
    _positions: list[int] | None = None  # of the changes in the file, where some are left out

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """Read and validate a scenario file; raises `InputError` naming line, field, what was given and what is allowed."""
        document = load(path)
        if not isinstance(document.data, dict):
            problem = "is empty" if document.data is None else "is not a mapping (name: value)"
            raise document.complain([], f"{problem}; a scenario has at least a title, and as a rule law and changes.")
        try:
            scenario = cls.model_validate(document.data)
        except ValidationError as error:
            raise first_complaint(document, error, cls) from None
        scenario._document = document
        return scenario

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """A scenario from its fields, as a file would have them; raises `InputError` naming the field that is wrong."""
        try:
            return cls.model_validate(dict(fields))
        except ValidationError as error:
            raise first_complaint(Fields(dict(fields)), error, cls) from None

    @classmethod
    def of(cls, given: Scenario | Mapping[str, Any] | str | Path) -> Self:
        """A scenario from whatever holds one: itself, its fields, or its file; raises `InputError`."""
        if isinstance(given, cls):
            return given
        if isinstance(given, Mapping):
            return cls.from_fields(given)
        if isinstance(given, str | Path):
            return cls.from_file(given)
        raise InputError(f"Expected a {cls.__name__}, its fields (a dict) or the path of its file, not {shown(given)}.")

    def answer(self, economy: Economy) -> Result:
        """What its law, changes, quotas and content rules do to an economy; see `Economy.solve`."""
        from detente.study.counterfactual import Counterfactual

        return Counterfactual(self, economy.baseline).answer(economy)

    @property
    def text(self) -> str:
        """The scenario as a file: as it was written or, where it came from Python, as YAML."""
        if self._document is not None:
            return self._document.text
        fields = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        if self.law is None:
            fields["law"] = "none"
        return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)

    def with_path(self, years: str) -> Self:
        """The scenario followed over `years`, such as 2025-2035. Raises `InputError`."""
        try:
            return self.model_copy(update={"path": _path(years)})
        except ValueError as error:
            raise InputError(f"A path {error} (given: {years!r}).") from None

    def with_ledger(self, files: Sequence[str | Path]) -> Self:
        """The scenario with more ledger files, relative to the folder one works in."""
        return self.model_copy(update={"ledger": [*self.ledger, *(str(Path(file).absolute()) for file in files)]})

    def with_evidence(self) -> Self:
        """The scenario with elasticities estimated on past disputes. Raises `InputError` where it is not of the short horizon."""
        if self.horizon != "short" or self.path:
            raise InputError(
                f"Elasticities of the evidence hold one to two years after duties; this is horizon {self.horizon}"
                f"{' with a path' if self.path else ''}. Give horizon: short and no path."
            )
        return self.model_copy(update={"elasticities": "evidence"})

    @property
    def wage_floor(self) -> float | None:
        """The part of the wages before below which none falls; None where they are flexible."""
        return {"flexible": None, "rigid": 1.0}[self.wages] if isinstance(self.wages, str) else float(self.wages)

    @property
    def ledger_files(self) -> list[Path]:
        """Its ledger files; one that the scenario's file names is relative to that file."""
        folder = self._document.path.parent if self._document else Path()
        return [folder / file for file in self.ledger]

    @property
    def last_year(self) -> int | None:
        """The last year that the dates of the changes name; None without dates."""
        named = [year for change in self.changes for year in (change.from_, change.until) if year is not None]
        return max(named, default=None)

    def during(self, year: int) -> Scenario:
        """The scenario with the changes that are in force in a year."""
        positions = [k for k, change in enumerate(self.changes) if change.in_force(year)]
        then = self.model_copy(update={"changes": [self.changes[k] for k in positions]})
        then._positions = positions
        return then

    def _in_file(self, location: list[str | int]) -> list[str | int]:
        if self._positions is not None and len(location) > 1 and location[0] == "changes":
            return ["changes", self._positions[int(location[1])], *location[2:]]
        return location

    def complain(self, location: list[str | int], problem: str) -> InputError:
        """The error for a fault at `location`, with file and line where the scenario came from one."""
        location = self._in_file(location)
        return (self._document or Fields(None)).complain(location, problem)

    def line(self, location: list[str | int]) -> str:
        """Where `location` is, in words."""
        location = self._in_file(location)
        return f"line {self._document.line(location)}" if self._document else f"changes[{location[1]}]"
