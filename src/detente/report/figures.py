"""The figures of a study: each with a title that says the finding, its data, and the words for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from detente.report import charts
from detente.report.findings import (
    STILL,
    Market,
    headline,
    jobs_by_place_sentence,
    markets,
    output_change,
    principals,
    regions_shown,
    sectors_shown,
    who_replaces_whom,
)
from detente.report.wording import (
    jobs,
    listed,
    minus,
    money,
    percent,
    product,
    region_name,
    rounded,
    sector_name,
    sentence,
    signed,
    the_region,
)
from detente.study.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty import PLACE, Draws

SHOWN_SECTORS = 9
SHOWN_SUPPLIERS = 7
SHOWN_PRICES = 8
SHOWN_TRADERS = 5
#: Below this change of jobs (percent) in most places, a map counts jobs of 100,000.
READABLE_PERCENT = 0.1


class Figure(NamedTuple):
    """`name`: of the file with its data; `title`: the finding; `unit`: what is drawn; `svg`; `data`; `alt`: in words."""

    name: str
    title: str
    unit: str
    svg: str
    data: pd.DataFrame
    alt: str
    wide: bool = False


def figures(study: Study) -> Iterator[Figure]:
    """Welfare, who replaces whom, sectors and prices of the parties, trade between regions, jobs by place."""
    yield welfare(study)
    for market in markets(study):
        yield suppliers(study, market)
    for region in principals(study):
        yield sectors(study, region)
    yield prices(study)
    yield trade(study)
    if (found := study.places) is not None:
        yield places(found, study.draws)
    if study.path:
        from detente.report.path_report import path_figure

        yield path_figure(study)


def welfare(study: Study) -> Figure:
    """Change of welfare by region."""
    a, regions = study.result.arrays, study.economy.regions
    shown = regions_shown(study)
    data = pd.DataFrame(
        {
            "region": [regions[n] for n in shown],
            "name": [region_name(regions[n]) for n in shown],
            "welfare_pct": a["welfare"][shown],
            "welfare_musd": a["welfare_musd"][shown],
        }
    )
    numbers = [(_points(p, 3), _short_money(m)) for p, m in zip(data.welfare_pct, data.welfare_musd, strict=True)]
    ends = None
    unit = "Welfare (equivalent variation): percent of income, and USD a year"
    if study.draws is not None:
        data["welfare_pct_low"], data["welfare_pct_high"] = (end[shown] for end in study.draws.range("welfare"))
        ends = data.welfare_pct_low, data.welfare_pct_high
        unit += "; the line spans the middle 90 percent of draws"
    svg = charts.bars(data.name, data.welfare_pct, numbers, "percent of income", ends)
    return Figure("welfare", headline(study), unit, svg, data, _in_words(data.name, map(" ".join, numbers)))


def suppliers(study: Study, market: Market) -> Figure:
    """Who sells less and who sells more in one market."""
    regions = study.economy.regions
    order = np.argsort(-np.abs(market.change))
    shown = sorted((int(i) for i in order[:SHOWN_SUPPLIERS]), key=lambda i: market.change[i])
    rest = [int(i) for i in order[SHOWN_SUPPLIERS:]]
    names = ["Domestic producers" if regions[i] == market.importer else region_name(regions[i]) for i in shown]
    data = pd.DataFrame(
        {
            "supplier": [*(regions[i] for i in shown), "others"],
            "name": [*names, "All others"],
            "before_musd": [*market.before[shown], market.before[rest].sum()],
            "change_musd": [*market.change[shown], market.change[rest].sum()],
        }
    )
    data["change_pct"] = 100 * data.change_musd / data.before_musd.where(data.before_musd > 0)
    numbers = [(_points(p, 1), _short_money(m)) for m, p in zip(data.change_musd, data.change_pct, strict=True)]
    svg = charts.bars(data.name, data.change_musd / 1000, numbers, "billion USD a year")
    where = sentence(f"{product(market.sector)} bought in {the_region(market.importer)}, by supplier")[:-1]
    unit = f"{where}: change in USD a year before duties, and percent"
    name = f"suppliers-{market.importer}-{market.sector}"
    return Figure(name, who_replaces_whom(study, market), unit, svg, data, _in_words(data.name, map(" ".join, numbers)))


def sectors(study: Study, region: str) -> Figure:
    """The sectors of a region that gain and lose most output."""
    a, n = study.result.arrays, study.economy.regions.index(region)
    value = output_change(study, region)
    shown = sorted(sectors_shown(study, region, SHOWN_SECTORS), key=lambda j: value[j])
    data = pd.DataFrame(
        {
            "sector": [study.economy.sectors[j] for j in shown],
            "name": [sector_name(study.economy.sectors[j]) for j in shown],
            "output_musd_at_baseline_prices": value[shown],
            "output_pct": a["output"][n, shown],
            "employment_kjobs": a["employment_kjobs"][n, shown],
        }
    )
    numbers = [
        (_points(p, 1), f"{minus(_jobs(k))} jobs" if np.isfinite(k) else "")
        for p, k in zip(data.output_pct, data.employment_kjobs, strict=True)
    ]
    unit, ends = "Output: change at baseline prices; in percent; and jobs where they are known", None
    if study.draws is not None:
        for key, name in (("output_pct", "output"), ("employment_kjobs", "employment_kjobs")):
            data[f"{key}_low"], data[f"{key}_high"] = (end[n, shown] for end in study.draws.range(name))
        billion = study.result.reference.output[n, shown] / 1e5
        ends = data.output_pct_low * billion, data.output_pct_high * billion
        unit += "; the line spans the middle 90 percent of draws"
    svg = charts.bars(
        data.name, data.output_musd_at_baseline_prices / 1000, numbers, "billion USD a year, baseline prices", ends
    )
    return Figure(
        f"sectors-{region}", _sectors_title(data, region), unit, svg, data, _in_words(data.name, map(" ".join, numbers))
    )


def _sectors_title(data: pd.DataFrame, region: str) -> str:
    if data.empty:
        return sentence(f"no sector moves in {the_region(region)}")
    said = []
    for word, row in (("less", data.iloc[0]), ("more", data.iloc[-1])):
        if (row.output_musd_at_baseline_prices < 0) == (word == "less"):
            size = f" ({jobs(row.employment_kjobs)})" if np.isfinite(row.employment_kjobs) else ""
            said.append(f"{percent(row.output_pct)} {word} {product(row.sector)}{size}")
    return sentence(f"{the_region(region)} makes {listed(said)}")


def prices(study: Study) -> Figure:
    """What buyers pay: the prices that move most in the regions the study is about."""
    a, regions, chosen = study.result.arrays, study.economy.regions, principals(study)
    change = np.nan_to_num(a["price"][[regions.index(region) for region in chosen]]).T  # [sector, region]
    size = np.abs(change).max(axis=1)
    largest = [int(j) for j in np.argsort(-size)[:SHOWN_PRICES] if size[j] > max(0.05 * size.max(), STILL)]
    shown = sorted(largest, key=lambda j: -change[j].max())
    codes = [study.economy.sectors[j] for j in shown]
    labels, names = [sector_name(code) for code in codes], [region_name(region) for region in chosen]
    data = pd.DataFrame({"sector": codes, "name": labels})
    for k, region in enumerate(chosen):
        data[f"price_pct_{region}"] = change[shown, k]
    title = "no price moves"
    if shown:
        j, k = divmod(int(np.argmax(np.abs(change))), len(chosen))
        verb = f"{'rise' if change[j, k] > 0 else 'fall'} by {percent(change[j, k])}"
        title = f"buyers' prices of {product(study.economy.sectors[j])} {verb} in {the_region(chosen[k])}"
    text = [listed([f"{name} {_points(v)}" for name, v in zip(names, change[j], strict=True)]) for j in shown]
    unit = "What buyers pay, all origins, duties included: change in percent, measured against world income"
    drawing = charts.dots(labels, change[shown], names, "percent")
    return Figure("prices", sentence(title), unit, drawing, data, _in_words(labels, text))


def trade(study: Study) -> Figure:
    """Change of trade between the regions shown, all products together."""
    regions, at = study.economy.regions, study.result
    shown = regions_shown(study, SHOWN_TRADERS)[:SHOWN_TRADERS]
    groups = {regions[n]: [n] for n in shown}
    if rest := [n for n in range(len(regions)) if n not in shown]:
        groups["others"] = rest
    flows = (at.found.border_value - at.reference.border_value).sum(axis=(2, 3)) * ~np.eye(len(regions), dtype=bool)
    change = np.array([[flows[np.ix_(buyer, seller)].sum() for buyer in groups.values()] for seller in groups.values()])
    names = [region_name(code) if code != "others" else "All others" for code in groups]
    labels = [f"{name} ({code})" if code != "others" else name for name, code in zip(names, groups, strict=True)]
    own = np.array([[seller is buyer and len(seller) == 1 for buyer in groups.values()] for seller in groups.values()])
    change[own] = np.nan
    data = pd.DataFrame(change, columns=[f"to_{code}_musd" for code in groups])
    data.insert(0, "exporter", list(groups))
    seller, buyer = (list(groups)[k] for k in np.unravel_index(int(np.nanargmax(np.abs(change))), change.shape))
    largest = change[list(groups).index(seller), list(groups).index(buyer)]
    title = f"{_trader(seller)} sell{'' if seller == 'others' else 's'} {money(largest)} a year "
    title += f"{'less' if largest < 0 else 'more'} to {_trader(buyer)}, all products together"
    if abs(largest) < STILL * flows.shape[0]:
        title = "trade between regions does not change"
    scale, digits, word = (1e3, 1, "billion") if abs(largest) >= 1e4 else (1.0, 0, "million")
    unit = f"Exports of the row to the column, before duties: change in {word} USD a year"
    numbers = np.vectorize(lambda v: minus(signed(v / scale, digits)))(change)
    text = [listed([f"{n} to {to}" for n, to in zip(row, names, strict=True) if n != "-"]) for row in numbers]
    return Figure(
        "trade", sentence(title), unit, charts.grid(labels, list(groups), change, numbers), data, _in_words(names, text)
    )


def _trader(code: str) -> str:
    return "all other regions" if code == "others" else the_region(code)


def places(found: PlaceChanges, draws: Draws | None = None) -> Figure:
    """Jobs by province and state, as a map of tiles."""
    from detente.report.tilemap import tilemap

    share = 100 * found.change / found.before
    data = pd.DataFrame(
        {
            "place": found.places.places,
            "name": found.places.names,
            "jobs_kjobs": found.before,
            "change_kjobs": found.change,
            "change_pct": share,
            "rests_on_assumed_location": found.assumed,
        }
    )
    if draws is not None:
        data["change_kjobs_low"], data["change_kjobs_high"] = draws.range(PLACE + "change")
    title = " ".join(jobs_by_place_sentence(found, draws)) or "No province or state gains or loses jobs."
    largest = float(np.quantile(np.abs(share), 0.95))  # a territory with few jobs does not pale the others
    many = largest >= READABLE_PERCENT
    each, unit = (1.0, "percent of jobs") if many else (1000.0, "jobs of 100,000")
    digits = (2 if np.abs(share).max() < 3 else 1) if many else 0 if largest >= READABLE_PERCENT / 10 else 1
    chart = tilemap(
        each * share, found.places, title="", unit=unit, assumed=found.assumed, digits=digits, largest=each * largest
    )
    text = [f"{minus(signed(each * p, digits))}{' %' if many else ' of 100,000'}" for p in share]
    unit = f"Jobs by province and state: change, {unit}"
    if found.assumed.any():
        unit += "; \u2248 rests on an assumption about where the industry is"
    return Figure("places", title, unit, charts.svg(chart), data, _in_words(data.name, text), wide=True)


def _points(value: float, digits: int = 2) -> str:
    return f"{minus(signed(value, digits))} %"


def _jobs(thousand: float) -> str:
    return f"{'+' if thousand > 0 else '-'}{rounded(1000 * thousand)}" if abs(thousand) >= 0.05 else "0"


def _short_money(million: float) -> str:
    """`+1.3 bn`, `-460 m`: two significant figures."""
    sign = "+" if million > 0 else "\N{MINUS SIGN}"
    size = float(rounded(million).replace(",", ""))
    if size < 0.5:
        return "0 m"
    return sign + (f"{rounded(size / 1000)} bn" if size >= 1000 else f"{rounded(size)} m")


def _in_words(labels: Iterable[str], text: Iterable[str]) -> str:
    return "; ".join(f"{label}: {words}" for label, words in zip(labels, text, strict=True)) + "."
