"""The tables of a briefing note on talks: terms, solutions, limits, tracks, steps, years, sectors, certificate."""

from __future__ import annotations

import numpy as np

from detente.report.talks_figure import CONCEPT_NAMES
from detente.report.terminal import say, show
from detente.report.wording import listed, region_name, sector_name, signed, the_region
from detente.study.negotiation.document import sector_changes
from detente.study.negotiation.study import Outcome, TalksStudy
from detente.talks.global_search import Searched
from detente.talks.instruments import QUOTA

SHOWN_SECTORS, SHOWN_STEPS, SHOWN_PRICES = 6, 5, 8


def show_terms(outcome: Outcome) -> None:
    """Who concedes what, and what each term is worth to each side."""
    names = outcome.negotiation.payoff_model.names
    rows = []
    years = {term.label: term.years for term in outcome.negotiation.table.terms}
    for one in outcome.concessions:
        values = [rate(found) for found in (one.today, one.threat, one.agreed)]
        label = f"{one.label} (limit, of baseline imports)" if one.kind == QUOTA else one.label
        by = "both" if one.by == "both" else region_name(one.by)
        rows.append([by, label, *values, str(years.get(one.label) or "-"), *worth(outcome, one.worth_pct)])
    show(
        f"WHO CONCEDES WHAT: percent; last, what each side would lose without that term alone, {unit(outcome)} (minus: what "
        "the term costs it)",
        ["by", "term", "today", "no deal", "agreed", "over years", *(region_name(n) for n in names)],
        rows,
    )


def worth(outcome: Outcome, gain_pct: np.ndarray) -> list[str]:
    """Gains [party] in million USD a year, or in percent of the objective where it is more than real income."""
    negotiation = outcome.negotiation
    if negotiation.political:
        return [signed(gain, 4) for gain in gain_pct]
    return [signed(gain / 100 * income, 0) for gain, income in zip(gain_pct, negotiation.incomes, strict=True)]


def unit(outcome: Outcome) -> str:
    """What `worth` counts."""
    return "percent of each side's own objective" if outcome.negotiation.political else "million USD a year"


def rate(found: np.ndarray) -> str:
    """The rates of a term [lowest, mean, highest] in percent: one where they are alike, else from lowest to highest."""
    if np.isnan(found).any():
        return "none"
    low, mean, high = (100 * found).tolist()
    return f"{mean:.1f}" if high - low < 0.05 else f"{low:.1f} to {high:.1f}"


def show_solutions(outcome: Outcome) -> None:
    """What each solution concept would give each side."""
    assert outcome.deal is not None
    names = outcome.negotiation.payoff_model.names
    counted = "its objective" if outcome.negotiation.political else "real income"
    show(
        f"FOUR WAYS TO SHARE THE GAIN: percent of {counted}, against no deal and against today",
        ["", *(f"{region_name(n)}, no deal" for n in names), *(f"{region_name(n)}, today" for n in names)],
        [
            [
                CONCEPT_NAMES[name],
                *(signed(g, 4) for g in one.gain_vs_threat_pct),
                *(signed(g, 4) for g in one.gain_vs_today_pct),
            ]
            for name, one in outcome.deal.agreements.items()
        ],
    )


def show_limits(outcome: Outcome) -> None:
    """The red lines, ranges and rules that bind, and their price."""
    if not outcome.shadow_prices:
        say("RED LINES: no floor, range or rule of ratification binds in this deal.")
        print()
        return
    names = outcome.negotiation.payoff_model.names
    show(
        f"RED LINES AND RANGES THAT BIND, and what one point looser would bring each side, {unit(outcome)}",
        ["limit", "", *(region_name(n) for n in names)],
        [
            [one.label, one.kind, *worth(outcome, one.gain_pct)]
            for one in sorted(outcome.shadow_prices, key=lambda p: -float(np.abs(p.gain_pct).max()))[:SHOWN_PRICES]
        ],
    )


def show_links(outcome: Outcome) -> None:
    """What settling tracks together adds over settling each alone."""
    link = outcome.linkage
    if link is None:
        return
    names = outcome.negotiation.payoff_model.names

    def dollars(gain: np.ndarray) -> list[str]:
        return worth(outcome, gain)

    rows = [
        [f"{track} alone", *(["none"] * len(names) if (track,) in link.refused else dollars(link.gain_pct[(track,)]))]
        for track in link.tracks
    ]
    rows.append(["all tracks together", *dollars(link.gain_pct[link.tracks])])
    rows.append(["what linking adds", *dollars(link.linked_pct)])
    rows += [[f"contribution of {track} (Shapley)", *dollars(share)] for track, share in link.shapley_pct.items()]
    show(
        f"TRACKS, ALONE AND TOGETHER: gain against no deal, {unit(outcome)} (none: no agreement on the track alone)",
        ["", *(region_name(n) for n in names)],
        rows,
    )
    for tracks, reason in link.refused.items():
        if len(tracks) == 1:
            say(f"No agreement on {tracks[0]} alone: the closest candidate {reason}.", hanging="  ")
    print()


