"""What to say about a study first: which regions, sectors and markets to show, and the sentences that sum them up."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from detente.report.language import ENGLISH, Language, sentence
from detente.report.wording import MEASURABLE
from detente.study.outcomes.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty.draws import PLACE, Draws

SHOWN_REGIONS = 9
SHOWN_PARTIES = 3
#: Smaller changes (percent) are what the solver leaves, not an answer.
STILL = 1e-6


class MarketShift(NamedTuple):
    """A product in an importer's market: `change` [supplier] of its purchases, million USD before duties, own producers among
    the suppliers; `before` [supplier], the same at the start; `moved`, what changed hands between suppliers."""

    importer: str
    sector: str
    change: np.ndarray
    before: np.ndarray
    moved: float


def regions_shown(study: Study, count: int = SHOWN_REGIONS) -> list[int]:
    """Positions of the parties, then of the others with a measurable change, most first; without any, the two largest."""
    regions = study.economy.regions
    parties = [regions.index(party) for party in study.parties]
    welfare = np.abs(study.result.arrays["welfare"])
    others = [int(n) for n in np.argsort(-welfare) if int(n) not in parties and welfare[n] >= MEASURABLE]
    if not parties and not others:
        return [int(n) for n in np.argsort(-study.result.reference.income)[:2]]
    return (parties + others)[: max(count, len(parties))]


def principals(study: Study, count: int = SHOWN_PARTIES) -> list[str]:
    """The regions that sentences and sector tables are about: the parties; after a lone one, those it touches most."""
    regions, welfare = study.economy.regions, study.result.arrays["welfare"]
    chosen = [regions[n] for n in regions_shown(study)]
    wanted = len(study.parties) if len(study.parties) > 1 else 2
    if wanted > count:  # many parties: those that feel it most
        chosen = sorted(chosen, key=lambda r: -abs(welfare[regions.index(r)]))
    return chosen[: min(wanted, count)]


def starting_point(study: Study, language: Language = ENGLISH) -> str:
    """Which tariffs the changes are made to, in words; without changes, what is compared with what."""
    year = study.economy.baseline.attributes.get("year", language.t("start.unknown"))
    if study.day is None:
        return language.t("start.tariffs", year=year)
    kind = "law" if study.scenario.changes or study.scenario.ledger else "law_against"
    return language.t(f"start.{kind}", day=study.day, year=year)


def setting(study: Study, language: Language = ENGLISH) -> str:
    """Accounts, starting point and horizon, in a line."""
    scenario = study.scenario
    return f"{scenario.baseline}, {starting_point(study, language)}, {language.t(f'run.{scenario.horizon}')}"


def headline(study: Study, language: Language = ENGLISH) -> str:
    """One sentence: who gains and who loses, in percent of income and in money."""
    regions, arrays = study.economy.regions, study.result.arrays
    moved, still = [], []
    ends = study.draws.range("welfare") if study.draws is not None else None
    for code in principals(study):
        n = regions.index(code)
        change, value = float(arrays["welfare"][n]), float(arrays["welfare_musd"][n])
        if abs(change) < MEASURABLE:
            still.append(language.the(code))
        else:
            text = language.t(
                "headline.gain" if change > 0 else "headline.loss",
                region=language.name(code),
                change=language.percent(change),
                range=f" ({language.spread(ends[0][n], ends[1][n])})" if ends else "",
                money=language.money(value),
            )
            moved.append((change, text))
    parts = [text for _, text in sorted(moved)]
    if still:
        parts.append(language.t("headline.still", regions=language.listed(still)))
    return sentence(language.t("said.semicolon").join(parts))


def summary(study: Study, language: Language = ENGLISH) -> list[str]:
    """The answer in a few sentences: welfare, who replaces whom, jobs by place."""
    said = [headline(study, language), *(who_replaces_whom(study, market, language) for market in markets(study, 1))]
    found = study.places
    by_place = jobs_by_place_sentence(found, study.draws, language) if found else []
    return [*said, *by_place, *chances(study, language)]


def chances(study: Study, language: Language = ENGLISH) -> list[str]:
    """In how many draws each principal gains welfare, and all of them; nothing without draws or with one party alone."""
    draws, about = study.draws, principals(study)
    if draws is None or len(about) < 2:
        return []
    each = [
        language.t(
            "chances.next" if k else "chances.first",
            region=language.name(code),
            n=f"{100 * draws.chance([code]):.0f}",
        )
        for k, code in enumerate(about)
    ]
    key = "chances.both" if len(about) == 2 else "chances.all"
    return [sentence(language.t(key, each=language.listed(each), n=f"{100 * draws.chance(about):.0f}"))]


def sectors_shown(study: Study, region: str, count: int) -> list[int]:
    """Positions of the sectors of a region whose output changes most, valued at baseline prices."""
    moved = np.abs(output_change(study, region))
    least = STILL / 100 * study.result.reference.output[study.economy.regions.index(region)]
    return [int(j) for j in np.argsort(-moved)[:count] if moved[j] > least[j]]


def output_change(study: Study, region: str) -> np.ndarray:
    """Change of a region's output by sector at the prices of the baseline, million USD."""
    n = study.economy.regions.index(region)
    return np.nan_to_num(study.result.arrays["output"][n]) / 100 * study.result.reference.output[n]


