"""Actual trade between two countries by product: the weights of `applied`."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from detente.accounts.products import sector_of
from detente.law import tables
from detente.law.products import Catalogue, ProductLists


class Lines:
    """A fixed set of products: their codes, their sectors, and what the tables say of their HS6.

    `group` [line] numbers the published product (HTS10 or HS6) of which a line is a part. `sector` [line] is the position
    among `detente.accounts` sectors, or their number for chapters 98 and 99, which have none.
    """

    def __init__(self, codes: Sequence[str], group: np.ndarray, lists: ProductLists) -> None:
        self.goods = Catalogue(codes, lists)
        self.group = group
        position = {sector: number for number, sector in enumerate(sectors())}
        self.sector = np.array([position.get(sector, len(position)) for sector in sector_of(codes)])
        self._some: dict[bytes, Catalogue] = {}
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        gtap = [("spec98" if code >= "98" else self._gtap_of(code)) for code in self.goods.codes]
        #: GTAP sectors, and the one of each line [line]; ``spec98`` for chapters 98 and 99.
        self.gtap_names, self.gtap = np.unique(np.array(gtap), return_inverse=True)

    def where(self, weight: np.ndarray | float) -> tuple[np.ndarray, Catalogue]:
        """The lines that have a weight, as positions, and their codes (the whole catalogue where most have)."""
        positions = np.flatnonzero(np.broadcast_to(weight, self.group.shape))
        if len(positions) > len(self.group) // 4:
            return np.arange(len(self.group)), self.goods
        key = positions.tobytes()
        if key not in self._some:
            self._some[key] = Catalogue(self.goods.codes[positions], self.goods.lists)
        return positions, self._some[key]

    @staticmethod
    def _gtap_of(code: str) -> str:
        return str(tables.lookup("gtap", "gtap").get(code[:6], "ALL_ex98"))

    def column(self, table: str, column: str, default: float) -> np.ndarray:
        """One column of a table of `detente.law.tables` for each line [line], by HS6 (ordinary duties by HTS8)."""
        key = (table, column)
        if key not in self._columns:
            found, length = tables.lookup(table, column), 8 if table == "column1" else 6
            self._columns[key] = np.array([found.get(code[:length], default) for code in self.goods.codes])
        return self._columns[key]


@dataclass(frozen=True)
class Market:
    """What one country buys from another: its product lines and their value in million USD a year [line]."""

    lines: Lines
    value: np.ndarray
    source: str


@cache
def sectors() -> tuple[str, ...]:
    """The sectors of world-2024, in order."""
    return accounts_column("sectors.csv", "sector")


@cache
def regions() -> tuple[str, ...]:
    """The regions of world-2024, in order."""
    return accounts_column("regions.csv", "region")


def accounts_column(file: str, name: str) -> tuple[str, ...]:
    """One column of a vocabulary file of `detente.accounts`."""
    with (resources.files("detente.accounts") / file).open(encoding="utf-8") as text:
        return tuple(row[name] for row in csv.DictReader(text))


US_SOURCE = "US imports for consumption 2024 by HTS10 (Census), chapters 98 and 99 included for Canada and Mexico only"
#: Exporters to the United States whose goods may enter under USMCA, by product lines of their own.
US_NEIGHBOURS = ("CAN", "MEX")
CANADA_SOURCE = (
    "Canadian imports 2021 by HS6 (Statistics Canada), split evenly over the tariff items known below each HS6"
)


@cache
def origins(importer: str, region: str) -> tuple[str, ...]:
    """The countries of a region that the importer's law may tell apart: those of the rest of the world, else the region."""
    if importer != "USA" or region != "ROW":
        return (region,)
    known = tables.table("us_imports")["exporter"].cat.categories
    return tuple(str(code) for code in known if code == "ROW" or code not in regions())


@cache
def us_lines(lists: ProductLists) -> Lines:
    """Every HTS10 in which the United States imported in 2024."""
    return Lines(tables.hts10(), np.arange(len(tables.hts10())), lists)


def us_imports(exporter: str, lists: ProductLists) -> Market:
    """US imports from one region by HTS10, 2024.

    Canada and Mexico: the HTS10 they sold. Others, which are read together: all HTS10, zero where nothing was sold.
    """
    return us_imports_of(origins("USA", exporter), lists)


@cache
def us_imports_of(countries: tuple[str, ...], lists: ProductLists) -> Market:
    """US imports from several origins together (`origins`), by HTS10, 2024."""
    rows = tables.table("us_imports")
    rows = rows[rows["exporter"].isin(countries)]
    codes, value = rows["hts10"].astype(str).to_numpy(dtype=str), rows["kusd"].to_numpy() / 1000.0
    if countries[0] in US_NEIGHBOURS:
        return Market(Lines(list(codes), np.arange(len(codes)), lists), value, US_SOURCE)
    everything = np.zeros(len(tables.hts10()))
    np.add.at(everything, np.searchsorted(tables.hts10(), codes), value)
    return Market(us_lines(lists), everything, US_SOURCE)


@cache
def canada_products() -> np.ndarray:
    """Every HS6 that Canada imported in 2021 [product], sorted."""
    return np.unique(np.array(tables.table("canada_imports")["hs6"].cat.categories, dtype=str))


def _items(products: Sequence[str], lists: ProductLists, government: str) -> Lines:
    """The tariff items that a government's lists know below each HS6, else the HS6 itself."""
    below: dict[str, list[str]] = {}
    for item in lists.codes_of(lambda family: family.startswith(government)):
        if len(item) >= 8:
            below.setdefault(item[:6], []).append(item)
    items = [below.get(hs6, [hs6]) for hs6 in products]
    group = np.repeat(np.arange(len(products)), [len(codes) for codes in items])
    return Lines([code for codes in items for code in codes], group, lists)


@cache
def canada_lines(lists: ProductLists) -> Lines:
    """The lines of Canadian imports."""
    return _items(list(canada_products()), lists, "CA-")


@cache
def canada_imports(exporter: str, lists: ProductLists) -> Market:
    """Canadian imports from one region, 2021, an HS6 spread evenly over its lines."""
    rows = tables.table("canada_imports")
    rows = rows[rows["exporter"] == exporter]
    lines, products = canada_lines(lists), canada_products()
    total = np.zeros(len(products))
    total[np.searchsorted(products, rows["hs6"].astype(str).to_numpy(dtype=str))] = rows["kusd"] / 1000.0
    return Market(lines, (total / np.bincount(lines.group))[lines.group], CANADA_SOURCE)


CHINA_SOURCE = "US exports to China 2024 by chapter (Census), each chapter spread evenly over its HS6"


@cache
def china_imports(exporter: str, lists: ProductLists) -> Market:
    """Chinese imports from the United States by HS6, 2024; of other exporters no weights are held, so all are zero."""
    rows = tables.table("china_imports")
    lines = _china_lines(lists)
    value = np.where(rows["exporter"] == exporter, rows["kusd"], 0) / 1000.0
    return Market(lines, (value / np.bincount(lines.group))[lines.group], CHINA_SOURCE)


@cache
def _china_lines(lists: ProductLists) -> Lines:
    return _items(list(tables.table("china_imports")["hs6"].astype(str)), lists, "CN-")


#: What each importer with weights by product buys from an exporter.
MARKETS: dict[str, Callable[[str, ProductLists], Market]] = {
    "USA": us_imports,
    "CAN": canada_imports,
    "CHN": china_imports,
}
#: Where the trade of each of them comes from.
SOURCES = {"USA": US_SOURCE, "CAN": CANADA_SOURCE, "CHN": CHINA_SOURCE}
