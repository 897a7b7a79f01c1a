"""Product codes and the ledger's product lists: which codes a list holds, the most specific prefix deciding."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from importlib import resources
from typing import Any

import numpy as np

from detente.errors import InputError
from detente.law.measure import Products


def digits(product: str) -> str:
    """The digits of an HS, HTS or tariff-item code given with or without dots.

    Raises `InputError` unless there are 4 to 10 digits, an even number or a Canadian/US heading.
    """
    code = str(product).replace(".", "").replace(" ", "")
    if not code.isdigit() or not 4 <= len(code) <= 10:
        raise InputError(
            f"product {product!r} is not a tariff code: give 4 to 10 digits, with or without dots, such as 7601.10.30."
        )
    return code


def dotted(code: str) -> str:
    """A code as tariff schedules print it: ``7601.10.30.00``."""
    return ".".join(part for part in (code[:4], code[4:6], code[6:8], code[8:]) if part)


class ProductLists:
    """The named product lists of a ledger.

    A list name is ``family`` or ``family/part``; naming a prefix of the path selects all parts below it. Within a family
    the longest prefix decides to which part a code belongs. Rows may be dated and may carry a rate in percent.
    """

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._families: dict[str, list[tuple[str, str, float, date | None, date | None]]] = {}
        self.names: set[str] = set()
        for row in rows:
            name, prefix = row["list"], row["prefix"]
            rate = float(row["rate_pct"]) if row.get("rate_pct") else float("nan")
            begins, until = (date.fromisoformat(row[key]) if row.get(key) else None for key in ("from", "until"))
            self._families.setdefault(name.split("/")[0], []).append((name, prefix, rate, begins, until))
            self.names.update("/".join(name.split("/")[: depth + 1]) for depth in range(name.count("/") + 1))
        self._indices: dict[tuple[str, tuple[bool, ...]], dict[str, list[tuple[str, float]]]] = {}
        self._changes = {family: _days_of_change(rows) for family, rows in self._families.items()}
        self.codes = sorted({prefix for rows in self._families.values() for _, prefix, *_ in rows})

    @classmethod
    def packaged(cls) -> ProductLists:
        """The lists that ship with the package (see ``ledger/NOTICE.md`` for their sources)."""
        rows: list[dict[str, str]] = []
        for file in sorted((resources.files("detente.law") / "ledger" / "lists").iterdir(), key=lambda item: item.name):
            with file.open(encoding="utf-8") as text:
                rows.extend(csv.DictReader(text))
        return cls(rows)

    def plus(self, lists: Mapping[str, Iterable[Mapping[str, Any]]], file: str) -> ProductLists:
        """These lists and a user's: name -> rows with `prefix`, `rate_pct`, `begins`, `until`.

        Raises `InputError` for a name that is taken: a list cannot be changed unseen.
        """
        if not lists:
            return self
        more = ProductLists(())
        more._families = {family: list(rows) for family, rows in self._families.items()}
        more.names = set(self.names)
        for name, rows in lists.items():
            family = name.split("/")[0]
            if family in self._families:
                raise InputError(f"{file}: the ledger has a product list {family!r} already: give yours another name.")
            for row in rows:
                rate = float("nan") if row["rate_pct"] is None else float(row["rate_pct"])
                more._families.setdefault(family, []).append((name, row["prefix"], rate, row["begins"], row["until"]))
            more.names.update("/".join(name.split("/")[: depth + 1]) for depth in range(name.count("/") + 1))
        more._changes = {family: _days_of_change(rows) for family, rows in more._families.items()}
        more.codes = sorted({prefix for rows in more._families.values() for _, prefix, *_ in rows})
        return more

    def codes_of(self, wanted: Callable[[str], bool]) -> list[str]:
        """The prefixes on the lists whose family name is `wanted`."""
        return sorted({row[1] for family, rows in self._families.items() if wanted(family) for row in rows})

    def days_of_change(self, families: Iterable[str]) -> set[date]:
        """The days on which rows of some families begin or lapse."""
        return {day for family in families for day in self._changes.get(family, ())}

    def days_of_change_of(self, family: str) -> tuple[date, ...]:
        """The days on which rows of one family begin or lapse, sorted."""
        return self._changes.get(family, ())

    def epoch(self, family: str, day: date) -> tuple[str, tuple[bool, ...]]:
        """A key that is the same on two days when the rows of a family in force are the same."""
        return family, tuple(change <= day for change in self._changes[family])

    def family_index(self, family: str, day: date) -> dict[str, list[tuple[str, float]]]:
        """Prefix to (list name, rate) of a family, rows in force on `day`."""
        key = self.epoch(family, day)
        if key not in self._indices:
            index: dict[str, list[tuple[str, float]]] = {}
            for name, prefix, rate, begins, until in self._families[family]:
                if (begins is None or begins <= day) and (until is None or day <= until):
                    index.setdefault(prefix, []).append((name, rate))
            self._indices[key] = index
        return self._indices[key]


def _days_of_change(rows: Iterable[tuple[str, str, float, date | None, date | None]]) -> tuple[date, ...]:
    """The days on which the rows in force change, sorted."""
    starts = {begins for *_, begins, _ in rows if begins is not None}
    return tuple(sorted(starts | {until + timedelta(days=1) for *_, until in rows if until is not None}))


class Catalogue:
    """A fixed set of codes, and which of them each product selection holds (remembered between calls).

    `codes` [product] are digits, of any mixture of lengths. A code shorter than a list's prefix is not in the list.
    """

    def __init__(self, codes: Iterable[str], lists: ProductLists) -> None:
        self.codes = np.array(list(codes), dtype=object)
        self.lists = lists
        plain = self.codes.astype(str)
        self._order = np.argsort(plain)
        self._sorted = plain[self._order]
        self._parts: dict[tuple[str, tuple[bool, ...]], dict[str, np.ndarray]] = {}
        self._members: dict[tuple[Products, date], np.ndarray] = {}
        self._prefixed: dict[tuple[str, ...], np.ndarray] = {}

    def _family(self, family: str, day: date) -> dict[str, np.ndarray]:
        """List name to rates [product], NaN outside; zero where the list carries no rate."""
        key = self.lists.epoch(family, day)
        if key not in self._parts:
            index = self.lists.family_index(family, day)
            prefixes = sorted(index, key=len)
            below = [self._below(prefix) for prefix in prefixes]
            winner = np.full(len(self.codes), -1)
            for number, positions in enumerate(below):  # longer prefixes come later and win
                winner[positions] = number
            found: dict[str, np.ndarray] = {}
            for number, (prefix, positions) in enumerate(zip(prefixes, below, strict=True)):
                won = positions[winner[positions] == number]
                for name, rate in index[prefix]:
                    column = found.setdefault(name, np.full(len(self.codes), np.nan))
                    column[won] = 0.0 if np.isnan(rate) else rate
            self._parts[key] = found
        return self._parts[key]

    def rates(self, products: Products, day: date) -> np.ndarray:
        """Rates in percent [product] that the lists of a selection carry, NaN where they do not hold the product."""
        result = np.full(len(self.codes), np.nan)
        for wanted in products.lists:
            for name, column in self._family(wanted.split("/")[0], day).items():
                if name == wanted or name.startswith(wanted + "/"):
                    result = np.where(np.isnan(result), column, result)
        return result

    def members(self, products: Products, day: date) -> np.ndarray:
        """Whether each product belongs to a selection on `day` [product], bool."""
        key = (products, day)
        if key not in self._members:
            inside = ~np.isnan(self.rates(products, day)) | products.everything | self._starts(products.prefixes)
            outside = ~np.isnan(self.rates(Products(lists=products.except_lists), day))
            if len(self._members) > 20_000:
                self._members.clear()
            self._members[key] = inside & ~outside & ~self._starts(products.except_prefixes)
        return self._members[key]

    def _below(self, prefix: str) -> np.ndarray:
        """Positions of the codes that begin with a prefix."""
        first, last = np.searchsorted(self._sorted, [prefix, prefix + ":"])  # the colon follows the digits
        return self._order[first:last]

    def _starts(self, prefixes: tuple[str, ...]) -> np.ndarray:
        if prefixes not in self._prefixed:
            starts = np.zeros(len(self.codes), dtype=bool)
            for prefix in prefixes:
                starts[self._below(prefix)] = True
            self._prefixed[prefixes] = starts
        return self._prefixed[prefixes]
