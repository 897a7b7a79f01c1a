"""Entry: which rate a shipment owes, by the day it was loaded and the day it was entered, and what a month owes on average.

Orders that raise a duty often spare goods already on the way: loaded before one day and entered before another, they owe what
was due before (`WAIVERS`, from the headings of the tariff schedule). A cut made later for days gone by is not collected on
those days: the old rate is paid, and refunded (`BELATED`). And entry itself waits for a lower rate: bonded warehouses,
foreign-trade zones, orders put off. So a month's average is that of its shipments, not that of its days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

#: The longest voyage counted, days, and the days that goods carried by air may take.
LONGEST, BY_AIR = 120, 5


@dataclass(frozen=True)
class Waiver:
    """Goods of `exporters` (all where none is named) loaded before `loaded` owe what was due the day before it, if they enter
    from `first` to `last` (both inclusive).
    """

    exporters: tuple[str, ...]
    loaded: date
    first: date
    last: date
    source: str


#: What the United States spared on the way in 2025: nothing by the orders on Canada and Mexico, or that of 2025-03-03 on China.
WAIVERS = (
    Waiver(("CHN",), date(2025, 2, 1), date(2025, 2, 4), date(2025, 3, 6), "HTS 9903.01.23 (EO 14195)"),
    Waiver((), date(2025, 4, 5), date(2025, 4, 5), date(2025, 5, 27), "HTS 9903.01.28 (EO 14257)"),
    Waiver((), date(2025, 4, 9), date(2025, 4, 9), date(2025, 5, 27), "HTS 9903.01.43-.76 (EO 14257 Annex I)"),
    Waiver(("CHN",), date(2025, 4, 10), date(2025, 4, 10), date(2025, 5, 27), "HTS 9903.01.63 (EO 14266)"),
    Waiver(("BRA",), date(2025, 8, 6), date(2025, 8, 6), date(2025, 10, 4), "EO 14323"),
    Waiver((), date(2025, 8, 7), date(2025, 8, 7), date(2025, 10, 4), "HTS 9903.02.02-.71 (EO 14326)"),
    Waiver(("IND",), date(2025, 8, 27), date(2025, 8, 27), date(2025, 9, 16), "EO 14329"),
)


@dataclass(frozen=True)
class Belated:
    """A rate of `kind` that the law changed from `law` on, and that customs charged only from `charged` on."""

    exporters: tuple[str, ...]
    kind: str
    law: date
    charged: date
    source: str


UNION = ("AUT", "BEL", "DEU", "ESP", "FRA", "IRL", "ITA", "NLD", "SWE", "EUR")
#: Cuts for days gone by, of kinds of duty whose earlier rate is held; published in the Federal Register on the later day.
BELATED = (
    Belated(UNION, "goods", date(2025, 8, 1), date(2025, 9, 25), "90 FR 46136: vehicles and parts of the Union"),
)


@dataclass(frozen=True)
class Voyage:
    """How goods arrive: the mean days at sea (0: they come by land, on the day), and the share of their value that flies.

    Days at sea are gamma distributed (shape 3: few ships are much faster than most), cut at `LONGEST`; by air, up to `BY_AIR`.
    """

    sea_days: float
    air_share: float = 0.0

    def lags(self) -> np.ndarray:
        """Share of value by days between loading and entry [lag], adding up to one."""
        if self.sea_days <= 0:
            return np.ones(1)
        days = np.arange(LONGEST)
        sea = days**2 * np.exp(-3.0 * days / self.sea_days)
        share = (1.0 - self.air_share) * sea / sea.sum()
        share[:BY_AIR] += self.air_share / BY_AIR
        return share


def owed(path: np.ndarray, exporter: str, first: date, longest: int) -> np.ndarray:
    """The rate of each day for goods loaded so many days before [lag, day, ...], from the rates of the law [day, ...].

    A waiver never raises a rate. Days before the first owe what the first does.
    """
    result = np.repeat(path[None], longest, axis=0)
    for waiver in WAIVERS:
        if waiver.exporters and exporter not in waiver.exporters:
            continue
        loaded, begin, end = ((day - first).days for day in (waiver.loaded, waiver.first, waiver.last))
        before = path[max(loaded - 1, 0)] if loaded <= len(path) else None
        for lag in range(longest):
            spared = slice(max(begin, 0), min(end + 1, loaded + lag, len(path)))
            if before is not None and spared.start < spared.stop:
                result[lag, spared] = np.minimum(result[lag, spared], before)
    return result


def charged(path: np.ndarray, exporter: str, first: date, kinds: Sequence[str]) -> np.ndarray:
    """The rates that customs charged on each day [day, kind, ...], from those of the law."""
    result = path.copy()
    for cut in BELATED:
        begin, end = ((day - first).days for day in (cut.law, cut.charged))
        if exporter in cut.exporters and 0 < begin < len(path):
            result[begin:end, kinds.index(cut.kind)] = path[begin - 1, kinds.index(cut.kind)]
    return result


def monthly(
    path: np.ndarray,
    exporter: str,
    voyage: Voyage,
    put_off: float,
    first: date,
    months: Iterable[str],
    kinds: Sequence[str],
) -> np.ndarray:
    """What a month's entries owe on average, percent [month, kind, ...], from the law's path [day, kind, ...], percent.

    Waivers spare the duty on a ``country``. `put_off` is the elasticity of entries to the power of that duty: a shipment that
    owes t percent is entered with weight (1 + t / 100) ** -put_off.
    """
    lags, country = voyage.lags(), kinds.index("country")
    path = charged(path, exporter, first, kinds)
    rates = owed(path[:, country], exporter, first, len(lags))
    names = np.array([f"{first + timedelta(days=k):%Y-%m}" for k in range(len(path))])
    found = []
    for month in months:
        days = names == month
        rate = rates[:, days]
        weight = lags.reshape(-1, *(1,) * (rate.ndim - 1)) * (1.0 + rate / 100.0) ** -put_off
        weight /= weight.sum(axis=(0, 1))
        average = (path[days] * weight.sum(axis=0)[:, None]).sum(axis=0)
        average[country] = (rate * weight).sum(axis=(0, 1))
        found.append(average)
    return np.stack(found)
