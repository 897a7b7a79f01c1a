"""What every reader shares: the table they read, and the rules that make it a `Baseline`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.accounts.assemble import assemble
from detente.accounts.baseline import Baseline
from detente.accounts.readers.additions import Additions
from detente.errors import InputError
from detente.files import read_table
from detente.text import named, number

#: Head and Mayer (2014), Handbook of International Economics 4, ch. 3, table 5: median of structural gravity estimates.
DEFAULT_ELASTICITY = 5.0

#: An industry keeps at least this share of its output as value added (see `to_baseline`).
LEAST_VALUE_ADDED = 0.01


@dataclass(frozen=True)
class InterCountryTable:
    """An inter-country input-output table at basic prices, million USD a year.

    `intermediate` [exporter, sector, importer, using_sector]; `final` [exporter, sector, importer], all categories of
    final demand together; `source` names publisher and file.
    """

    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: np.ndarray
    final: np.ndarray
    title: str
    year: int | None
    source: str


def to_baseline(
    table: InterCountryTable,
    trade_elasticity: float | Mapping[str, float] = DEFAULT_ELASTICITY,
    additions: Additions | None = None,
) -> Baseline:
    """The baseline of an official table: each using sector is a use class of its own, and output follows from sales.

    The rules, each reported in the attribute `adjustments` with the amount it moves:

    - A negative purchase (sales out of stocks larger than all other final demand, or an error) is set to zero.
    - Value added is output less purchases at basic prices, so it holds taxes less subsidies on products that industries
      pay, and international transport margins where a table has them apart. Taxes on final purchases are left out.
    - An industry whose value added is below 1 percent of output sends the excess of its purchases to final demand of
      its region, from the same exporters.
    - The tables hold no tariffs, export taxes or jobs: these are zero, zero and unknown, but for what `additions` give. Duties
      on inputs come out of value added, where tables of official statistics have them (taxes on products).
    """
    additions = additions or Additions()
    tariff = additions.tariff(table.regions, table.sectors)[..., None]
    trade = np.concatenate([table.intermediate, table.final[..., None]], axis=3).transpose(2, 0, 1, 3)
    negative = float(-np.minimum(trade, 0.0).sum()) + 0.0  # no minus zero
    trade = np.maximum(trade, 0.0)
    output = trade.sum(axis=(0, 3))
    purchases = (trade[..., :-1] * (1 + tariff)).sum(axis=(1, 2))  # [region, using_sector]
    most = (1 - LEAST_VALUE_ADDED) * output
    kept = np.divide(np.minimum(purchases, most), purchases, out=np.ones_like(purchases), where=purchases > 0)
    inputs = trade[..., :-1] * kept[:, None, None, :]
    moved = trade[..., :-1] - inputs
    trade = np.concatenate([inputs, trade[..., -1:] + moved.sum(axis=3, keepdims=True)], axis=3)
    adjustments = (
        f"negative purchases set to zero: {negative:,.0f} million USD ({_percent(negative, output)} of world output); "
        f"inputs moved to final demand where value added was below 1 percent of output: {moved.sum():,.0f} million USD "
        f"({_percent(float(moved.sum()), output)})"
    )
    elasticity, stated = _elasticities(table.sectors, trade_elasticity)
    attributes = {"title": table.title, "source": table.source, "adjustments": adjustments}
    return assemble(
        trade,
        regions=table.regions,
        sectors=table.sectors,
        trade_elasticity=elasticity,
        tariff=tariff,
        sources={"trade": table.source, "trade_elasticity": stated, **additions.sources()},
        attributes=attributes if table.year is None else {**attributes, "year": table.year},
        uses=None,
        buyer_class=None,
        grades=None,
        input_expenditure=None,
        **additions.known(table.regions, table.sectors),
    )


def read_elasticities(path: str | Path) -> dict[str, float]:
    """The CSV file of trade elasticities, columns `sector` and `trade_elasticity`; `InputError` when it is not one."""
    found: dict[str, float] = {}
    for line, row in read_table(path, ("sector", "trade_elasticity"), "a CSV file sector,trade_elasticity"):
        try:
            found[row["sector"]] = number(row["trade_elasticity"])
        except ValueError:
            raise InputError(f"{named(path)}, line {line}: trade_elasticity must be a number.") from None
    return found


def tabulate(
    values: np.ndarray, sellers: Sequence[tuple[str, str]], buyers: Sequence[tuple[str, str | None]]
) -> dict[str, Any]:
    """Regions, sectors and flows of a `InterCountryTable` from a matrix of values [seller, buyer].

    Sellers are pairs of region and sector, buyers the same or region and None for final demand; pairs that appear twice
    add up (parts of an economy), and buyers in no region that sells are left out (columns of discrepancies).
    """
    regions = tuple(dict.fromkeys(region for region, _ in sellers))
    sectors = tuple(dict.fromkeys(sector for _, sector in sellers))
    region_at = {region: k for k, region in enumerate(regions)}
    sector_at = {sector: k for k, sector in enumerate(sectors)}
    cells = np.zeros((len(regions), len(sectors), len(regions), len(sectors) + 1))
    columns = [k for k, (region, _) in enumerate(buyers) if region in region_at]
    row = (np.array([region_at[r] for r, _ in sellers]), np.array([sector_at[s] for _, s in sellers]))
    column = (
        np.array([region_at[buyers[k][0]] for k in columns]),
        np.array([len(sectors) if (s := buyers[k][1]) is None else sector_at[s] for k in columns]),
    )
    np.add.at(cells, (*(x[:, None] for x in row), *(x[None, :] for x in column)), values[:, columns])
    return {"regions": regions, "sectors": sectors, "intermediate": cells[..., :-1], "final": cells[..., -1]}


def year_in(name: str) -> int | None:
    """The year of the data in a file's name, the edition left aside (ICIO2023_2020.csv: 2020)."""
    found = re.search(r"(?:19|20)\d{2}", re.sub(r"ICIO\d{4}", "", name))
    return int(found.group()) if found else None


def _elasticities(sectors: tuple[str, ...], given: float | Mapping[str, float]) -> tuple[np.ndarray, str]:
    if not isinstance(given, Mapping):
        default = (
            "; Head and Mayer (2014), median of structural gravity estimates" if given == DEFAULT_ELASTICITY else ""
        )
        values, stated = np.full(len(sectors), float(given)), f"{given:g} in every sector{default}"
    else:
        if absent := [sector for sector in sectors if sector not in given]:
            raise InputError(
                f"No trade elasticity is given for sector {absent[0]}; the table has {', '.join(sectors)}."
            )
        values, stated = np.array([given[sector] for sector in sectors]), "given by the user, by sector"
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise InputError("Trade elasticities must be positive numbers.")
    return values, stated


def _percent(part: float, output: np.ndarray) -> str:
    return f"{100 * part / output.sum():.2g} percent"
