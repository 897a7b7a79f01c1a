"""Precedence: which measures charge a good, on what share of its value, and what each one gives way to.

The engine knows no measure by name. It reads who yields to whom from the ledger, takes the measures in that order and
lets each one charge what those before it have left. It works on many goods at once; a flag may be given as the
share of trade for which it holds, and the result is then the average over that trade.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter

import numpy as np

from detente.errors import InputError
from detente.law.facts import ADCVD
from detente.law.ledger import Ledger
from detente.law.measure import Below, Charge, Measure, PartnerRate, Products, Relief
from detente.law.products import Catalogue

#: Bases that are a part of the good: what they do not charge stays open to other measures.
CONTENT = ("steel_content", "aluminum_content", "copper_content")

Facts = Mapping[str, np.ndarray | float]


@dataclass
class Layer:
    """One charge of one measure on each good [good]; shares of customs value, rates in percent."""

    measure: Measure
    charge: Charge
    taken: np.ndarray  # whether (or for which share of trade) the measure takes the good
    charged: np.ndarray  # share of value that pays
    occupied: np.ndarray  # share of value closed to measures that take the remainder
    added: np.ndarray  # percent of value
    relieved: list[tuple[Relief, Measure, np.ndarray]]  # (relief, its act, weight), over the goods named only
    room: list[tuple[str, str, np.ndarray]]  # (yielded to, how, share lost), over the goods named only
    partner: PartnerRate | None = None  # the rate that the exporter has of its own


def resolve(
    ledger: Ledger,
    importer: str,
    exporter: str,
    day: date,
    goods: Catalogue,
    facts: Facts,
    column1_pct: np.ndarray | float = 0.0,
    without: Collection[str] = (),
) -> list[Layer]:
    """The layers that reach at least one good, in order of precedence.

    `facts` are numbers or arrays [good]; those not given take the ledger's defaults. `column1_pct` [good] is the
    ordinary duty that a floor tops up (NaN counts as zero). `without` leaves out authorities (``AD/CVD``).
    Raises `InputError` if the measures in force yield to each other in a circle.
    """
    acts = [m for m in ledger.between(importer, exporter) if m.in_force(day) and m.status != "announced_not_in_force"]
    acts = [m for m in acts if m.authority not in without]
    reliefs = [
        (relief, act) for act in acts if act.kind == "exemption" for relief in act.reliefs if relief.in_force(day)
    ]
    size = next((len(np.atleast_1d(v)) for v in facts.values() if np.ndim(v)), len(goods.codes))
    done: dict[str, list[Layer]] = {}
    for measure in in_order(ledger, [m for m in acts if m.levies], day):
        own = [(r, a) for r, a in reliefs if measure.id in r.of or measure.family in r.of]
        own += [(relief, measure) for relief in measure.reliefs if relief.in_force(day)]
        for charge in measure.charges:
            member = np.broadcast_to(goods.members(charge.products, day), (size,))
            if not member.any():
                continue
            chain = [*own, *((relief, measure) for relief in charge.reliefs if relief.in_force(day))]
            chain = [(r, a) for r, a in chain if not r.exporters or exporter in ledger.members(r.exporters)]
            case = _Case(ledger, day, goods, exporter, np.flatnonzero(member), size, facts, column1_pct)
            done.setdefault(measure.id, []).append(case.layer(measure, charge, chain, done))
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


def listed(measure: Measure) -> str:
    """Name of the open question whether a list that is not held includes the good."""
    return f"listed:{measure.id}"


def reading(measure: Measure) -> str:
    """Name of the open question whether a disputed yielding is read as the ledger reads it."""
    return f"reading:{measure.id}"


def questions(ledger: Ledger) -> frozenset[str]:
    """The open questions of a ledger, by name: lists that are not held, and texts that are read in two ways."""
    lists = {listed(m) for m in ledger.measures if any(charge.assumed for charge in m.charges)}
    return frozenset(lists | {reading(m) for m in ledger.measures if any(rule.disputed for rule in m.yields_to)})


@dataclass
class _Case:
    """One charge on the goods it names: arrays here run over those goods only, `where` [good] tells which they are."""

    ledger: Ledger
    day: date
    goods: Catalogue
    exporter: str
    where: np.ndarray
    size: int
    facts: Facts
    column1_pct: np.ndarray | float

    def layer(
        self, measure: Measure, charge: Charge, chain: list[tuple[Relief, Measure]], done: Mapping[str, list[Layer]]
    ) -> Layer:
        """The charge after what it yields to, its reliefs in turn, and the rest at its own rate."""
        whole, remainder, room = self._room(measure, done)
        rate, kind = self._rate(measure, charge)
        live = np.ones(len(self.where))
        if charge.assumed:
            live = live * self._at(self.facts.get(listed(measure), float(charge.assumed == "in")))
        parts = np.zeros((4, len(self.where)))
        relieved = []
        for relief, act in chain:
            weight = live * self._holds(relief)
            if relief.products is not None:
                weight = weight * self._members(relief)
            if not np.any(weight > 0):
                continue
            relieved.append((relief, act, weight))
            live = live - weight
            if relief.effect == "charge":
                pays = rate if relief.rate_pct is None else relief.rate_pct
                base = relief.base or charge.base
                parts += weight * self._parts(pays, relief.type or kind, base, whole, remainder)
        parts += live * self._parts(rate, kind, charge.base, whole, remainder)
        taken, charged, occupied, added = (self._scatter(part) for part in parts)
        return Layer(measure, charge, taken, charged, occupied, added, relieved, room, self._partner(charge))

    def _parts(
        self, rate: np.ndarray | float, kind: str, base: str, whole: np.ndarray, remainder: np.ndarray
    ) -> np.ndarray:
        """Taken, charged, occupied and added, for goods that pay `rate` on `base` [4, good]."""
        share = np.minimum(self._share(base), remainder) * whole
        occupied = share if base in CONTENT else remainder * whole
        if kind == "floor":
            rate = np.maximum(0.0, rate - np.nan_to_num(self._at(self.column1_pct)))
        return np.stack([whole * (remainder > 0), share, occupied, share * rate])

    def _room(
        self, measure: Measure, done: Mapping[str, list[Layer]]
    ) -> tuple[np.ndarray, np.ndarray, list[tuple[str, str, np.ndarray]]]:
        """What is left: the chance that nothing takes the good wholly, the share of value not charged, and who took it."""
        taken, charged = np.zeros(len(self.where)), np.zeros(len(self.where))
        room: list[tuple[str, str, np.ndarray]] = []
        for rule in measure.yields_to:
            if not rule.in_force(self.day):
                continue
            certain = self._at(self.facts.get(reading(measure), 1.0)) if rule.disputed else 1.0
            for other in sorted(self.ledger.named(rule.to) & done.keys() - {measure.id}):
                for one in done[other]:
                    lost = (one.taken if rule.how == "whole" else one.occupied)[self.where] * certain
                    if not np.any(lost > 0):
                        continue
                    room.append((other, rule.how, lost))
                    if rule.how == "whole":
                        taken = taken + lost
                    else:
                        charged = charged + lost
        for one in done.get(measure.id, ()):
            charged = charged + one.occupied[self.where]
        return np.clip(1 - taken, 0, 1), np.clip(1 - charged, 0, 1), room

    def _rate(self, measure: Measure, charge: Charge) -> tuple[np.ndarray | float, str]:
        if measure.kind == "adcvd" and ADCVD in self.facts:
            return self._at(self.facts[ADCVD]) * 100.0, "additive"
        partner = self._partner(charge)
        if partner is not None:
            return partner.rate_pct, partner.type
        rate = charge.rate_on(self.day)
        if rate == "list":
            rates = np.broadcast_to(self.goods.rates(charge.products, self.day), (self.size,))
            return rates[self.where], charge.type
        return float(rate), charge.type

    def _partner(self, charge: Charge) -> PartnerRate | None:
        """The rate of a charge that the exporter has of its own: the first in force that names it."""
        valid = (partner for partner in charge.partners if partner.in_force(self.day))
        return next((p for p in valid if {self.exporter, "world"} & self.ledger.members(p.exporters)), None)

    def _holds(self, relief: Relief) -> np.ndarray | float:
        """Whether the conditions of a relief hold (or for which share of trade they do)."""
        result: np.ndarray | float = 1.0
        for name, wanted in relief.when.items():
            value = self._fact(name)
            holds = value < wanted.below if isinstance(wanted, Below) else value if wanted else 1.0 - value
            result = result * holds
        return result

    def _share(self, base: str) -> np.ndarray | float:
        """The share of customs value that a base stands for."""
        if base == "value":
            return 1.0
        if base == "non_us_content":
            return 1.0 - self._fact("us_content")
        if base == "us_content_over_40":  # non-US content, and US content above 40 percent of value
            return 1.0 - np.minimum(self._fact("us_content"), 0.40)
        if base == "non_canada_mexico_content":  # value less the greater of the content and 15 percent of value
            return 1.0 - np.maximum(self._fact("canada_mexico_content"), 0.15)
        return self._fact(base)

    def _members(self, relief: Relief) -> np.ndarray:
        members = self.goods.members(relief.products or Products(), self.day)
        return np.broadcast_to(members, (self.size,))[self.where]

    def _fact(self, name: str) -> np.ndarray | float:
        return self._at(self.facts[name] if name in self.facts else self.ledger.facts[name].default)

    def _at(self, value: np.ndarray | float) -> np.ndarray | float:
        return np.asarray(value)[self.where] if np.ndim(value) else value

    def _scatter(self, part: np.ndarray) -> np.ndarray:
        full = np.zeros(self.size)
        full[self.where] = part
        return full
