"""The facts an importer may claim about a consignment, and their documented defaults (``ledger/facts.yaml``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources

import yaml

from detente.errors import InputError


@dataclass(frozen=True)
class Fact:
    """One fact: a share of customs value (0 to 1) or a flag, its default and its meaning.

    `relevant_days`: the fact is an open question only this long after a measure begins.
    """

    name: str
    kind: str
    default: float
    meaning: str
    relevant_days: int | None = None


def _load() -> dict[str, Fact]:
    text = (resources.files("detente.law") / "ledger" / "facts.yaml").read_text(encoding="utf-8")
    return {
        name: Fact(name, **{**entry, "default": float(entry["default"])})
        for name, entry in yaml.safe_load(text).items()
    }


FACTS = _load()

#: Given as a rate (fraction of value), not as a claim: the exporter's own antidumping and countervailing deposit.
ADCVD = "adcvd"


def read_facts(given: Mapping[str, object], questions: Collection[str] = ()) -> dict[str, float]:
    """Facts as numbers (flags 0 or 1), from numbers, booleans or text.

    `questions` are further flags: the open questions of a ledger. Raises `InputError` for what is not a fact.
    """
    facts = {}
    for name, value in given.items():
        if name not in FACTS and name not in questions and name != ADCVD:
            raise InputError(f"{name!r} is not a fact: expected one of {', '.join(FACTS)}, {ADCVD}.")
        flag = name in questions or (name in FACTS and FACTS[name].kind == "flag")
        word = str(value).strip().lower()
        if flag and word in ("true", "yes", "false", "no"):
            facts[name] = float(word in ("true", "yes"))
            continue
        try:
            number = float(word)
        except ValueError:
            number = float("nan")
        highest = 10.0 if name == ADCVD else 1.0
        if not 0 <= number <= highest or (flag and number not in (0, 1)):
            expected = "true or false" if flag else f"a share between 0 and {highest:g}"
            raise InputError(f"fact {name}={value} is out of range: expected {expected}.")
        facts[name] = number
    return facts