def markets(study: Study, count: int = 2, worth: float = 0.2) -> list[MarketShift]:
    """The markets of the parties where most changes hands between suppliers, down to `worth` of the first."""
    reference, found = (at.border_value.sum(axis=3) for at in (study.result.reference, study.result.found))
    regions, sectors = study.economy.regions, study.economy.sectors
    size_before, size_after = reference.sum(axis=1, keepdims=True), found.sum(axis=1, keepdims=True)
    shares = found / np.where(size_after > 0, size_after, 1) - reference / np.where(size_before > 0, size_before, 1)
    moved = np.abs(shares).sum(axis=1) / 2 * size_before[:, 0]  # [importer, sector]
    inside = [region in study.parties or not study.parties for region in regions]
    moved = moved * np.array(inside)[:, None]
    best = []
    for cell in np.argsort(-moved, axis=None)[:count]:
        n, j = np.unravel_index(cell, moved.shape)
        if moved[n, j] > max(worth * moved.max(), 1e-9):
            change = found[n, :, j] - reference[n, :, j]
            best.append(MarketShift(regions[n], sectors[j], change, reference[n, :, j], float(moved[n, j])))
    return best


def who_replaces_whom(study: Study, market: MarketShift, language: Language = ENGLISH) -> str:
    """One sentence on a market: the supplier that loses most, and who takes its place."""
    regions = study.economy.regions
    home = regions.index(market.importer)

    def seller(i: int) -> str:
        return language.t("market.home") if i == home else language.t("market.seller", region=language.name(regions[i]))

    order = [int(i) for i in np.argsort(market.change)]
    loser, lost = order[0], -float(np.minimum(market.change, 0).sum())
    where: dict[str, Any] = {"goods": language.goods(market.sector), "market": language.name(market.importer)}
    if lost == 0:
        return sentence(language.t("market.all_more", **where))
    named = [loser, *(i for i in order[1:2] if -market.change[i] > 0.1 * lost)]
    losers = [seller(i) for i in named]
    if -market.change[named].sum() < 0.9 * lost:
        losers.append(language.t("market.others"))
    number = 1 if len(losers) == 1 and loser != home else 2
    text = language.t(
        "market.loss",
        count=number,
        sellers=language.listed(losers),
        money=language.money(lost),
        range=_range_of_loss(study, market, language),
        **where,
    )
    winners = [i for i in reversed(order) if market.change[i] > 0.02 * lost][:3]
    if not winners:
        return sentence(language.t("market.nobody", text=text))
    amounts: list[dict[str, Any]] = [{"seller": seller(i), "money": language.money(market.change[i])} for i in winners]
    first = language.t("market.gain", count=2 if winners[0] == home else 1, **amounts[0])
    gains = [first, *(language.t("market.gain.next", **amount) for amount in amounts[1:])]
    return sentence(language.t("said.semicolon").join([text, language.listed(gains)]))


def _range_of_loss(study: Study, market: MarketShift, language: Language) -> str:
    """The range of what suppliers of a market lose together, in brackets; nothing where it was not drawn."""
    draws = study.draws
    if draws is None or market.importer not in draws.buyers:
        return ""
    change = draws.outcomes["bought"][:, draws.buyers.index(market.importer), :, draws.sectors.index(market.sector)]
    low, high = draws.ends(-np.minimum(change, 0.0).sum(axis=1))
    return f" ({language.money_range(float(low), float(high))})"


def jobs_by_place_sentence(found: PlaceChanges, draws: Draws | None = None, language: Language = ENGLISH) -> list[str]:
    """The places that lose and gain most jobs, with the range of each in `draws`; nothing where none does."""
    if np.abs(found.change).max() < 0.05:
        return []
    ends = None if draws is None else draws.range(PLACE + "change")

    def moved(k: int) -> dict[str, Any]:
        reach = "" if ends is None else f" ({language.jobs_range(float(ends[0][k]), float(ends[1][k]))})"
        place = language.place(found.places.places[k], found.places.names[k])
        return {"place": place, "n": language.rounded(1000 * found.change[k]), "range": reach}

    order = [int(k) for k in np.argsort(found.change)]
    parts = []
    for sign, first in ((-1, order[:2]), (1, order[::-1][:2])):
        chosen = [moved(k) for k in first if sign * found.change[k] >= 0.05]
        if chosen:
            said = [language.t("places.loss" if sign < 0 else "places.gain", **chosen[0])]
            parts.append(language.listed([*said, *(language.t("places.next", **other) for other in chosen[1:])]))
    return [sentence(language.t("said.semicolon").join(parts))]
