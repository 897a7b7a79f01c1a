"""`statutory`: the duty on one consignment, with the layers that apply and the layers that do not, and why."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

from detente.accounts.customs_unions import UNIONS
from detente.errors import InputError
from detente.law import tables
from detente.law.engine import Layer, listed, questions, reading, resolve
from detente.law.facts import ADCVD, read_facts
from detente.law.ledger import Ledger, as_date, countries, coverage_warning
from detente.law.measure import Measure
from detente.law.products import Catalogue, digits, dotted
from detente.law.reasons import Applied, Refused, applied_layers, refused_layers
from detente.law.unions import common


@dataclass(frozen=True)
class OpenFact:
    """A fact not given that would change the answer: the added duty, percent, at its extremes."""

    fact: str
    range_pct: tuple[float, float]
    default: float
    meaning: str


@dataclass(frozen=True)
class Split:
    """Codes below the one asked for that share an answer; rates in percent of customs value."""

    products: tuple[str, ...]
    added_pct: float
    prohibited: bool
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Duty:
    """The duty on one consignment, in percent of customs value.

    `column1_pct` is None where the ordinary duty is not held, and then `total_pct` is None too (a warning says why).
    Where a list splits the code, the layers are given by `splits` alone, and `added_pct` and `total_pct` are
    None unless every part pays the same.
    """

    importer: str
    exporter: str
    product: str
    on: str
    claim: str | None
    facts: dict[str, float]
    column1_pct: float | None
    column1_note: str
    added_pct: float | None
    total_pct: float | None
    range_pct: tuple[float, float]
    prohibited: bool
    applied: tuple[Applied, ...] = ()
    refused: tuple[Refused, ...] = ()
    open_facts: tuple[OpenFact, ...] = ()
    splits: tuple[Split, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def statutory(
    product: str,
    exporter: str,
    importer: str,
    on: str | date,
    facts: Mapping[str, object] | None = None,
    *,
    claim: str | None = None,
    without: Iterable[str] = (),
    column1_pct: float | None = None,
    ledger: Ledger | None = None,
) -> Duty:
    """The duty that the law of a day puts on one consignment, layer by layer.

    `product`: HS/HTS digits (4 to 10, dots allowed); `exporter`, `importer`: ISO 3166 alpha-3; an exporter may be ``EU``,
    where its members pay the same; `facts`: see `ledger/facts.yaml`; `claim`: ``usmca`` (or ``cusma``);
    `without`: authorities to leave out, such as ``adcvd``; `column1_pct`: the ordinary duty, percent, where the caller
    knows it. Raises `InputError` for what is not understood.

    Example:
        >>> import detente as dt
        >>> facts = {"us_content": 0.4, "content_approved": True}
        >>> car = dt.statutory("8703.23", "CAN", "USA", "2025-05-01", facts, claim="usmca")
        >>> car.added_pct, car.applied[0].measure, car.applied[0].base_share
        (15.0, 'US-232-AUTOS', 0.6)
    """
    ledger = ledger or Ledger.default()
    day, code, given = as_date(on), digits(product), read_facts(facts or {}, questions(ledger), ledger.facts)
    importer = _country(importer, "importer")
    if str(exporter).upper() in UNIONS:
        union = str(exporter).upper()
        members = sorted(ledger.members((union,)) & countries())
        if importer in members:
            raise InputError(f"{importer} is a member of {union}: a duty needs another importer.")
        options: dict[str, Any] = {
            "claim": claim,
            "without": tuple(without),
            "column1_pct": column1_pct,
            "ledger": ledger,
        }
        return common(union, [statutory(product, one, importer, day, facts, **options) for one in members])
    exporter = _country(exporter, "exporter")
    if importer == exporter:
        raise InputError(f"importer and exporter are both {importer}: a duty needs two countries.")
    _in_schedule(code, ledger)
    if claim is not None:
        if claim.lower() not in ("usmca", "cusma") or not {importer, exporter} <= {"USA", "CAN", "MEX"}:
            raise InputError(
                f"claim {claim!r} cannot be made for {exporter} to {importer}: expected usmca, among its parties."
            )
        given["usmca"] = 1.0
    left_out = ledger.authorities(without)
    children = _children(code, importer, ledger)
    usmca = bool(given.get("usmca"))
    lines = {child: _ordinary(ledger, importer, exporter, child, usmca, column1_pct) for child in children}
    ordinary = _together(lines, code)
    case = _Consignment(ledger, importer, exporter, day, given, left_out)
    answers = [(child, *case.duty(child, lines[child][0])) for child in children]
    low, high = min(a[1] for a in answers), max(a[1] for a in answers)
    splits = tuple(_grouped(answers))
    split = len(splits) > 1
    first, layers = answers[0][0], answers[0][3]
    added = answers[0][1] if high - low < 1e-9 else None
    warnings = [*_warnings(ledger, importer, exporter, day, layers), *coverage_warning(day)]
    if ordinary[0] is None:
        warnings.append(f"no total: {ordinary[1]}")
    warnings += _without_effect(given, [layers for *_, layers in answers], ledger, day)
    acts = ledger.between(importer, exporter)
    return Duty(
        importer=importer,
        exporter=exporter,
        product=dotted(code),
        on=day.isoformat(),
        claim="usmca" if given.get("usmca") else None,
        facts={name: value for name, value in given.items() if name != "usmca"},
        column1_pct=ordinary[0],
        column1_note=ordinary[1],
        added_pct=None if added is None else _tidy(added),
        total_pct=None if added is None or ordinary[0] is None else _tidy(added + ordinary[0]),
        range_pct=(_tidy(low), _tidy(high)),
        prohibited=all(banned for _, _, banned, _ in answers),
        applied=() if split else tuple(applied_layers(layers)),
        refused=() if split else tuple(refused_layers(acts, layers, ledger, first, day, left_out)),
        open_facts=() if split else tuple(case.open_facts(first, lines[first][0], layers)),
        splits=splits if split else (),
        warnings=tuple(dict.fromkeys(warnings)),
    )


@dataclass
class _Consignment:
    """A consignment but for its product: everything needed to ask the engine again with other facts."""

    ledger: Ledger
    importer: str
    exporter: str
    day: date
    facts: dict[str, float]
    without: frozenset[str]

    def layers(self, code: str, facts: Mapping[str, Any], column1: float | None) -> list[Layer]:
        goods = Catalogue([code], self.ledger.lists)
        ordinary = float("nan") if column1 is None else column1
        return resolve(
            self.ledger, self.importer, self.exporter, self.day, goods, {**self.facts, **facts}, ordinary, self.without
        )

    def duty(self, code: str, column1: float | None) -> tuple[float, bool, list[Layer]]:
        """Added duty in percent, whether prohibited, and the layers."""
        layers = self.layers(code, {}, column1)
        added, banned = _outcome(layers, 1)
        return float(added[0]), bool(banned[0]), layers

    def open_facts(self, code: str, column1: float | None, layers: list[Layer]) -> list[OpenFact]:
        """Facts not given that move the added duty, alone or together with another fact not given."""
        names = [name for name in _asked(layers, self.ledger, self.day) if name not in self.facts]
        values = [_corners(name, layers, self.ledger) for name in names]
        grid = list(itertools.product(*values))[:20_000]
        if not names:
            return []
        points = np.array(grid, dtype=float)
        arrays = {name: points[:, column] for column, name in enumerate(names)}
        added, banned = _outcome(self.layers(code, arrays, column1), len(points))
        outcome = np.where(banned, np.inf, added)
        default = np.array([_default(name, layers, self.ledger) for name in names])
        found = []
        for column, name in enumerate(names):
            others = np.delete(points, column, axis=1)
            alone = (others == np.delete(default, column)).all(axis=1)
            for chosen in (alone, np.ones(len(points), dtype=bool)):
                if chosen is not alone and not _matters(others, outcome):
                    continue
                reached = added[chosen]
                if np.ptp(reached) > 1e-9 or len(set(banned[chosen])) > 1:
                    bounds = (_tidy(reached.min()), _tidy(reached.max()))
                    found.append(OpenFact(name, bounds, float(default[column]), _meaning(name, layers, self.ledger)))
                    break
        return found


def _matters(others: np.ndarray, outcome: np.ndarray) -> bool:
    """Whether the outcome varies while every other fact is held fixed, somewhere on the grid."""
    _, group = np.unique(others, axis=0, return_inverse=True)
    group = group.reshape(-1)
    return any(len(set(outcome[group == one])) > 1 for one in range(group.max() + 1))


def _outcome(layers: list[Layer], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Added duty [case] in percent, and whether entry is prohibited [case]."""
    added, banned = np.zeros(size), np.zeros(size, dtype=bool)
    for layer in layers:
        if layer.measure.kind == "ban":
            banned |= np.broadcast_to(layer.taken > 0.5, (size,))
        else:
            added = added + layer.added
    return np.broadcast_to(added, (size,)), banned


