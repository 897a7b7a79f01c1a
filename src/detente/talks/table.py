"""`Table`: what may be agreed - terms with their ranges, grouped in tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations
from typing import NamedTuple

import numpy as np

from detente.economy.interface import DifferentiableEconomy, Policy
from detente.errors import InputError
from detente.talks.instruments import QUOTA, Instrument, Instruments, Licence, tariff_cells
from detente.talks.party import position, positions


@dataclass(frozen=True)
class Term:
    """One line of the table: an instrument, the track it belongs to, who concedes on it, and over how many years.

    `by`: the party whose instrument it is, or `both`. `years`: 0 at once, else in equal yearly steps from today. `draft`: the
    value that a draft gives it, if there is one.
    """

    instrument: Instrument
    track: str
    by: str
    years: int = 0
    draft: float | None = None

    @property
    def label(self) -> str:
        """Name of the term."""
        return self.instrument.label


class Table:
    """The terms on the table; raises `InputError` when there are none or two carry the same label."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        labels = [term.label for term in self.terms]
        if repeated := {label for label in labels if labels.count(label) > 1}:
            raise InputError(f"Two terms are called {min(repeated)!r}; give each its own label.")
        self.tracks = tuple(dict.fromkeys(term.track for term in self.terms))

    @cached_property
    def instruments(self) -> Instruments:
        """The instruments of all terms, in order."""
        return Instruments(term.instrument for term in self.terms)

    def only(self, tracks: Sequence[str]) -> Table:
        """The table with the terms of `tracks` alone."""
        return Table(term for term in self.terms if term.track in tracks)


class Kind(NamedTuple):
    """What a kind of term moves: its instrument, how many regions it names, its usual track and range, and its name."""

    instrument: str
    regions: int
    track: str
    lower: float
    upper: float
    label: str


#: The kinds of term. Regions are named who charges first: importer and exporter, or exporter and importer of an export tax.
TERM_KINDS = {
    "tariff": Kind("tariff", 2, "tariffs", 0.0, 1.0, "{0} tariff on {1}"),
    "tariff_cut": Kind("tariff", 2, "tariffs", 0.0, 1.0, "{0} cut on {1}"),
    "export_tax": Kind("export_tax", 2, "export taxes", 0.0, 0.5, "{0} export tax to {1}"),
    "trade_cost": Kind("trade_cost", 0, "cooperation", -0.05, 0.0, "trade cost {0}-{1}"),
    "subsidy": Kind("subsidy", 1, "subsidies", 0.0, 0.2, "{0} subsidy"),
    "quota": Kind(QUOTA, 2, "quotas", 0.0, 1.5, "{0} quota for {1}"),
}


def make_term(
    economy: DifferentiableEconomy,
    kind: str,
    regions: Sequence[str],
    sectors: Sequence[str],
    *,
    today: Policy | None = None,
    trade: np.ndarray | None = None,
    licence: Licence | None = None,
    track: str | None = None,
    lower: float | None = None,
    upper: float | None = None,
    years: int = 0,
    label: str | None = None,
    draft: float | None = None,
) -> Term:
    """One line of the table, between `lower` and `upper`.

    A region may be a customs union (`EU`): its members move together. `tariff`: one rate (fraction) that the first of `regions`
    charges on the second in `sectors`. `tariff_cut`: the share of `today`'s tariffs that goes, from 0 to 1. `export_tax`: the
    rate that the first charges on sales to the second. `subsidy`: of output, fraction of unit cost. `trade_cost`: the change
    between all `regions`, both ways, from `today` (-0.02: 2 percent cheaper). `quota`: the limit of each sector, in one share
    of its baseline `trade` [importer, exporter, sector], million USD; the other terms of its `licence` are given. Raises
    `InputError` for names that the economy does not have.
    """
    if kind not in TERM_KINDS:
        raise InputError(f"{kind!r} is no kind of term; the kinds are {', '.join(TERM_KINDS)}.")
    shape = TERM_KINDS[kind]
    if len(set(regions)) < max(len(regions), 2 if shape.regions != 1 else 1):
        raise InputError(f"A {kind} term needs two regions; {' and '.join(regions)} was given twice.")
    places = [positions(region, economy.regions) for region in regions]
    if any(set(one) & set(other) for one, other in combinations(places, 2)):
        raise InputError(f"A {kind} term is between different regions; {' and '.join(regions)} overlap.")
    goods = [position(sector, economy.sectors, "sector") for sector in sectors]
    cells = _cells(economy, shape.instrument, places, goods)
    base, slope = np.zeros(len(cells)), np.ones(len(cells))
    if kind in ("tariff_cut", "trade_cost"):
        if today is None:
            raise InputError(f"A {kind} term changes today's policy: give today.")
        base = np.asarray(getattr(today, shape.instrument), float).ravel()[cells]
        slope = -base if kind == "tariff_cut" else base
    if kind == "quota":
        if trade is None:
            raise InputError("A quota term is a share of baseline trade: give trade.")
        slope, licence = np.asarray(trade, float).ravel()[cells], licence or Licence()
    name = label or f"{shape.label.format(*regions)}: {', '.join(sectors)}"
    low, high = shape.lower if lower is None else lower, shape.upper if upper is None else upper
    instrument = Instrument(name, shape.instrument, cells, low, high, base, slope, licence)
    return Term(instrument, track or shape.track, "both" if kind == "trade_cost" else regions[0], years, draft)


def _cells(
    economy: DifferentiableEconomy, kind: str, places: Sequence[list[int]], sectors: Sequence[int]
) -> np.ndarray:
    """Flat positions of a block of rates: all use classes, own sales and trade within a union left out."""
    if kind == "trade_cost":
        blocks = [tariff_cells(economy, one, other, sectors) for one, other in permutations(places, 2)]
        return np.sort(np.concatenate(blocks))
    first, second = places[0], places[-1]
    if kind == "tariff":
        return tariff_cells(economy, first, second, sectors)
    count, size = len(economy.sectors), len(economy.regions)
    if kind == "subsidy":
        return np.array([n * count + s for n in first for s in sectors])
    rows, columns = (second, first) if kind == "export_tax" else (first, second)
    return np.array([(row * size + column) * count + s for row in rows for column in columns for s in sectors])