def show_sectors(study: TalksStudy, outcome: Outcome) -> None:
    """The sectors of each side that the deal changes most."""
    for k, name in enumerate(outcome.negotiation.payoff_model.names):
        found = sector_changes(outcome, study.file.solution, k)
        size = np.abs(found["jobs_vs_today_pct"])
        shown = np.argsort(-size)[:SHOWN_SECTORS]
        show(
            f"{region_name(name).upper()}: SECTORS THAT CHANGE MOST, percent against today",
            ["", "jobs", "real income of the sector"],
            [
                [
                    sector_name(study.economy.sectors[j]),
                    signed(found["jobs_vs_today_pct"][j], 2),
                    signed(found["real_income_vs_today_pct"][j], 2),
                ]
                for j in shown
            ],
        )


def show_steps(outcome: Outcome) -> None:
    """The partial deals that help most the side that gains less."""
    if not outcome.steps:
        return
    names = outcome.negotiation.payoff_model.names
    show(
        f"STEPS ON THE WAY: one term or a pair at its agreed value, all else as today; {unit(outcome)} against today",
        ["step", *(region_name(n) for n in names)],
        [
            [
                listed(list(one.labels)),
                *worth(outcome, one.gain_vs_today_pct),
            ]
            for one in outcome.steps[:SHOWN_STEPS]
        ],
    )


def show_years(outcome: Outcome) -> None:
    """What each side gains while the terms are phased in."""
    if outcome.years:
        names = outcome.negotiation.payoff_model.names
        show(
            "YEAR BY YEAR: gain against today while terms are phased in, percent of real income",
            ["year", *(region_name(n) for n in names)],
            [[str(year.year), *(signed(g, 4) for g in year.gain_vs_today_pct)] for year in outcome.years],
        )


def show_certificate(outcome: Outcome, concept: str) -> None:
    """What the deal can show for itself."""
    certificate = outcome.agreement(concept).certificate
    names = outcome.negotiation.payoff_model.names
    gains = listed([f"{the_region(n)} {signed(g, 4)}" for n, g in zip(names, certificate.gain_pct, strict=True)])
    clauses = [
        f"{clause.label} {signed(100 * slack, 1)}"
        for clause, slack in zip(outcome.negotiation.clauses, certificate.slack, strict=True)
    ]
    say(
        f"CERTIFICATE, from fresh solves: gains against no deal {gains} percent; "
        + (f"room above each clause, points: {listed(clauses)}; " if clauses else "")
        + f"largest market residual {certificate.residual:.0e}.",
        hanging="  ",
    )
    say(f"SEARCH: {_searched(outcome.agreement(concept).searched)}", hanging="  ")
    print()


def show_offers(study: TalksStudy, outcome: Outcome) -> None:
    """What the offers made so far would bring each side, and whether the clauses hold."""
    names = outcome.negotiation.payoff_model.names
    rows = []
    for number, (offer, scored) in enumerate(zip(study.file.rounds, outcome.offers, strict=True), 1):
        gains = [text for k in range(len(names)) for text in (scored.vs_threat_pct[k], scored.vs_today_pct[k])]
        broken = [c.label for c, holds in zip(outcome.negotiation.clauses, scored.holds, strict=True) if not holds]
        kept = f"breaks {listed(broken)}" if broken else "all hold" if outcome.negotiation.clauses else "none"
        rows.append([str(number), region_name(offer.side), *(signed(gain, 4) for gain in gains), kept])
    heads = [f"{region_name(name)} against {what}" for name in names for what in ("the threat", "today")]
    show("OFFERS MADE: change of real income, percent", ["offer", "by", *heads, "clauses"], rows)


def _searched(how: Searched) -> str:
    """How thoroughly the deal was sought, and what may have been missed."""
    if not how.places:
        return (
            f"{how.climbs} climbs from a few starts; the table is too wide to be covered, and a better deal may exist."
        )
    gap = (
        f"if the goal is no steeper between those places than among them, a deal better by up to {100 * how.gap:.2g} percent of "
        "it could lie hidden there (an estimate, no bound)"
        if np.isfinite(how.gap)
        else "too few of them are agreements to say what could lie hidden between"
    )
    return (
        f"{how.places} agreements valued all over the table, {how.climbs} climbs, {100 * how.agree:.0f} percent of which end at "
        f"this deal's worth; {gap}."
    )
