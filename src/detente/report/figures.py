"""The figures of a study: each with a title that says the finding, its data, and the words for who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from detente.report import charts
from detente.report.figure import Figure, in_words
from detente.report.findings import (
    STILL,
    MarketShift,
    headline,
    jobs_by_place_sentence,
    markets,
    output_change,
    principals,
    regions_shown,
    sectors_shown,
    who_replaces_whom,
)
from detente.report.language import ENGLISH, Language, sentence
from detente.report.path_report import path_figure
from detente.study.outcomes.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty.draws import PLACE, Draws

SHOWN_SECTORS = 9
SHOWN_SUPPLIERS = 7
SHOWN_PRICES = 8
SHOWN_TRADERS = 5
#: Below this change of jobs (percent) in most places, a map counts jobs of 100,000.
READABLE_PERCENT = 0.1


def figures(study: Study, language: Language = ENGLISH) -> Iterator[Figure]:
    """Welfare, who replaces whom, sectors and prices of the parties, trade between regions, jobs by place."""
    yield welfare(study, language)
    for market in markets(study):
        yield suppliers(study, market, language)
    for region in principals(study):
        yield sectors(study, region, language)
    yield prices(study, language)
    yield trade(study, language)
    if (found := study.places) is not None:
        yield places(found, study.draws, language)
    if study.path:
        yield path_figure(study, language)


def welfare(study: Study, language: Language) -> Figure:
    """Change of welfare by region."""
    a, regions = study.result.arrays, study.economy.regions
    shown = regions_shown(study)
    data = pd.DataFrame(
        {
            "region": [regions[n] for n in shown],
            "name": [language.region(regions[n]) for n in shown],
            "welfare_pct": a["welfare"][shown],
            "welfare_musd": a["welfare_musd"][shown],
        }
    )
    numbers = [
        (_points(language, p, 3), language.short_money(m))
        for p, m in zip(data.welfare_pct, data.welfare_musd, strict=True)
    ]
    ends, unit = None, "welfare.unit"
    if study.draws is not None:
        data["welfare_pct_low"], data["welfare_pct_high"] = (end[shown] for end in study.draws.range("welfare"))
        ends, unit = (data.welfare_pct_low, data.welfare_pct_high), "welfare.unit.ranges"
    svg = charts.bars(data.name, data.welfare_pct, numbers, language.t("axis.income"), ends, language)
    words = in_words(data.name, map(" ".join, numbers), language)
    return Figure("welfare", headline(study, language), language.t(unit), svg, data, words)


def suppliers(study: Study, market: MarketShift, language: Language) -> Figure:
    """Who sells less and who sells more in one market."""
    regions, t = study.economy.regions, language.t
    order = np.argsort(-np.abs(market.change))
    shown = sorted((int(i) for i in order[:SHOWN_SUPPLIERS]), key=lambda i: market.change[i])
    rest = [int(i) for i in order[SHOWN_SUPPLIERS:]]
    names = [t("suppliers.home") if regions[i] == market.importer else language.region(regions[i]) for i in shown]
    data = pd.DataFrame(
        {
            "supplier": [*(regions[i] for i in shown), "others"],
            "name": [*names, t("others")],
            "before_musd": [*market.before[shown], market.before[rest].sum()],
            "change_musd": [*market.change[shown], market.change[rest].sum()],
        }
    )
    data["change_pct"] = 100 * data.change_musd / data.before_musd.where(data.before_musd > 0)
    numbers = [
        (_points(language, p, 1), language.short_money(m))
        for m, p in zip(data.change_musd, data.change_pct, strict=True)
    ]
    svg = charts.bars(data.name, data.change_musd / 1000, numbers, t("axis.billion"), language=language)
    unit = t("suppliers.unit", goods=language.goods(market.sector), market=language.name(market.importer))
    title = who_replaces_whom(study, market, language)
    words = in_words(data.name, map(" ".join, numbers), language)
    return Figure(f"suppliers-{market.importer}-{market.sector}", title, unit, svg, data, words)


def sectors(study: Study, region: str, language: Language) -> Figure:
    """The sectors of a region that gain and lose most output."""
    a, n = study.result.arrays, study.economy.regions.index(region)
    value = output_change(study, region)
    shown = sorted(sectors_shown(study, region, SHOWN_SECTORS), key=lambda j: value[j])
    data = pd.DataFrame(
        {
            "sector": [study.economy.sectors[j] for j in shown],
            "name": [language.sector(study.economy.sectors[j]) for j in shown],
            "output_musd_at_baseline_prices": value[shown],
            "output_pct": a["output"][n, shown],
            "employment_kjobs": a["employment_kjobs"][n, shown],
        }
    )
    numbers = [
        (_points(language, p, 1), _jobs(language, k) if np.isfinite(k) else "")
        for p, k in zip(data.output_pct, data.employment_kjobs, strict=True)
    ]
    unit, ends = "sectors.unit", None
    if study.draws is not None:
        for key, name in (("output_pct", "output"), ("employment_kjobs", "employment_kjobs")):
            data[f"{key}_low"], data[f"{key}_high"] = (end[n, shown] for end in study.draws.range(name))
        billion = study.result.reference.output[n, shown] / 1e5
        ends, unit = (data.output_pct_low * billion, data.output_pct_high * billion), "sectors.unit.ranges"
    axis = language.t("axis.billion_at_baseline")
    svg = charts.bars(data.name, data.output_musd_at_baseline_prices / 1000, numbers, axis, ends, language)
    words = in_words(data.name, map(" ".join, numbers), language)
    return Figure(f"sectors-{region}", _sectors_title(data, region, language), language.t(unit), svg, data, words)


def _sectors_title(data: pd.DataFrame, region: str, language: Language) -> str:
    named = language.name(region)
    if data.empty:
        return sentence(language.t("sectors.none", region=named))
    said = []
    for sign, row in ((-1, data.iloc[0]), (1, data.iloc[-1])):
        if (row.output_musd_at_baseline_prices < 0) == (sign < 0):
            jobs = f" ({language.jobs(row.employment_kjobs)})" if np.isfinite(row.employment_kjobs) else ""
            key = "sectors.less" if sign < 0 else "sectors.more"
            percent = language.percent(row.output_pct)
            said.append(language.t(key, change=percent, goods=language.goods(row.sector), jobs=jobs))
    return sentence(language.t("sectors.title", region=named, changes=language.listed(said)))


def prices(study: Study, language: Language) -> Figure:
    """What buyers pay: the prices that move most in the regions the study is about."""
    a, regions, chosen = study.result.arrays, study.economy.regions, principals(study)
    change = np.nan_to_num(a["price"][[regions.index(region) for region in chosen]]).T  # [sector, region]
    size = np.abs(change).max(axis=1)
    largest = [int(j) for j in np.argsort(-size)[:SHOWN_PRICES] if size[j] > max(0.05 * size.max(), STILL)]
    shown = sorted(largest, key=lambda j: -change[j].max())
    codes = [study.economy.sectors[j] for j in shown]
    labels, names = [language.sector(code) for code in codes], [language.region(region) for region in chosen]
    data = pd.DataFrame({"sector": codes, "name": labels})
    for k, region in enumerate(chosen):
        data[f"price_pct_{region}"] = change[shown, k]
    title = language.t("prices.none")
    if shown:
        j, k = divmod(int(np.argmax(np.abs(change))), len(chosen))
        title = language.t(
            "prices.rise" if change[j, k] > 0 else "prices.fall",
            goods=language.goods(study.economy.sectors[j]),
            region=language.name(chosen[k]),
            change=language.percent(change[j, k]),
        )
    text = [
        language.listed([f"{name} {_points(language, v)}" for name, v in zip(names, change[j], strict=True)])
        for j in shown
    ]
    drawing = charts.dots(labels, change[shown], names, language.t("axis.percent"), language)
    words = in_words(labels, text, language)
    return Figure("prices", sentence(title), language.t("prices.unit"), drawing, data, words)


def trade(study: Study, language: Language) -> Figure:
    """Change of trade between the regions shown, all products together."""
    regions, at = study.economy.regions, study.result
    shown = regions_shown(study, SHOWN_TRADERS)[:SHOWN_TRADERS]
    groups = {regions[n]: [n] for n in shown}
    if rest := [n for n in range(len(regions)) if n not in shown]:
        groups["others"] = rest
    flows = (at.found.border_value - at.reference.border_value).sum(axis=(2, 3)) * ~np.eye(len(regions), dtype=bool)
    change = np.array([[flows[np.ix_(buyer, seller)].sum() for buyer in groups.values()] for seller in groups.values()])
    names = [language.region(code) if code != "others" else language.t("others") for code in groups]
    labels = [f"{name} ({code})" if code != "others" else name for name, code in zip(names, groups, strict=True)]
    columns = [code if code != "others" else language.t("others.column") for code in groups]
    own = np.array([[seller is buyer and len(seller) == 1 for buyer in groups.values()] for seller in groups.values()])
    change[own] = np.nan
    data = pd.DataFrame(change, columns=[f"to_{code}_musd" for code in groups])
    data.insert(0, "exporter", list(groups))
    seller, buyer = (list(groups)[k] for k in np.unravel_index(int(np.nanargmax(np.abs(change))), change.shape))
    largest = change[list(groups).index(seller), list(groups).index(buyer)]
    title = language.t(
        "trade.less" if largest < 0 else "trade.more",
        count=2 if seller == "others" else 1,
        seller=_trader(language, "seller", seller),
        buyer=_trader(language, "buyer", buyer),
        money=language.money(largest),
    )
    if abs(largest) < STILL * flows.shape[0]:
        title = language.t("trade.none")
    scale, digits, word = (1e3, 1, "billion") if abs(largest) >= 1e4 else (1.0, 0, "million")
    numbers = np.vectorize(lambda v: language.cell(v / scale, digits))(change)
    text = [
        language.listed([_sold(language, n, code) for n, code in zip(row, groups, strict=True) if n != "-"])
        for row in numbers
    ]
    drawing = charts.grid(labels, columns, change, numbers)
    unit, words = language.t(f"trade.unit.{word}"), in_words(names, text, language)
    return Figure("trade", sentence(title), unit, drawing, data, words)


def _trader(language: Language, side: str, code: str) -> str:
    return language.t(f"trade.{side}s") if code == "others" else language.t(f"trade.{side}", region=language.name(code))


def _sold(language: Language, number: str, code: str) -> str:
    if code == "others":
        return language.t("trade.to_others", n=number)
    return language.t("trade.to", n=number, buyer=language.name(code))


def places(found: PlaceChanges, draws: Draws | None, language: Language) -> Figure:
    """Jobs by province and state, as a map of tiles."""
    from detente.report.tilemap import tilemap

    share = 100 * found.change / found.before
    data = pd.DataFrame(
        {
            "place": found.places.places,
            "name": [language.place(*place) for place in zip(found.places.places, found.places.names, strict=True)],
            "jobs_kjobs": found.before,
            "change_kjobs": found.change,
            "change_pct": share,
            "rests_on_assumed_location": found.assumed,
        }
    )
    if draws is not None:
        data["change_kjobs_low"], data["change_kjobs_high"] = draws.range(PLACE + "change")
    title = " ".join(jobs_by_place_sentence(found, draws, language)) or language.t("places.none")
    largest = float(np.quantile(np.abs(share), 0.95))  # a territory with few jobs does not pale the others
    many = largest >= READABLE_PERCENT
    each, kind = (1.0, "percent") if many else (1000.0, "per_100000")
    digits = (2 if np.abs(share).max() < 3 else 1) if many else 0 if largest >= READABLE_PERCENT / 10 else 1
    chart = tilemap(
        each * share,
        found.places,
        title="",
        unit=language.t(f"places.{kind}"),
        assumed=found.assumed,
        digits=digits,
        largest=each * largest,
        language=language,
    )
    text = [language.t(f"places.{kind}.cell", n=language.cell(each * p, digits)) for p in share]
    unit = language.t("places.unit", unit=language.t(f"places.{kind}"))
    if found.assumed.any():
        unit = language.t("said.semicolon").join([unit, language.t("places.assumed")])
    drawing, words = charts.svg(chart, language), in_words(data.name, text, language)
    return Figure("places", title, unit, drawing, data, words, wide=True)


def _points(language: Language, value: float, digits: int = 2) -> str:
    return language.t("said.points", n=language.cell(value, digits))


def _jobs(language: Language, thousand: float) -> str:
    """`−3,200 jobs`, short enough for its column."""
    sign = "" if abs(thousand) < 0.05 else "+" if thousand > 0 else "\N{MINUS SIGN}"
    return language.t("said.jobs.short", n=sign + (language.rounded(1000 * thousand) if sign else "0"))
