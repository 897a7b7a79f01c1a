"""`collected`: the duty that is paid, beside the duty that the law states on the trade of 2024 (`applied`).

The gap between the two is modelled by its parts. Entry: goods on the way when a duty rose were spared where the order said so,
and entries wait for lower rates (`entry`): this tells one month from another, and is over once a law has stood for a while.
Everything else - claims of USMCA beyond those recorded, declared metal content, purchases that move to lines that pay less,
exemptions used, compliance - is one share of the statutory duty for each kind of duty, exporter and industry, fitted to the
duty calculated by US Customs (`build_collected`). Remission: Canada's published totals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources

import numpy as np
import xarray as xr

from detente.accounts.customs_unions import members
from detente.law.applied import PairRates, added_since_2024, pair_rates, steps
from detente.law.customs import groups, partner_of
from detente.law.ledger import BASELINE_DAY, Ledger, as_date
from detente.law.market import regions, sectors
from detente.law.measure import Measure

#: Kinds of duty that are collected alike: duties on a country, and Section 232 on metals and on other goods.
KINDS = ("country", "metals", "goods")
METALS = ("232-metals", "232-copper")
CUSTOMS_EXCLUDE = ("AD/CVD",)  # not in the calculated duty of the statistics: deposits, taken as the law states them


@dataclass(frozen=True)
class CollectionModel:
    """The fitted parts: `sea_days` by exporter and `air_share` by group (how goods arrive), `put_off` (the elasticity of entries
    to the duty of the day: see `entry`); `share` and its `error` [kind, group] by partner of the statistics.

    `remission` (central, low, high): share of the Canadian duty on US goods that is paid; `spread` (fixed, relative): the
    error of a partner's monthly rate, points and share of the added rate, that holds 90 percent of the months.
    """

    sea_days: dict[str, float]
    air_share: dict[str, float]
    put_off: float
    share: dict[str, np.ndarray]
    error: dict[str, np.ndarray]
    remission: tuple[float, float, float]
    spread: tuple[float, float]


@cache
def model() -> CollectionModel:
    """The parameters that ship (``data/collection.csv``, which carries the source and standard error of each)."""
    with (resources.files("detente.law") / "data" / "collection.csv").open(encoding="utf-8") as file:
        return read_model(list(csv.DictReader(file)))


def read_model(rows: list[dict[str, str]]) -> CollectionModel:
    """A model from the rows of its file."""
    sea: dict[str, float] = {}
    air: dict[str, float] = {}
    share: dict[str, np.ndarray] = {}
    error: dict[str, np.ndarray] = {}
    single: dict[str, float] = {}
    for row in rows:
        if row["part"] == "sea_days":
            sea[row["exporter"]] = float(row["value"])
        elif row["part"] == "air_share":
            air[row["group"]] = float(row["value"])
        elif row["part"] == "share":
            shape = (len(KINDS), len(groups()))
            place = KINDS.index(row["kind"]), list(groups()).index(row["group"])
            share.setdefault(row["exporter"], np.ones(shape))[place] = float(row["value"])
            error.setdefault(row["exporter"], np.zeros(shape))[place] = float(row["standard_error"])
        else:
            single[row["part"]] = float(row["value"])
    remission = single["remission"], single["remission_low"], single["remission_high"]
    spread = single["spread_fixed"], single["spread_relative"]
    return CollectionModel(sea, air, single["put_off"], share, error, remission, spread)


def collected(on: str | date, ledger: Ledger | None = None, *, without: Iterable[str] = ()) -> xr.DataArray:
    """Average duty paid over that paid in 2024 [bound, importer, exporter, sector], as a fraction of customs value.

    The rate of a day's law once the goods on the water have landed. US imports and Canadian imports from the United States
    are modelled; other pairs pay what the law states (`added_since_2024`). Attributes as there, `concept` ``collected``.
    """
    ledger, day, without = ledger or Ledger.default(), as_date(on), tuple(without)
    rates = added_since_2024(day, ledger, without=without)
    usa, can = (regions().index(code) for code in ("USA", "CAN"))
    for exporter in regions():
        if exporter != "USA":
            rates.values[:, usa, regions().index(exporter)] = _paid(ledger, exporter, day, without) / 100.0
    rates.values[:, can, usa] = _remitted(rates.values[1, can, usa])
    return rates.assign_attrs(
        concept="collected",
        units="fraction of customs value (0.25 is 25 percent), paid over what was paid in 2024, AD/CVD included",
        model="statutory rates times the fitted shares collected (US Census duties 2025-01 to 2025-08; Canada: remission)",
    )


@dataclass(frozen=True)
class Beside:
    """Two rates of a pair, both over the duty of 2024, percent [bound, sector]: what the law states, and what is collected.

    `collected` is None where it is not modelled. `imports` [sector], million USD a year, are the weights of the averages.
    """

    statutory: np.ndarray
    collected: np.ndarray | None
    imports: np.ndarray

    @property
    def averages(self) -> dict[str, list[float] | None]:
        """Average over goods of each rate: low, central, high, percent."""
        weight = self.imports / max(float(self.imports.sum()), 1e-9)
        rates = {"statutory": self.statutory, "collected": self.collected}
        return {name: None if rate is None else [float(x) for x in rate @ weight] for name, rate in rates.items()}


def beside(pair: PairRates, ledger: Ledger | None = None, *, without: Iterable[str] = ()) -> Beside:
    """The statutory rates of a pair over those of 2024, and the collected ones beside them."""
    ledger, without = ledger or Ledger.default(), tuple(without)
    then = pair_rates(pair.importer, pair.exporter, BASELINE_DAY, without=without)
    low, central, high = np.nan_to_num(pair.rate - then.rate)
    statutory = np.stack([np.minimum(low, central), central, np.maximum(central, high)])
    paid = None
    if pair.importer == "USA" and pair.imports.any():
        paid = _paid_together(ledger, pair, without)
    elif (pair.importer, pair.exporter) == ("CAN", "USA"):
        paid = _remitted(central)
    return Beside(statutory, paid, pair.imports)


def _remitted(rate: np.ndarray) -> np.ndarray:
    """What Canada collects of a rate on goods of the United States [bound, sector]."""
    central, low, high = model().remission
    return np.stack([rate * share for share in (low, central, high)])


def _paid_together(ledger: Ledger, pair: PairRates, without: tuple[str, ...]) -> np.ndarray:
    """`_paid` of a pair; of a customs union its members' by what is bought from each, their errors of one sign."""
    sellers = members(pair.exporter, regions()) or (pair.exporter,)
    bought = np.stack([pair_rates("USA", one, pair.day, ledger, without=without).imports for one in sellers])
    paid = np.stack([_paid(ledger, one, pair.day, without) for one in sellers])
    return np.divide((paid * bought[:, None]).sum(axis=0), pair.imports, out=paid[0] * 0.0, where=pair.imports > 0)


