"""`Places`: where each sector of a country works and earns, by state and province."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from detente.errors import InputError
from detente.files import read_table
from detente.text import named, number, shown

#: How far the shares of a replaced sector may be from one before the file is refused.
ROUNDING = 1e-4

SOURCES = {
    "USA": "jobs: BLS payroll 2024, by state as in County Business Patterns 2021; income: BEA GDP by state 2020",
    "CAN": "jobs: Statistics Canada SEPH 2024; income: provincial GDP 2023; manufacturing by assumed locations",
}


@dataclass(frozen=True)
class Places:
    """States and provinces, with the share of each in its country's sectors.

    `employment_share` and `income_share` [place, sector] sum to one over the places of a country in every sector (0
    everywhere where the country has none). `jobs_kjobs` [place, sector]: thousand payroll jobs of 2024.
    `assumed` (jobs) and `income_assumed` [place, sector]: True where more than a tenth of the number rests on an assumption.
    `sources`: country to the origin of its numbers; replaced sectors have their own.
    """

    places: tuple[str, ...]  # ISO 3166-2: US-MI, CA-ON
    names: tuple[str, ...]
    country: tuple[str, ...]  # of each place
    sectors: tuple[str, ...]
    employment_share: np.ndarray
    income_share: np.ndarray
    jobs_kjobs: np.ndarray
    assumed: np.ndarray
    income_assumed: np.ndarray
    sources: dict[str, str]
    tile: np.ndarray  # [place, 2]: row and column on the grid of tiles, Canada above

    def rows(self, regions: Sequence[str]) -> np.ndarray:
        """Position in `regions` of the country of each place [place]; raises `InputError` if a country is absent."""
        if absent := sorted(set(self.country) - set(regions)):
            raise InputError(
                f"The regions have no {' and no '.join(absent)}; results by place need {' and '.join(self.countries)}."
            )
        return np.array([list(regions).index(country) for country in self.country])

    @property
    def countries(self) -> tuple[str, ...]:
        """Countries that have places, in alphabetical order."""
        return tuple(sorted(set(self.country)))

    def inside(self, country: str) -> np.ndarray:
        """Which places are in `country` [place]."""
        return np.array([other == country for other in self.country])

    def sum_by_country(self, values: np.ndarray) -> np.ndarray:
        """Sums of `values` [place, ...] over the places of each country [country, ...], in the order of `countries`."""
        return np.stack([values[self.inside(country)].sum(axis=0) for country in self.countries])

    def allocate(self, national: np.ndarray, regions: Sequence[str], by: str = "employment") -> np.ndarray:
        """National amounts [region, sector] by place [place, sector]; over a country's places they sum to the nation.

        `regions` labels the rows; those without places are left out. `by`: `employment` (jobs) or `income` (money).
        Raises `InputError` for other sectors, a country that is absent, or an unknown `by`.
        """
        shares = {"employment": self.employment_share, "income": self.income_share}
        if by not in shares:
            raise InputError(f"Amounts are allocated by employment or by income; {by!r} is neither.")
        national = np.asarray(national, float)
        if national.shape != (len(regions), len(self.sectors)):
            raise InputError(
                f"National amounts have shape {national.shape}; expected {(len(regions), len(self.sectors))}: "
                f"one row per region and the {len(self.sectors)} sectors of world-2024."
            )
        return national[self.rows(regions)] * shares[by]

    def replace_from_csv(self, path: str | Path) -> Places:
        """These places with the sectors that a file gives, in the place of the shipped shares.

        Columns: place (US-MI), sector, employment_share, source, and, if known, income_share (default: employment
        share). Places of the country that the file leaves out of a sector get zero; the shares of a country's sector
        sum to one. Jobs keep the country's total. Raises `InputError` naming the line and what is wrong.
        """
        rows = _replacement_rows(Path(path), self)
        employment, income = self.employment_share.copy(), self.income_share.copy()
        jobs, sources = self.jobs_kjobs.copy(), dict(self.sources)
        assumed, income_assumed = self.assumed.copy(), self.income_assumed.copy()
        for country, sector in dict.fromkeys((row.country, row.sector) for row in rows):
            inside = self.inside(country)
            k = self.sectors.index(sector)
            chosen = [row for row in rows if (row.country, row.sector) == (country, sector)]
            for name, target in (("employment_share", employment), ("income_share", income)):
                shares = np.zeros(len(self.places))
                for row in chosen:
                    given = getattr(row, name)
                    shares[self.places.index(row.place)] = row.employment_share if given is None else given
                if abs(shares.sum() - 1) > ROUNDING:
                    raise InputError(
                        f"{path}: the {name} of {sector} in {country} sums to {shares.sum():.6g}; it must sum to 1."
                    )
                target[inside, k] = shares[inside] / shares.sum()
            jobs[inside, k] = jobs[inside, k].sum() * employment[inside, k]
            assumed[inside, k] = False
            income_assumed[inside, k] = any(row.income_share is None for row in chosen)
            sources[f"{country} {sector}"] = "; ".join(dict.fromkeys(row.source for row in chosen))
        return replace(
            self,
            employment_share=employment,
            income_share=income,
            jobs_kjobs=jobs,
            assumed=assumed,
            income_assumed=income_assumed,
            sources=sources,
        )


@dataclass(frozen=True)
class _Replacement:
    place: str
    country: str
    sector: str
    employment_share: float
    income_share: float | None
    source: str


def _replacement_rows(path: Path, places: Places) -> list[_Replacement]:
    columns = ("place", "sector", "employment_share", "source")
    rows: list[_Replacement] = []
    seen: set[tuple[str, str]] = set()
    for line, record in read_table(path, columns, f"a CSV file with columns {', '.join(columns)}"):
        where = f"{named(path)}, line {line}"
        place, sector = record["place"], record["sector"]
        if place not in places.places:
            raise InputError(f"{where}: unknown place {shown(place)}; write US-MI or CA-ON (ISO 3166-2).")
        if sector not in places.sectors:
            raise InputError(f"{where}: unknown sector {shown(sector)}; the sectors are {', '.join(places.sectors)}.")
        if (place, sector) in seen:
            raise InputError(f"{where}: {sector} in {place} is given twice; keep one line.")
        seen.add((place, sector))
        employment = _share(record["employment_share"], where)
        income = _share(text, where) if (text := record.get("income_share")) else None
        if not record["source"]:
            raise InputError(f"{where}: the source is empty; say where the number comes from.")
        country = places.country[places.places.index(place)]
        rows.append(_Replacement(place, country, sector, employment, income, record["source"]))
    if not rows:
        raise InputError(f"{named(path)} has no rows; expected one per place and sector.")
    return rows


def _share(text: str, where: str) -> float:
    try:
        value = number(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 1:
        raise InputError(f"{where}: {shown(text)} is not a share; write a number from 0 to 1.")
    return value


def _table(name: str) -> list[dict[str, str]]:
    with (resources.files("detente.accounts.places") / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def load() -> Places:
    """The shipped places: 50 states, the District of Columbia, 10 provinces and 3 territories, 43 sectors."""
    labels, rows = _table("places.csv"), _table("shares.csv")
    places = tuple(row["place"] for row in labels)
    country = tuple(row["country"] for row in labels)
    sectors = tuple(dict.fromkeys(row["sector"] for row in rows))
    if [(row["place"], row["sector"]) for row in rows] != [(place, sector) for place in places for sector in sectors]:
        raise InputError("The shipped shares.csv does not list every place and sector in order; build it again.")

    def column(name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in rows]).reshape(len(places), len(sectors))

    def shares(name: str) -> np.ndarray:  # the file is rounded to seven digits
        values = column(name)
        for one in set(country):
            inside = np.array(country) == one
            total = values[inside].sum(axis=0)
            values[inside] = np.divide(values[inside], total, out=np.zeros_like(values[inside]), where=total > 0)
        return values

    return Places(
        places=places,
        names=tuple(row["name"] for row in labels),
        country=country,
        sectors=sectors,
        employment_share=shares("employment_share"),
        income_share=shares("income_share"),
        jobs_kjobs=column("jobs_kjobs"),
        assumed=column("assumed").astype(bool),
        income_assumed=column("income_assumed").astype(bool),
        sources=dict(SOURCES),
        tile=np.array([(int(row["row"]), int(row["column"])) for row in labels]),
    )
