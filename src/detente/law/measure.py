"""A measure: one dated legal act, as a validated record of the ledger."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from detente.yaml_text import doubtful

Status = Literal["in_force", "ended", "scheduled", "announced_not_in_force"]
Kind = Literal["duty", "trq", "adcvd", "ban", "exemption", "termination", "non_tariff"]
RateType = Literal["additive", "floor"]

#: What a rate may be charged on. Shares of customs value, from the facts of the consignment.
Base = Literal[
    "value",
    "steel_content",
    "aluminum_content",
    "copper_content",
    "non_us_content",
    "us_content_over_40",
    "non_canada_mexico_content",
]


class Record(BaseModel):
    """Base of ledger records: immutable, every field known, and no number or day that two readers take for two."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _one_meaning(cls, given: Any, info: ValidationInfo) -> Any:
        kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
        if float in kinds and isinstance(given, str) and doubtful(given):
            raise ValueError("write the number in decimal digits, without a leading zero")
        if date in kinds and given is not None and not _is_day(given):
            raise ValueError("write a day such as 2025-03-12")
        return given


def _kinds(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) or (annotation,)


def _is_day(given: Any) -> bool:
    return isinstance(given, date) or bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(given), re.ASCII))


class Dated(Record):
    """Something in force between two days, both inclusive; an open end is no limit."""

    begins: date | None = Field(None, alias="from")
    until: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether `day` lies between the two dates, both inclusive."""
        return (self.begins is None or self.begins <= day) and (self.until is None or day <= self.until)


def plain_code(code: Any) -> Any:
    """A prefix of a tariff code as the engine compares it, digits alone; what is no such prefix is left as it is."""
    word = str(code).strip().replace(".", "").replace(" ", "") if isinstance(code, (str, int)) else ""
    return word if word.isdigit() and not isinstance(code, bool) else code


class Products(Record):
    """Which goods: lists of the ledger and HS prefixes, or everything, less exceptions. Nothing is held: no good."""

    everything: bool = False
    lists: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    except_lists: tuple[str, ...] = ()
    except_prefixes: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        return {"all": {"everything": True}, "not_held": {}}.get(given, given) if isinstance(given, str) else given

    @field_validator("prefixes", "except_prefixes", mode="before")
    @classmethod
    def _codes(cls, given: Any) -> Any:
        return tuple(plain_code(code) for code in given) if isinstance(given, (list, tuple)) else given


class Below(Record):
    """Condition on a share: it is below this value."""

    below: float = Field(ge=0, le=1)


class Relief(Dated):
    """What changes when the importer's facts meet `when`: the good is outside, or pays another rate, or on another base.

    An empty `when` always holds: relief that turns on the exporter or the product alone.

    With `effect` ``outside`` the measure leaves the good to others; otherwise it takes the good and charges `rate_pct`
    (empty: the measure's own) on `base` (empty: the measure's own). `of` names the measures that an
    exemption record relieves.
    """

    when: dict[str, bool | Below]
    effect: Literal["outside", "charge"] = "charge"
    rate_pct: float | None = Field(None, ge=0)
    type: RateType | None = None
    base: Base | None = None
    products: Products | None = None
    exporters: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    reason: str = Field(min_length=5)


class PartnerRate(Dated):
    """A rate, percent, that some exporters pay instead."""

    exporters: tuple[str, ...] = Field(min_length=1)
    rate_pct: float = Field(ge=0)
    type: RateType = "additive"
    reason: str = Field(min_length=5)


class DatedRate(Dated):
    """One value in the history of a rate, percent, with the act that set it."""

    begins: date = Field(alias="from")
    rate_pct: float = Field(ge=0, le=1000)
    source: str = Field(min_length=5)


class Charge(Record):
    """A rate on a set of goods: percent of `base`, or ``list`` where the product list carries the rates.

    `rates` is the history of the rate: the latest value in force holds, and before the first of them `rate_pct`.
    `type` ``floor`` tops the ordinary duty up to the rate. `proxy` says in what respect the product list stands for
    one that is not held; `assumed` makes membership an open question, answered ``in`` or ``out`` by default.
    """

    products: Products
    rate_pct: float | Literal["list"] = 0.0
    rates: tuple[DatedRate, ...] = ()
    type: RateType = "additive"
    base: Base = "value"
    partners: tuple[PartnerRate, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    proxy: str | None = None
    assumed: Literal["in", "out"] | None = None

    @field_validator("rate_pct")
    @classmethod
    def _percent(cls, rate: float | str) -> float | str:
        if not isinstance(rate, str) and not 0 <= rate <= 1000:
            raise ValueError(f"a rate is a percentage between 0 and 1000, not {rate}")
        return rate

    def rate_on(self, day: date) -> float | Literal["list"]:
        """The rate of a day, percent, or ``list``."""
        valid = [value for value in self.rates if value.in_force(day)]
        return max(valid, key=lambda value: value.begins).rate_pct if valid else self.rate_pct


class Yield(Dated):
    """What a measure gives way to, and from when: to measures or families, wholly or for the part they charge.

    ``whole``: the measure does not apply to a good that the other takes. ``remainder``: it applies to the share of
    value that the other leaves. `disputed` says that authorities read the text differently, and how.
    """

    to: tuple[str, ...] = Field(min_length=1)
    how: Literal["whole", "remainder"]
    disputed: str | None = None
    source: str | None = None


class Measure(Dated):
    """One dated legal act: who imposes what on whom, on which goods, at what rate, and what it yields to.

    `adds_to` names acts of its own family on top of which it is charged; see `ledger_file` for what happens otherwise.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    imposing: str = Field(pattern=r"^(EU|[A-Z]{3})$")
    affected: tuple[str, ...] = Field(min_length=1)
    except_: tuple[str, ...] = Field((), alias="except")
    authority: str
    family: str | None = None
    instrument: str
    scope: str
    kind: Kind
    charges: tuple[Charge, ...] = ()
    products: Products | None = None
    reliefs: tuple[Relief, ...] = ()
    ends: tuple[str, ...] = ()
    quota_share_of_2024: float | None = Field(None, ge=0)
    begins: date = Field(alias="from")
    status: Status
    yields_to: tuple[Yield, ...] = ()
    adds_to: tuple[str, ...] = ()
    reason: str | None = None
    source: str = Field(min_length=5)
    confidence: Literal["verified", "single-source", "remembered"]
    date_confidence: Literal["verified", "single-source", "remembered"] = "verified"
    warning: str | None = None
    notes: str | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Measure:
        if self.until is not None and self.until < self.begins:
            raise ValueError(f"ends on {self.until}, before it begins on {self.begins}")
        if self.kind in ("duty", "trq", "adcvd", "ban") and not self.charges:
            raise ValueError(f"a {self.kind} needs `charges`")
        if self.kind in ("exemption", "termination", "non_tariff") and self.charges:
            raise ValueError(f"a record of kind {self.kind} has no `charges`")
        return self

    @property
    def levies(self) -> bool:
        """Whether the record can charge or prohibit at all, now or ever: announced acts never do."""
        return bool(self.charges) and self.status != "announced_not_in_force"
