"""What to say about a study first: which regions, sectors and markets to show, and the sentences that sum them up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.report.wording import (
    MEASURABLE,
    jobs,
    jobs_range,
    listed,
    money,
    money_range,
    percent,
    product,
    sentence,
    spread,
    the_region,
)
from detente.study.places import PlaceChanges
from detente.study.run import Study
from detente.study.uncertainty import PLACE, Draws

SHOWN_REGIONS = 9
SHOWN_PARTIES = 3
#: Smaller changes (percent) are what the solver leaves, not an answer.
STILL = 1e-6


class Market(NamedTuple):
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


def starting_point(study: Study) -> str:
    """Which tariffs the changes are made to, in words; without changes, what is compared with what."""
    year = study.economy.baseline.attributes.get("year", "the baseline")
    if study.day is None:
        return f"tariffs of {year}"
    law = f"law of {study.day}"
    return law if study.scenario.changes else f"{law} against tariffs of {year}"


def headline(study: Study) -> str:
    """One sentence: who gains and who loses, in percent of income and in money."""
    regions, arrays = study.economy.regions, study.result.arrays
    moved, still = [], []
    ends = study.draws.range("welfare") if study.draws is not None else None
    for code in principals(study):
        n = regions.index(code)
        change, value = float(arrays["welfare"][n]), float(arrays["welfare_musd"][n])
        if abs(change) < MEASURABLE:
            still.append(the_region(code))
        else:
            verb = "gains" if change > 0 else "loses"
            reach = f" ({spread(ends[0][n], ends[1][n])})" if ends else ""
            moved.append(
                (change, f"{the_region(code)} {verb} {percent(change)} of income{reach}, {money(value)} a year")
            )
    parts = [text for _, text in sorted(moved)]
    if still:
        parts.append(f"no measurable change for {listed(still)}")
    return sentence("; ".join(parts))


def summary(study: Study) -> list[str]:
    """The answer in a few sentences: welfare, who replaces whom, jobs by place."""
    said = [headline(study), *(who_replaces_whom(study, market) for market in markets(study, 1))]
    found = study.places
    return [*said, *(jobs_by_place_sentence(found, study.draws) if found else []), *chances(study)]


def chances(study: Study) -> list[str]:
    """In how many draws each principal gains welfare, and all of them; nothing without draws or with one party alone."""
    draws, about = study.draws, principals(study)
    if draws is None or len(about) < 2:
        return []
    each = [f"{the_region(code)} in {100 * draws.chance([code]):.0f}" for code in about]
    each[0] = each[0].replace(" in ", " gains in ") + " percent of draws"
    return [sentence(f"{listed(each)}, {'both' if len(about) == 2 else 'all'} in {100 * draws.chance(about):.0f}")]


def sectors_shown(study: Study, region: str, count: int) -> list[int]:
    """Positions of the sectors of a region whose output changes most, valued at baseline prices."""
    moved = np.abs(output_change(study, region))
    least = STILL / 100 * study.result.reference.output[study.economy.regions.index(region)]
    return [int(j) for j in np.argsort(-moved)[:count] if moved[j] > least[j]]


def output_change(study: Study, region: str) -> np.ndarray:
    """Change of a region's output by sector at the prices of the baseline, million USD."""
    n = study.economy.regions.index(region)
    return np.nan_to_num(study.result.arrays["output"][n]) / 100 * study.result.reference.output[n]


def markets(study: Study, count: int = 2, worth: float = 0.2) -> list[Market]:
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
            best.append(Market(regions[n], sectors[j], change, reference[n, :, j], float(moved[n, j])))
    return best


def who_replaces_whom(study: Study, market: Market) -> str:
    """One sentence on a market: the supplier that loses most, and who takes its place."""
    regions = study.economy.regions
    home = regions.index(market.importer)

    def seller(i: int) -> str:
        return "domestic producers" if i == home else the_region(regions[i])

    order = [int(i) for i in np.argsort(market.change)]
    loser, lost = order[0], -float(np.minimum(market.change, 0).sum())
    goods = f"{product(market.sector)} in {the_region(market.importer)}"
    if lost == 0:
        return sentence(f"every supplier sells more {goods}")
    named = [loser, *(i for i in order[1:2] if -market.change[i] > 0.1 * lost)]
    losers = [seller(i) for i in named]
    if -market.change[named].sum() < 0.9 * lost:
        losers.append("others")
    verb = "sells" if len(losers) == 1 and loser != home else "sell"
    text = f"{listed(losers)} {verb} {money(lost)} a year{_range_of_loss(study, market)} less {goods}"
    winners = [i for i in reversed(order) if market.change[i] > 0.02 * lost][:3]
    if not winners:
        return sentence(f"{text}, and nobody takes its place")
    gains = [f"{seller(i)} {money(market.change[i])}" for i in winners]
    gains[0] = f"{seller(winners[0])} sell{'' if winners[0] == home else 's'} {money(market.change[winners[0]])} more"
    return sentence(f"{text}; {listed(gains)}")


def _range_of_loss(study: Study, market: Market) -> str:
    """The range of what suppliers of a market lose together, in brackets; nothing where it was not drawn."""
    draws = study.draws
    if draws is None or market.importer not in draws.buyers:
        return ""
    change = draws.outcomes["bought"][:, draws.buyers.index(market.importer), :, draws.sectors.index(market.sector)]
    low, high = draws.ends(-np.minimum(change, 0.0).sum(axis=1))
    return f" ({money_range(float(low), float(high))})"


def jobs_by_place_sentence(found: PlaceChanges, draws: Draws | None = None) -> list[str]:
    """The places that lose and gain most jobs, with the range of each in `draws`; nothing where none does."""
    if np.abs(found.change).max() < 0.05:
        return []
    ends = None if draws is None else draws.range(PLACE + "change")

    def reach(k: int) -> str:
        if ends is None:
            return ""
        return f" ({jobs_range(float(ends[0][k]), float(ends[1][k]))})"

    names, order = found.places.names, [int(k) for k in np.argsort(found.change)]
    parts = []
    for verb, first in (("loses", order[:2]), ("gains", order[::-1][:2])):
        moved = [k for k in first if (found.change[k] < 0) == (verb == "loses") and abs(found.change[k]) >= 0.05]
        if moved:
            rest = "".join(
                f" and {names[k]} {jobs(found.change[k]).removesuffix(' jobs')}{reach(k)}" for k in moved[1:]
            )
            parts.append(f"{names[moved[0]]} {verb} {jobs(found.change[moved[0]])}{reach(moved[0])}{rest}")
    return [sentence("; ".join(parts))]