def _asked(layers: list[Layer], ledger: Ledger, day: date) -> list[str]:
    """The facts on which the layers of a good depend."""
    names: list[str] = []
    for layer in layers:
        measure, charge = layer.measure, layer.charge
        acts = [m for m in ledger.measures if m.kind == "exemption" and m.in_force(day)]
        reliefs = [
            *charge.reliefs,
            *measure.reliefs,
            *(r for act in acts for r in act.reliefs if measure.id in r.of or measure.family in r.of),
        ]
        wanted = [name for relief in reliefs if relief.in_force(day) for name in relief.when]
        bases = [charge.base, *(relief.base for relief in reliefs if relief.base)]
        wanted += [_BASE_FACT[base] for base in bases if base in _BASE_FACT]
        wanted += [listed(measure)] if charge.assumed else []
        wanted += [reading(measure)] if any(y.disputed and y.in_force(day) for y in measure.yields_to) else []
        for name in wanted:
            days = ledger.facts[name].relevant_days if name in ledger.facts else None
            if name not in names and (days is None or (day - measure.begins).days < days):
                names.append(name)
    return names


_BASE_FACT = {
    "steel_content": "steel_content",
    "aluminum_content": "aluminum_content",
    "copper_content": "copper_content",
    "non_us_content": "us_content",
    "us_content_over_40": "us_content",
    "non_canada_mexico_content": "canada_mexico_content",
}


