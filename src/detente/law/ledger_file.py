"""A ledger file: the measures, rates, lists, facts and country groups that a user adds to the ledger.

A file is a list of measures, or a mapping with any of `measures`, `rates`, `lists`, `facts` and `groups`. A record with an
id of ours replaces ours; an act of a known family takes its place in it, and no other record has to be written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from detente import yaml_text
from detente.errors import InputError
from detente.law.measure import DatedRate, Measure, Record, plain_code
from detente.text import named
from detente.text import shown as quoted


class RateChange(DatedRate):
    """A new value in the history of a rate: of a whole measure, of one of its charges, or for some exporters."""

    measure: str
    charge: int | None = Field(None, ge=1)
    exporters: tuple[str, ...] = ()


class ListRow(Record):
    """A prefix on a product list, with a rate and days of its own where the list carries them."""

    prefix: str
    rate_pct: float | None = Field(None, ge=0, le=1000)
    begins: date | None = Field(None, alias="from")
    until: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"prefix": given} if isinstance(given, (str, int)) else given

    @field_validator("prefix", mode="before")
    @classmethod
    def _code(cls, given: Any) -> Any:
        code = plain_code(given)
        if not (isinstance(code, str) and code.isdigit() and 2 <= len(code) <= 10):
            raise ValueError(f"{quoted(given)} is not the beginning of a tariff code: give 2 to 10 digits")
        return code


class Share(Record):
    """The share of actual trade for which a fact holds, at the low, the central and the high rate."""

    low: float = Field(ge=0, le=1)
    central: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


class NewFact(Record):
    """A fact that importers may claim, as in ``facts.yaml``; `in_trade` is how often it holds in actual trade."""

    kind: Literal["flag", "share"] = "flag"
    default: float = Field(0.0, ge=0, le=1)
    meaning: str = Field(min_length=5)
    relevant_days: int | None = Field(None, ge=1)
    in_trade: Share | None = None


class LedgerFile(Record):
    """What a ledger file holds, validated."""

    measures: tuple[Measure, ...] = ()
    rates: tuple[RateChange, ...] = ()
    lists: dict[str, tuple[ListRow, ...]] = Field(default_factory=dict)
    facts: dict[str, NewFact] = Field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def read_ledger_file(text: str, file: str, *, covered_until: date) -> LedgerFile:
    """The content of a user's file, validated; what a record leaves out and its dates tell is filled in.

    Raises `InputError` naming `file`, the record and the field.
    """
    data = yaml_text.read(text, file, numbers=False)
    if isinstance(data, list):
        data = {"measures": data}
    if not isinstance(data, dict):
        raise InputError(
            f"{file}: expected a list of measures, each starting with `- id:`, or a mapping with "
            f"{', '.join(LedgerFile.model_fields)}."
        )
    if isinstance(data.get("measures"), list):
        data = {**data, "measures": [_filled(record, covered_until) for record in data["measures"]]}
    return _validated(LedgerFile, data, file)


def read_measures(text: str, file: str) -> list[Measure]:
    """The measures of one YAML text, every field given. Raises `InputError` naming `file`, the record and the field."""
    records = yaml_text.read(text, file, numbers=False)
    if not isinstance(records, list):
        raise InputError(f"{file}: expected a list of measures, each starting with `- id:`.")
    return list(_validated(LedgerFile, {"measures": records}, file).measures)


def _filled(record: Any, covered_until: date) -> Any:
    """A user's record with the fields that need not be said: kind, status by the dates, confidence, instrument, scope."""
    if not isinstance(record, dict):
        return record
    begins, until = (str(record.get(key) or "") for key in ("from", "until"))
    status = "ended" if until and until <= str(covered_until) else "in_force"
    status = "scheduled" if begins > str(covered_until) else status
    said = {key: value for key, value in record.items() if value is not None}
    source = said.get("source", "")
    filled = {"kind": "duty", "status": status, "confidence": "single-source", "instrument": source, "scope": source}
    return {**filled, **said}


def _validated(model: type[LedgerFile], data: Mapping[str, Any], file: str) -> LedgerFile:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InputError(f"{file}: {_sentence(error, data)}") from None


#: What validation calls a shape -> what it is to who writes a file.
_SHAPES = {
    "tuple_type": "must be a list, each entry starting with a dash",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of fields to values",
}


def _sentence(error: ValidationError, data: Mapping[str, Any]) -> str:
    """The first fault that validation found: the record, the field, what was expected, and what was given."""
    fault = error.errors(include_url=False)[0]
    part, *place = fault["loc"]
    name = str(part)
    if place and isinstance(place[0], int):
        record = data[name][place[0]] if isinstance(data[name], list) else None
        known = (record.get("id") or record.get("measure")) if isinstance(record, dict) else None
        name = f"{'measure' if name == 'measures' else name} {known or f'number {place[0] + 1}'}"
        place = place[1:]
    elif place:
        name, place = f"{name} {place[0]}", place[1:]
    field = f", field {'.'.join(str(step) for step in place)}" if place else ""
    problem = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        problem = "there is no such field here"
    problem = _SHAPES.get(fault["type"], problem)
    given = fault.get("input")
    shown = f" (given: {quoted(given)})" if isinstance(given, (str, int, float)) and repr(given) not in problem else ""
    return f"{named(name)}{named(field)}: {problem[0].lower()}{problem[1:]}{shown}."
