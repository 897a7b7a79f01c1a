"""Consignments with expected answers: a user's own cases, run against the ledger.

A file is a list of cases; each gives the question (`product`, `route` or `importer` and `exporter`, `day`, and where it
matters `claim`, `facts`, `without`, `column1_given`) and what the answer must be: any of `layers` (points of customs value by
measure, and no other), `added`, `total`, `column1`, `prohibited`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente import yaml_text
from detente.errors import InputError
from detente.files import read_text
from detente.law.consignment import Duty, statutory
from detente.law.ledger import Ledger

QUESTION = ("name", "product", "route", "importer", "exporter", "day", "claim", "facts", "without", "column1_given")
ANSWER = ("layers", "added", "total", "column1", "prohibited", "refused", "open", "warning")
NOTES = ("working", "citation", "source")
TOLERANCE = 1e-4  # percentage points


@dataclass(frozen=True)
class CheckedCase:
    """One case: its name, and each way in which the answer differs from what was expected (none: it passes)."""

    name: str
    differences: tuple[str, ...]
    working: str = ""


def run_cases(path: str | Path, ledger: Ledger | None = None) -> list[CheckedCase]:
    """Every case of a file against a ledger. Raises `InputError` naming the case that is not understood."""
    ledger, file = ledger or Ledger.default(), Path(path).name
    cases = yaml_text.read(read_text(path, "a YAML file of consignments"), file, numbers=False)
    if isinstance(cases, dict) and set(cases) == {"consignments"}:
        cases = cases["consignments"]
    if not isinstance(cases, list) or not cases:
        raise InputError(
            f"{file}: expected a list of consignments, each with product, route, day and what is expected."
        )
    return [_run(case, number, ledger, file) for number, case in enumerate(cases, 1)]


def _run(case: Any, number: int, ledger: Ledger, file: str) -> CheckedCase:
    if not isinstance(case, dict):
        raise InputError(f"{file}: consignment number {number} is not a mapping (product: ..., day: ...).")
    name = str(case.get("name", f"number {number}"))
    unknown = [key for key in case if key not in (*QUESTION, *ANSWER, *NOTES)]
    if unknown:
        raise InputError(
            f"{file}: consignment {name}: unknown field {unknown[0]!r}; fields are {', '.join(QUESTION + ANSWER)}."
        )
    if not any(key in case for key in ANSWER):
        raise InputError(f"{file}: consignment {name} expects nothing: give one of {', '.join(ANSWER)}.")
    exporter, _, importer = str(case.get("route", "")).partition("-")
    question = {"exporter": case.get("exporter", exporter), "importer": case.get("importer", importer)}
    question |= {"product": case.get("product"), "on": case.get("day")}
    missing = [key for key, value in question.items() if not value]
    if missing:
        field = "day" if missing[0] == "on" else missing[0]
        raise InputError(f"{file}: consignment {name}: {field} is missing (a route is written CAN-USA).")
    given = case.get("column1_given")
    try:
        duty = statutory(
            **{key: str(value) for key, value in question.items()},
            facts=case.get("facts") or {},
            claim=case.get("claim"),
            without=_as_list(case.get("without")),
            column1_pct=None if given is None else _number(given),
            ledger=ledger,
        )
        return CheckedCase(name, tuple(_differences(case, duty)), str(case.get("working", "")))
    except (InputError, TypeError, ValueError) as error:
        raise InputError(f"{file}: consignment {name}: {error}") from None


def _differences(case: dict[str, Any], duty: Duty) -> list[str]:
    found = []
    if "layers" in case:
        expected = {str(key): _number(value) for key, value in (case["layers"] or {}).items()}
        actual = {layer.measure: layer.contributes_pct for layer in duty.applied}
        for measure in sorted(expected.keys() | actual.keys()):
            points, given = expected.get(measure, 0.0), actual.get(measure, 0.0)
            if abs(points - given) > TOLERANCE:
                found.append(f"{measure}: expected {points:g} points, the ledger gives {given:g}")
    for field, have in (("added", duty.added_pct), ("total", duty.total_pct), ("column1", duty.column1_pct)):
        if field in case:
            want = None if case[field] is None else _number(case[field])
            if (want is None) != (have is None) or (
                want is not None and have is not None and abs(want - have) > TOLERANCE
            ):
                found.append(f"{field}: expected {_shown(want)} percent, the ledger gives {_shown(have)}")
    if "prohibited" in case and _truth(case["prohibited"]) != duty.prohibited:
        found.append(f"prohibited: expected {case['prohibited']}, the ledger says {str(duty.prohibited).lower()}")
    reasons = {layer.measure: layer.reason for layer in duty.refused}
    for measure, words in (case.get("refused") or {}).items():
        if str(words) not in reasons.get(measure, ""):
            found.append(
                f"{measure}: expected to be refused with {words!r}, the reason is {reasons.get(measure, 'none')!r}"
            )
    ranges = {fact.fact: fact.range_pct for fact in duty.open_facts}
    for fact, bounds in (case.get("open") or {}).items():
        have_range = ranges.get(str(fact))
        if have_range is None or any(abs(_number(b) - h) > TOLERANCE for b, h in zip(bounds, have_range, strict=True)):
            found.append(f"open fact {fact}: expected {bounds}, the ledger gives {have_range}")
    if str(case.get("warning", "")) not in " ".join(duty.warnings):
        found.append(f"expected a warning with {case['warning']!r}")
    return found


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:g}"


def _as_list(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []


def _truth(value: Any) -> bool:
    return str(value).lower() in ("true", "yes", "1")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InputError(f"{value!r} is not a number.") from None