def _paid(ledger: Ledger, exporter: str, day: date, without: tuple[str, ...]) -> np.ndarray:
    """Duty paid over that of 2024, percent [bound, sector]."""
    due, deposits = _by_kind(ledger, exporter, day, without)
    due_then, deposits_then = _by_kind(Ledger.default(), exporter, BASELINE_DAY, without)
    now = due - due_then
    share, error = _of_sectors(model().share, exporter), _of_sectors(model().error, exporter)
    central = (share * now).sum(axis=0)
    width = 1.645 * np.sqrt(((error * now) ** 2).sum(axis=0) + (model().spread[1] * central) ** 2)
    floor = np.minimum(central, 0.0)
    return np.stack([np.maximum(central - width, floor), central, central + width]) + (deposits - deposits_then)


def _of_sectors(table: dict[str, np.ndarray], exporter: str) -> np.ndarray:
    """A table [kind, group] of an exporter for each sector [kind, sector]; 1 (0 for errors) where no group holds it."""
    position = {sector: k for k, (_, held) in enumerate(groups().values()) for sector in held}
    given = table[partner_of(exporter)]
    filler = np.full(given.shape[0], 1.0 if table is model().share else 0.0)  # services: no duty
    return np.stack([given[:, position[s]] if s in position else filler for s in sectors()], axis=1)


@lru_cache(maxsize=4096)
def _by_kind(ledger: Ledger, exporter: str, day: date, without: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Statutory duty of the United States in percent: added by kind [kind, sector], and AD/CVD deposits [sector]."""
    pair = pair_rates("USA", exporter, day, ledger, without=without)
    due, deposits = np.zeros((len(KINDS), len(sectors()))), np.zeros(len(sectors()))
    for name, points in pair.layers.items():
        measure = ledger[name]
        if measure.authority in CUSTOMS_EXCLUDE:
            deposits += points
        else:
            due[_kind(measure)] += points
    return due, deposits


def _kind(measure: Measure) -> int:
    if measure.authority != "Section 232":
        return KINDS.index("country")
    return KINDS.index("metals" if measure.family in METALS else "goods")


def statutory_path(ledger: Ledger, exporter: str, first: date, last: date) -> np.ndarray:
    """Statutory duty over that of 2024 on each day, percent [day, kind, sector], AD/CVD apart."""
    days = (last - first).days + 1
    base = _by_kind(Ledger.default(), exporter, BASELINE_DAY, ())[0]
    starts = sorted({first, *(day for day in steps(ledger, "USA", exporter) if first < day <= last)})
    path = np.zeros((days, *base.shape))
    for day in starts:
        path[(day - first).days :] = _by_kind(ledger, exporter, day, ())[0] - base
    return path
