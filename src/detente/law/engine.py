"""Precedence: which measures charge a good, on what share of its value, and what each one gives way to.

The engine knows no measure by name. It reads who yields to whom from the ledger, takes the measures in that order and
lets each one charge what those before it have left. It works on many goods at once; a flag may be given as the
share of trade for which it holds, and the result is then the average over that trade.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter

import numpy as np

from detente.errors import InputError
from detente.law.facts import ADCVD, FACTS
from detente.law.ledger import Ledger
from detente.law.measure import Below, Charge, Measure, Relief
from detente.law.products import Catalogue

#: Bases that are a part of the good: what they do not charge stays open to other measures.
CONTENT = ("steel_content", "aluminum_content", "copper_content")

Facts = Mapping[str, np.ndarray | float]


@dataclass
class Layer:
    """One charge of one measure on each good [good]; shares of customs value, rates in percent."""

    measure: Measure
    charge: Charge
    member: np.ndarray
    taken: np.ndarray  # whether (or for which share of trade) the measure takes the good
    charged: np.ndarray  # share of value that pays
    occupied: np.ndarray  # share of value closed to measures that take the remainder
    added: np.ndarray  # percent of value
    relieved: list[tuple[Relief, Measure, np.ndarray]] = field(default_factory=list)
    room: list[tuple[str, str, np.ndarray]] = field(default_factory=list)  # (yielded to, how, share lost)


def resolve(
    ledger: Ledger,
    importer: str,
    exporter: str,
    day: date,
    goods: Catalogue,
    facts: Facts,
    column1_pct: np.ndarray | float = 0.0,
    without: Iterable[str] = (),
) -> list[Layer]:
    """The layers that reach at least one good, in order of precedence.

    `facts` are numbers or arrays [good]; those not given take the ledger's defaults. `column1_pct` [good] is the
    ordinary duty that a floor tops up (NaN counts as zero). `without` leaves out authorities (``AD/CVD``).
    Raises `InputError` if the measures in force yield to each other in a circle.
    """
    left_out = {name.lower() for name in without}
    acts = [m for m in ledger.between(importer, exporter) if m.in_force(day) and m.status != "announced_not_in_force"]
    acts = [m for m in acts if m.authority.lower() not in left_out]
    reliefs = [
        (relief, act) for act in acts if act.kind == "exemption" for relief in act.reliefs if relief.in_force(day)
    ]
    size = next((len(np.atleast_1d(v)) for v in facts.values() if np.ndim(v)), len(goods.codes))
    done: dict[str, list[Layer]] = {}
    for measure in in_order(ledger, [m for m in acts if m.levies], day):
        own = [(r, a) for r, a in reliefs if measure.id in r.of]
        own += [(relief, measure) for relief in measure.reliefs if relief.in_force(day)]
        for charge in measure.charges:
            member = np.broadcast_to(goods.members(charge.products, day), (size,))
            if not member.any():
                continue
            chain = [*own, *((relief, measure) for relief in charge.reliefs if relief.in_force(day))]
            chain = [(r, a) for r, a in chain if not r.exporters or exporter in ledger.members(r.exporters)]
            layer = _layer(ledger, measure, charge, member, chain, day, goods, facts, exporter, column1_pct, done)
            done.setdefault(measure.id, []).append(layer)
    return [layer for layers in done.values() for layer in layers]


def in_order(ledger: Ledger, acts: list[Measure], day: date) -> list[Measure]:
    """Measures in force so that each comes after those it yields to. Raises `InputError` on a circle."""
    ids = {measure.id: measure for measure in acts}
    graph = {
        m.id: {other for y in m.yields_to if y.in_force(day) for other in ledger.named(y.to)} & ids.keys() - {m.id}
        for m in acts
    }
    try:
        return [ids[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = " > ".join(error.args[1])
        raise InputError(
            f"measures yield to each other in a circle on {day}: {circle}; date their `yields_to`."
        ) from None


def fact(facts: Facts, name: str) -> np.ndarray | float:
    """The value of a fact, or its default; open questions about lists and readings default as the ledger says."""
    return facts[name] if name in facts else FACTS[name].default


def listed(measure: Measure) -> str:
    """Name of the open question whether a list that is not held includes the good."""
    return f"listed:{measure.id}"


def reading(measure: Measure) -> str:
    """Name of the open question whether a disputed yielding is read as the ledger reads it."""
    return f"reading:{measure.id}"


def _layer(
    ledger: Ledger,
    measure: Measure,
    charge: Charge,
    member: np.ndarray,
    chain: list[tuple[Relief, Measure]],
    day: date,
    goods: Catalogue,
    facts: Facts,
    exporter: str,
    column1_pct: np.ndarray | float,
    done: Mapping[str, list[Layer]],
) -> Layer:
    nothing = np.zeros(member.shape)
    layer = Layer(measure, charge, member, taken=nothing, charged=nothing, occupied=nothing, added=nothing)
    whole, remainder = _room(ledger, measure, day, facts, done, layer)
    rate, kind = _rate(ledger, measure, charge, day, goods, facts, exporter)
    live = member * np.ones(member.shape)
    if charge.assumed:
        live = live * facts.get(listed(measure), float(charge.assumed == "in"))
    for relief, act in chain:
        weight = live * _holds(relief, facts)
        if relief.products is not None:
            weight = weight * goods.members(relief.products, day)
        if not np.any(weight > 0):
            continue
        layer.relieved.append((relief, act, weight))
        live = live - weight
        if relief.effect == "charge":
            pays = rate if relief.rate is None else relief.rate
            _add(
                layer,
                weight,
                pays,
                relief.type or kind,
                relief.base or charge.base,
                whole,
                remainder,
                facts,
                column1_pct,
            )
    _add(layer, live, rate, kind, charge.base, whole, remainder, facts, column1_pct)
    return layer


def _add(
    layer: Layer,
    weight: np.ndarray,
    rate: np.ndarray | float,
    kind: str,
    base: str,
    whole: np.ndarray,
    remainder: np.ndarray,
    facts: Facts,
    column1_pct: np.ndarray | float,
) -> None:
    share = np.minimum(_share(base, facts), remainder) * whole
    occupied = share if base in CONTENT else np.minimum(1.0, remainder) * whole
    pays = np.maximum(0.0, rate - np.nan_to_num(column1_pct)) if kind == "floor" else rate
    layer.charged = layer.charged + weight * share
    layer.occupied = layer.occupied + weight * occupied
    layer.taken = layer.taken + weight * whole * (remainder > 0)
    layer.added = layer.added + weight * share * pays


def _room(
    ledger: Ledger, measure: Measure, day: date, facts: Facts, done: Mapping[str, list[Layer]], layer: Layer
) -> tuple[np.ndarray, np.ndarray]:
    """What is left for a measure: the chance that nothing takes the good wholly, and the share of value not charged."""
    taken, charged = np.zeros(layer.member.shape), np.zeros(layer.member.shape)
    for rule in measure.yields_to:
        if not rule.in_force(day):
            continue
        certain = facts.get(reading(measure), 1.0) if rule.disputed else 1.0
        for other in sorted(ledger.named(rule.to) & done.keys() - {measure.id}):
            lost = sum((one.taken if rule.how == "whole" else one.occupied) * certain for one in done[other])
            if np.any(lost > 0):
                layer.room.append((other, rule.how, np.asarray(lost)))
            if rule.how == "whole":
                taken = taken + lost
            else:
                charged = charged + lost
    charged = charged + sum((one.occupied for one in done.get(measure.id, [])), np.zeros(layer.member.shape))
    return np.clip(1 - taken, 0, 1), np.clip(1 - charged, 0, 1)


def _rate(
    ledger: Ledger, measure: Measure, charge: Charge, day: date, goods: Catalogue, facts: Facts, exporter: str
) -> tuple[np.ndarray | float, str]:
    if measure.kind == "adcvd" and ADCVD in facts:
        return np.asarray(facts[ADCVD]) * 100.0, "additive"
    for partner in charge.partners:
        if partner.in_force(day) and exporter in ledger.members(partner.exporters):
            return partner.rate, partner.type
    if charge.rate == "list":
        return np.nan_to_num(goods.rates(charge.products, day)), charge.type
    return float(charge.rate), charge.type


def _holds(relief: Relief, facts: Facts) -> np.ndarray | float:
    """Whether the conditions of a relief hold (or for which share of trade they do)."""
    result: np.ndarray | float = 1.0
    for name, wanted in relief.when.items():
        value = np.asarray(fact(facts, name), dtype=float)
        holds = value < wanted.below if isinstance(wanted, Below) else value if wanted else 1.0 - value
        result = result * holds
    return result


def _share(base: str, facts: Facts) -> np.ndarray | float:
    """The share of customs value that a base stands for."""
    if base == "value":
        return 1.0
    if base == "non_us_content":
        return 1.0 - fact(facts, "us_content")
    if base == "us_content_over_40":  # non-US content, and US content above 40 percent of value
        return 1.0 - np.minimum(fact(facts, "us_content"), 0.40)
    if base == "non_canada_mexico_content":  # value less the greater of the content and 15 percent of value
        return 1.0 - np.maximum(fact(facts, "canada_mexico_content"), 0.15)
    return fact(facts, base)
