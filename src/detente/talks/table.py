"""`Table`: what may be agreed - terms with their ranges, grouped in tracks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from detente.economy.interface import DifferentiableEconomy, Policy
from detente.errors import InputError
from detente.talks.instruments import QUOTA, Instrument, Instruments, Licence, tariff_cells
from detente.talks.party import position


@dataclass(frozen=True)
class Term:
    """One line of the table: a instrument, the track it belongs to, who concedes on it, and over how many years.

    `by`: the party whose kind it is, or `both`. `years`: 0 at once, else in equal yearly steps from today.
    """

    instrument: Instrument
    track: str
    by: str
    years: int = 0

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

    def frozen(self, tracks: Sequence[str], values: np.ndarray) -> Table:
        """The table with only `tracks` open: the terms of the others can take no value but the one in `values`."""
        terms = []
        for term, value in zip(self.terms, values, strict=True):
            stay = replace(term.instrument, lower=float(value), upper=float(value))
            terms.append(term if term.track in tracks else replace(term, instrument=stay))
        return Table(terms)


def tariff_term(
    economy: DifferentiableEconomy,
    importer: str,
    exporter: str,
    sectors: Sequence[str],
    *,
    track: str = "tariffs",
    lower: float = 0.0,
    upper: float = 1.0,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """A tariff of `importer` on `exporter`, one rate for `sectors`, between `lower` and `upper` (fractions)."""
    cells = tariff_cells(economy, *_pair(economy, importer, exporter), _sectors(economy, sectors))
    label = label or f"{importer} tariff on {exporter}: {', '.join(sectors)}"
    return Term(Instrument.level(label, "tariff", cells, lower, upper), track, importer, years)


def tariff_cut_term(
    economy: DifferentiableEconomy,
    importer: str,
    exporter: str,
    sectors: Sequence[str],
    *,
    today: Policy,
    track: str = "tariffs",
    lower: float = 0.0,
    upper: float = 1.0,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """A cut, in one proportion (0: as today, 1: free), of the tariffs of `importer` on `exporter` in `sectors`."""
    cells = tariff_cells(economy, *_pair(economy, importer, exporter), _sectors(economy, sectors))
    label = label or f"{importer} cut on {exporter}: {', '.join(sectors)}"
    instrument = replace(Instrument.cut(label, "tariff", cells, today), lower=lower, upper=upper)
    return Term(instrument, track, importer, years)


def export_tax_term(
    economy: DifferentiableEconomy,
    exporter: str,
    importer: str,
    sectors: Sequence[str],
    *,
    track: str = "export taxes",
    lower: float = 0.0,
    upper: float = 0.5,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """An export tax that `exporter` charges on sales to `importer` in `sectors` (fraction of the basic price)."""
    [n], [i] = _pair(economy, importer, exporter)
    size, products = len(economy.regions), len(economy.sectors)
    cells = np.array([(n * size + i) * products + s for s in _sectors(economy, sectors)])
    label = label or f"{exporter} export tax to {importer}: {', '.join(sectors)}"
    return Term(Instrument.level(label, "export_tax", cells, lower, upper), track, exporter, years)


def trade_cost_term(
    economy: DifferentiableEconomy,
    between: Sequence[str],
    sectors: Sequence[str],
    *,
    today: Policy,
    track: str = "cooperation",
    lower: float = -0.05,
    upper: float = 0.0,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """Cooperation that makes trade between parties cheaper, both ways: a change of trade costs (-0.02: 2 percent)."""
    pair = [position(region, economy.regions, "region") for region in between]
    cells = tariff_cells(economy, pair, pair, _sectors(economy, sectors))
    label = label or f"trade cost {'-'.join(between)}: {', '.join(sectors)}"
    base = np.asarray(today.trade_cost).ravel()[cells]
    return Term(Instrument(label, "trade_cost", cells, lower, upper, base, base), track, "both", years)


def subsidy_term(
    economy: DifferentiableEconomy,
    region: str,
    sectors: Sequence[str],
    *,
    track: str = "subsidies",
    lower: float = 0.0,
    upper: float = 0.2,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """The output subsidy of `region` in `sectors` (fraction of unit cost), disciplined between `lower` and `upper`."""
    n = position(region, economy.regions, "region")
    cells = np.array([n * len(economy.sectors) + s for s in _sectors(economy, sectors)])
    label = label or f"{region} subsidy: {', '.join(sectors)}"
    return Term(Instrument.level(label, "subsidy", cells, lower, upper), track, region, years)


def quota_term(
    economy: DifferentiableEconomy,
    importer: str,
    exporter: str,
    sectors: Sequence[str],
    trade: np.ndarray,
    *,
    licence: Licence | None = None,
    track: str = "quotas",
    lower: float = 0.0,
    upper: float = 1.5,
    years: int = 0,
    label: str | None = None,
) -> Term:
    """A tariff-rate quota of `importer` on `exporter`: the limit of each sector, in one share of its baseline `trade`.

    `trade` [importer, exporter, sector], million USD: quantities at baseline prices, or values at the border where the
    licence limits those. Who holds the licences, and the rates, are given by `licence`; only the limit is agreed.
    """
    [n], [i] = _pair(economy, importer, exporter)
    size, products = len(economy.regions), len(economy.sectors)
    chosen = _sectors(economy, sectors)
    cells = np.array([(n * size + i) * products + s for s in chosen])
    label = label or f"{importer} quota for {exporter}: {', '.join(sectors)}"
    slope = np.asarray(trade, float)[n, i, chosen]
    instrument = Instrument(label, QUOTA, cells, lower, upper, np.zeros(len(cells)), slope, licence or Licence())
    return Term(instrument, track, importer, years)


def _pair(economy: DifferentiableEconomy, importer: str, exporter: str) -> tuple[list[int], list[int]]:
    if importer == exporter:
        raise InputError(f"A term needs two regions; {importer} was given twice.")
    return [position(importer, economy.regions, "region")], [position(exporter, economy.regions, "region")]


def _sectors(economy: DifferentiableEconomy, sectors: Sequence[str]) -> list[int]:
    return [position(sector, economy.sectors, "sector") for sector in sectors]
