"""Energy security as tables in the terminal."""

from __future__ import annotations

import numpy as np

from detente.report.assumptions import range_of
from detente.report.findings import principals, setting
from detente.report.terminal import say, show
from detente.report.wording import region_name, signed
from detente.study.outcomes.energy import Energy, cost_by_place
from detente.study.outcomes.energy import energy as energy_of
from detente.study.run import Study
from detente.study.uncertainty.draws import ENERGY, ENERGY_COST, LEVEL, Draws

SHOWN_PLACES = 5


def show_energy(study: Study) -> None:
    """Print each energy good of the parties before and after, and the places whose costs move most."""
    found = energy_of(study.result)
    say(study.scenario.title)
    say(setting(study))
    print()
    if found is None:
        say("This world has no sector that sells energy.")
        return
    for region in principals(study):
        _show_goods(study, found, region)
    _show_places(study)
    say(
        "imports: share of purchases that comes from abroad. concentration: Herfindahl-Hirschman index of the supplying "
        "countries, 10,000 is one supplier; the rest of the world (ROW) counts as one. pass-through: of the added duty, what "
        "importers pay (exporters bear the rest), and how far the price of all purchases rises per percent of it, over consumer "
        "prices. mining is coal with ores and stone.",
        hanging="  ",
    )
    say(f"Ranges: {range_of(study)}", hanging="  ")


def _show_goods(study: Study, found: Energy, region: str) -> None:
    n, regions = study.economy.regions.index(region), study.economy.regions
    rows = [
        [
            good,
            f"{_percent(found.dependence_before[n, k])} to {_percent(found.dependence[n, k])}",
            f"{_whole(found.concentration_before[n, k])} to {_whole(found.concentration[n, k])}",
            _supplier(regions, int(found.supplier_before[n, k]), int(found.supplier[n, k])),
            signed(found.duty_pct[n, k], 2),
            signed(found.price_pct[n, k], 2),
            _share(found.pass_through[n, k]),
            _share(found.to_buyers[n, k]),
        ]
        for k, good in enumerate(found.goods)
    ]
    columns = [
        "",
        "imports, percent",
        "concentration",
        "main supplier",
        "duty added, percent",
        "price, percent",
        "pass-through to importers",
        "to all buyers",
    ]
    show(f"{region_name(region)}: energy goods, before and after", columns, rows)
    if study.draws is not None:
        _show_ranges(study.draws, found, region)


#: Field of `Energy` -> digits, factor, and whether its sign is written.
_RANGED = {
    "dependence": (1, 100, False),
    "concentration": (0, 1, False),
    "price_pct": (2, 1, True),
    "pass_through": (2, 1, False),
    "to_buyers": (2, 1, True),
}


def _show_ranges(draws: Draws, found: Energy, region: str) -> None:
    n = draws.regions.index(region)
    rows = [[good, *(_range(draws, name, n, k) for name in _RANGED)] for k, good in enumerate(found.goods)]
    columns = ["", "imports, percent", "concentration", "price, percent", "pass-through to importers", "to all buyers"]
    show(f"{region_name(region)}: {LEVEL:.0%} ranges of what comes after", columns, rows)


def _range(draws: Draws, name: str, n: int, k: int) -> str:
    digits, factor, sign = _RANGED[name]
    ends = [factor * float(end[n, k]) for end in draws.range(ENERGY + name)]
    if not np.isfinite(ends).all():
        return "-"
    return " to ".join(signed(end, digits) if sign else f"{end:,.{digits}f}" for end in ends)


def _show_places(study: Study) -> None:
    cost, found = cost_by_place(study.result, study.places), study.places
    if cost is None or found is None or np.abs(cost).max() < 0.001:
        return
    rows = []
    for country in found.places.countries:
        inside = np.flatnonzero(found.places.inside(country))
        for k in inside[np.argsort(-np.abs(cost[inside]), kind="stable")[:SHOWN_PLACES]]:
            row = [found.places.names[k], region_name(country), signed(float(cost[k]), 3)]
            if study.draws is not None:
                low, high = study.draws.range(ENERGY_COST)
                row.append(f"{signed(float(low[k]), 3)} to {signed(float(high[k]), 3)}")
            rows.append(row)
    columns = ["", "", "percent", *([] if study.draws is None else [f"{LEVEL:.0%} range"])]
    show("Production costs from energy prices alone, the places that feel it most", columns, rows)
    say("Prices are the country's: regional grids and pipelines are not in the accounts.", hanging="  ")
    print()


def _percent(share: float) -> str:
    return f"{100 * share:.1f}" if np.isfinite(share) else "-"


def _whole(value: float) -> str:
    return f"{value:,.0f}" if np.isfinite(value) else "-"


def _share(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "-"


def _supplier(regions: tuple[str, ...], before: int, after: int) -> str:
    return regions[before] if before == after else f"{regions[before]}, then {regions[after]}"