def _default(name: str, layers: list[Layer], ledger: Ledger) -> float:
    if name in ledger.facts:
        return ledger.facts[name].default
    assumed = {listed(layer.measure): layer.charge.assumed for layer in layers if layer.charge.assumed}
    return 1.0 if name not in assumed else float(assumed[name] == "in")


def _corners(name: str, layers: list[Layer], ledger: Ledger) -> list[float]:
    return sorted({0.0, 1.0, _default(name, layers, ledger)})


def _meaning(name: str, layers: list[Layer], ledger: Ledger) -> str:
    if name in ledger.facts:
        return ledger.facts[name].meaning
    for layer in layers:
        if name == listed(layer.measure) and layer.charge.proxy:
            return layer.charge.proxy
        if name == reading(layer.measure):
            return next(y.disputed for y in layer.measure.yields_to if y.disputed)
    return name


def _country(code: str, role: str) -> str:
    word = str(code).upper()
    if word not in countries():
        raise InputError(f"{role} {code!r} is not a country code: expected ISO 3166 alpha-3, such as USA, CAN, MEX.")
    return word


def _in_schedule(code: str, ledger: Ledger) -> None:
    if code.startswith("99"):
        raise InputError(
            f"product {dotted(code)} is in chapter 99, which lists duties and no goods: give the code of the good itself."
        )
    stem = code[:6] if len(code) >= 6 else code
    if not any(known.startswith(stem) for known in itertools.chain(tables.hs6(), (c[:6] for c in ledger.lists.codes))):
        raise InputError(f"product {dotted(code)} is not in the schedule: no HS subheading begins with {dotted(stem)}.")


