"""The facts an importer may claim about a consignment, and their documented defaults (``ledger/facts.yaml``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import yaml

from detente.errors import InputError
from detente.text import shown

if TYPE_CHECKING:
    from detente.law.ledger_file import NewFact


@dataclass(frozen=True)
class Fact:
    """One fact: a share of customs value (0 to 1) or a flag, its default and its meaning.

    `relevant_days`: the fact is an open question only this long after a measure begins. `in_trade`: the share of actual
    trade for which it holds (or the share of value it stands for) at the low, the central and the high rate, where a
    user's ledger file says so; averages take the default otherwise.
    """

    name: str
    kind: str
    default: float
    meaning: str
    relevant_days: int | None = None
    in_trade: tuple[float, float, float] | None = None

    @classmethod
    def of(cls, name: str, given: NewFact) -> Fact:
        """A fact as a user's ledger file describes it."""
        share = None if given.in_trade is None else (given.in_trade.low, given.in_trade.central, given.in_trade.high)
        return cls(name, given.kind, given.default, given.meaning, given.relevant_days, share)


def _load() -> dict[str, Fact]:
    text = (resources.files("detente.law") / "ledger" / "facts.yaml").read_text(encoding="utf-8")
    return {
        name: Fact(name, **{**entry, "default": float(entry["default"])})
        for name, entry in yaml.safe_load(text).items()
    }


FACTS = _load()

#: Given as a rate (fraction of value), not as a claim: the exporter's own antidumping and countervailing deposit.
ADCVD = "adcvd"


#: Shares of one value: together they cannot be more than the whole.
PARTS_OF_VALUE = ("steel_content", "aluminum_content", "copper_content")


def read_facts(
    given: Mapping[str, object], questions: Collection[str] = (), known: Mapping[str, Fact] = FACTS
) -> dict[str, float]:
    """Facts as numbers (flags 0 or 1), from numbers, booleans or text.

    `known` are the facts of a ledger, `questions` further flags: its open questions. Raises `InputError` for what is not
    a fact, for a value out of range, and for metal contents that together exceed the value of the good.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"Facts are given by name, such as {{'us_content': 0.4}}, not as {shown(given)}.")
    facts = {}
    for name, value in given.items():
        if name not in known and name not in questions and name != ADCVD:
            raise InputError(f"{name!r} is not a fact: expected one of {', '.join(known)}, {ADCVD}.")
        flag = name in questions or (name in known and known[name].kind == "flag")
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
    parts = {name: facts[name] for name in PARTS_OF_VALUE if name in facts}
    if sum(parts.values()) > 1 + 1e-9:
        shares = " + ".join(f"{name}={share:g}" for name, share in parts.items())
        raise InputError(f"{shares} is {sum(parts.values()):g}: the parts of a value cannot add to more than 1.")
    return facts
