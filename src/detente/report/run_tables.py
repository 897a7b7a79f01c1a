"""The answer of a scenario as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.console import RenderableType
from rich.table import Table

from detente.study.run import Study

SHOWN_REGIONS = 8
SHOWN_SECTORS = 8


def tables(study: Study) -> Iterator[RenderableType]:
    """Title, one sentence, regions, sectors of the parties, diagnostics."""
    scenario = study.scenario
    law = f"law of {scenario.law}" if scenario.law else "tariffs before 2025"
    yield f"[bold]{scenario.title}[/]\n{scenario.baseline}, {law}, {scenario.horizon} horizon, {scenario.closure} deficits\n"
    yield headline(study) + "\n"
    yield regions_table(study)
    for party in study.parties[:2]:
        yield sectors_table(study, party)
    d = study.result.diagnostics
    yield (
        f"[dim]residual {d['residual']:.0e}, {d['iterations']} evaluations, Walras {d['walras']:.0e}, "
        f"adding-up {d['adding_up']:.0e}, {study.seconds:.2f} s[/]"
    )


def headline(study: Study) -> str:
    """One sentence: who gains and who loses, in percent of income and in money."""
    arrays, regions = study.result.arrays, study.economy.regions
    parts = []
    for party in study.parties[:3] or [regions[int(np.argmax(np.abs(arrays["welfare_musd"])))]]:
        n = regions.index(party)
        percent, money = arrays["welfare"][n], arrays["welfare_musd"][n]
        verb = "gains" if money > 0 else "loses"
        parts.append(f"{party} {verb} {_size(abs(percent))} percent of income ({_money(abs(money))} a year)")
    return "; ".join(parts) + "."


def regions_table(study: Study) -> Table:
    """Welfare and trade of the parties and of the others that it touches most."""
    a, regions = study.result.arrays, study.economy.regions
    others = [r for r in np.argsort(-np.abs(a["welfare"])) if regions[r] not in study.parties]
    shown = [regions.index(party) for party in study.parties][:SHOWN_REGIONS]
    shown += [int(r) for r in others][: max(0, SHOWN_REGIONS - len(shown))]
    table = Table(title="Regions (change, percent unless said)", title_justify="left")
    columns = (
        "",
        "welfare",
        "welfare, million USD",
        "real wage",
        "prices",
        "exports",
        "imports",
        "tariff revenue, million USD",
    )
    for column in columns:
        table.add_column(column, justify="left" if not column else "right")
    for n in shown:
        table.add_row(
            regions[n],
            _signed(a["welfare"][n], 3),
            _signed(a["welfare_musd"][n], 0),
            _signed(a["real_wage"][n], 3),
            _signed(a["consumer_price"][n], 2),
            _signed(a["exports"][n], 2),
            _signed(a["imports"][n], 2),
            _signed(a["tariff_revenue_change_musd"][n], 0),
        )
    return table


def sectors_table(study: Study, region: str) -> Table:
    """The sectors of a region whose output moves most, weighted by what they make."""
    a, economy = study.result.arrays, study.economy
    n = economy.regions.index(region)
    moved = np.abs(np.nan_to_num(a["output"][n])) * economy.baseline.output[n]
    table = Table(title=f"{region}: sectors that move most (change, percent unless said)", title_justify="left")
    for column in ("", "output", "jobs, thousand", "buyers' price", "producers' price", "exports", "imports"):
        table.add_column(column, justify="left" if not column else "right")
    for j in np.argsort(-moved)[:SHOWN_SECTORS]:
        table.add_row(
            economy.sectors[j],
            _signed(a["output"][n, j], 2),
            _signed(a["employment_kjobs"][n, j], 1),
            _signed(a["price"][n, j], 2),
            _signed(a["producer_price"][n, j], 2),
            _signed(a["sector_exports"][n, j], 2),
            _signed(a["sector_imports"][n, j], 2),
        )
    return table


def _signed(value: Any, digits: int) -> str:
    return "" if not np.isfinite(value) else f"{value:+,.{digits}f}"


def _size(value: float) -> str:
    return f"{value:.2g}" if value < 1 else f"{value:.1f}"


def _money(million: float) -> str:
    return f"{million / 1000:,.1f} billion USD" if million >= 1000 else f"{million:,.0f} million USD"