def _ordinary(
    ledger: Ledger, importer: str, exporter: str, code: str, usmca: bool, given: float | None
) -> tuple[float | None, str]:
    if given is not None:
        if not 0 <= given <= 1000:
            raise InputError(f"column 1 rate {given} is out of range: expected a percentage between 0 and 1000.")
        return float(given), "column 1 as given"
    if importer == "USA" and len(code) >= 6:
        return tables.column1_pct(code, exporter, usmca, exporter in ledger.members(("COLUMN_2",)))
    if usmca:
        return 0.0, "preferential rate under CUSMA, normally Free"
    if importer != "USA":
        return None, f"the ordinary duty of {importer} is not held"
    return None, "column 1 is held from 6 digits on"


def _together(lines: Mapping[str, tuple[float | None, str]], code: str) -> tuple[float | None, str]:
    """The ordinary duty of a code from that of its lines; None where one is not held or they differ."""
    missing = next((note for rate, note in lines.values() if rate is None), None)
    if missing is not None:
        return None, missing
    rates = sorted({rate for rate, _ in lines.values() if rate is not None})
    if len(rates) > 1:
        return None, f"column 1 differs by line: {rates[0]:g} to {rates[-1]:g} percent below {dotted(code)}"
    return next(iter(lines.values()))


def _children(code: str, importer: str, ledger: Ledger) -> list[str]:
    """The codes below a prefix, as far as trade of 2024 and the lists know them; the prefix itself if there is none."""
    listed_ = {c for c in _listed_codes(ledger, importer) if c.startswith(code) and len(c) > len(code)}
    if importer == "USA":
        known = {child for child in tables.hts10() if child.startswith(code)}
        known |= {c for c in listed_ if not any(child.startswith(c) for child in known | listed_ - {c})}
    else:
        known = {c for c in listed_ if len(c) >= 8}
    return sorted(known) or [code]


#: How the names of a government's product lists begin; lists of other names are of the United States.
_LISTS = {"CAN": "CA-", "CHN": "CN-"}


def _listed_codes(ledger: Ledger, importer: str) -> list[str]:
    if importer == "USA":
        return ledger.lists.codes_of(lambda name: not name.startswith(tuple(_LISTS.values())))
    return ledger.lists.codes_of(lambda name: importer in _LISTS and name.startswith(_LISTS[importer]))


def _grouped(answers: list[tuple[str, float, bool, list[Layer]]]) -> Iterable[Split]:
    groups: dict[tuple[float, bool, tuple[str, ...]], list[str]] = {}
    for code, added, banned, layers in answers:
        names = tuple(layer.measure for layer in applied_layers(layers))
        groups.setdefault((_tidy(added), banned, names), []).append(dotted(code))
    for (added, banned, names), codes in sorted(groups.items(), key=lambda item: -len(item[1])):
        yield Split(tuple(codes), added, banned, names)


def _warnings(ledger: Ledger, importer: str, exporter: str, day: date, layers: list[Layer]) -> Iterable[str]:
    acts: list[Measure] = [m for m in ledger.between(importer, exporter) if m.in_force(day)]
    yield from (f"{m.id}: {m.warning}" for m in acts if m.warning)
    for layer in layers:
        if layer.charge.proxy and (layer.taken.any() or layer.charge.assumed):
            yield f"{layer.measure.id}: {layer.charge.proxy}"
        if layer.measure.status == "scheduled" and layer.taken.any():
            yield f"{layer.measure.id} is scheduled: it takes effect on {layer.measure.begins} unless changed"
    if not ledger.between(importer, exporter):
        own = any(importer in ledger.members((measure.imposing,)) for measure in ledger.measures)
        held = f"it holds others of {importer}" if own else f"measures of {importer} are not held"
        yield f"the ledger holds no measure of {importer} that reaches goods of {exporter}; {held}"


def _without_effect(given: Mapping[str, float], cases: list[list[Layer]], ledger: Ledger, day: date) -> Iterable[str]:
    """A sentence for each fact given on which no measure on this product turns."""
    asked = {name for layers in cases for name in _asked(layers, ledger, day)} | {"usmca"}
    if any(layer.measure.kind == "adcvd" for layers in cases for layer in layers):
        asked.add(ADCVD)
    for name, value in given.items():
        if name not in asked:
            yield f"fact {name}={value:g} has no effect: no measure on this product on {day} turns on it"


def _tidy(value: float) -> float:
    return round(float(value), 6)
