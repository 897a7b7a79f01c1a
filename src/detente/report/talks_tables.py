"""The answer of talks as a briefing note in the terminal: what each side gets, what it gives, and what stands behind
it."""

from __future__ import annotations

import numpy as np

from detente.report.ratification_tables import show_ratification
from detente.report.talks_figure import CONCEPT_NAMES
from detente.report.terminal import say, show
from detente.report.wording import listed, money, region_name, sector_name, sentence, signed, the_region
from detente.study.talks_study import Outcome, TalksStudy, sector_changes
from detente.talks.certificate import PROOF
from detente.talks.levers import Lever

SHOWN_SECTORS, SHOWN_STEPS, SHOWN_PRICES = 6, 5, 8


def show_talks(study: TalksStudy) -> None:
    """Print the note: starting point, then for each threat the agreement, its terms, limits, links and certificate."""
    file = study.file
    law = f"law of {file.law}" if file.law else "tariffs of the baseline"
    say(file.title)
    say(
        f"{file.baseline}, {law}, {file.horizon} run; gains are changes of real income and the political weights in the file"
    )
    print()
    for outcome in study.outcomes:
        _show_outcome(study, outcome)
    for note in study.notes:
        say(f"Note: {note}", hanging="  ")
    say(
        f"Settled in {study.seconds:.0f} s. more: --json prints every number, --out DIR draws the figures", hanging="  "
    )


def _show_outcome(study: TalksStudy, outcome: Outcome) -> None:
    say(f"AGAINST THE {outcome.threat.upper()}")
    if outcome.war is not None:
        losses = [
            f"{the_region(name)} {signed(outcome.war.gain_pct[name], 3)} percent of real income against today"
            for name in outcome.negotiation.outlook.names
        ]
        worst = max(outcome.war.best_deviation_gain_pct.values())
        say(
            f"Without agreement, a war over the table's products: {listed(losses)}. Nobody could gain more than {worst:.0e} "
            f"percent by another choice (proof required: {PROOF:.0e})."
        )
    if outcome.deal is None:
        say(outcome.no_agreement)
        print()
        show_ratification(outcome, study.file.solution)
        return
    concept = study.file.solution
    chosen = outcome.agreement(concept)
    names, incomes = outcome.negotiation.outlook.names, outcome.negotiation.incomes
    for k, name in enumerate(names):
        gain = chosen.gain_vs_threat_pct[k]
        today = chosen.gain_vs_today_pct[k]
        side = f"against today {signed(today, 3)} percent, " if outcome.threat != "status quo" else ""
        say(
            sentence(
                f"{the_region(name)} gains {signed(gain, 3)} percent of real income, {money(gain / 100 * incomes[k])} a year "
                f"({side}{CONCEPT_NAMES[concept]} solution)"
            )
        )
    if outcome.steps:
        best = outcome.steps[0]
        gains = listed([f"{the_region(n)} {signed(g, 3)}" for n, g in zip(names, best.gain_vs_today_pct, strict=True)])
        say(f"The next step that helps both most: {listed(list(best.labels))} (percent against today: {gains}).")
    print()
    _show_terms(outcome)
    _show_solutions(outcome)
    _show_limits(outcome)
    show_ratification(outcome, concept)
    _show_links(outcome)
    _show_sectors(study, outcome)
    _show_years(outcome)
    _show_certificate(outcome, concept)


def _show_terms(outcome: Outcome) -> None:
    names, incomes = outcome.negotiation.outlook.names, outcome.negotiation.incomes
    rows = []
    for one, term in zip(outcome.concessions, outcome.negotiation.table.terms, strict=True):
        worth = [signed(w / 100 * i, 0) for w, i in zip(one.worth_pct, incomes, strict=True)]
        values = [rate(term.lever, value) for value in (one.today, one.threat, one.agreed)]
        rows.append([one.track, one.label, *values, f"{term.years or 'at once'}", *worth])
    show(
        "Terms: rates in percent; worth is what each side would lose a year without that term alone, million USD",
        ["track", "term", "today", "no deal", "agreed", "years", *(f"worth to {region_name(n)}" for n in names)],
        rows,
    )


def rate(lever: Lever, value: float) -> str:
    """A lever's value in percent: the tariff, tax or subsidy itself, or the change of trade costs."""
    if lever.instrument == "tariff" and not np.allclose(lever.slope, 1.0):
        return f"{100 * float(np.mean(lever.base + lever.slope * value)):.1f}"
    return f"{100 * value:.1f}"


def _show_solutions(outcome: Outcome) -> None:
    assert outcome.deal is not None
    names = outcome.negotiation.outlook.names
    show(
        "Solutions: gain in percent of real income, against no deal and against today",
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


def _show_limits(outcome: Outcome) -> None:
    if not outcome.shadow_prices:
        say("No red line, range or ratification rule binds at this solution.")
        print()
        return
    names, incomes = outcome.negotiation.outlook.names, outcome.negotiation.incomes
    show(
        "Limits that bind: gain a year if relaxed by one point, million USD",
        ["limit", "", *(region_name(n) for n in names)],
        [
            [one.label, one.kind, *(signed(g / 100 * i, 0) for g, i in zip(one.gain_pct, incomes, strict=True))]
            for one in sorted(outcome.shadow_prices, key=lambda p: -float(np.abs(p.gain_pct).max()))[:SHOWN_PRICES]
        ],
    )


def _show_links(outcome: Outcome) -> None:
    link = outcome.linkage
    if link is None:
        return
    names, incomes = outcome.negotiation.outlook.names, outcome.negotiation.incomes

    def dollars(gain: np.ndarray) -> list[str]:
        return [signed(g / 100 * i, 0) for g, i in zip(gain, incomes, strict=True)]

    rows = [
        [f"{track} alone", *(["none"] * len(names) if (track,) in link.refused else dollars(link.gain_pct[(track,)]))]
        for track in link.tracks
    ]
    rows.append(["all tracks together", *dollars(link.gain_pct[link.tracks])])
    rows.append(["what linking adds", *dollars(link.linked_pct)])
    rows += [[f"contribution of {track} (Shapley)", *dollars(share)] for track, share in link.shapley_pct.items()]
    show(
        "Tracks: gain against no deal, million USD a year (none: no agreement on the track alone)",
        ["", *(region_name(n) for n in names)],
        rows,
    )
    for tracks, reason in link.refused.items():
        if len(tracks) == 1:
            say(f"No agreement on {tracks[0]} alone: the closest candidate {reason}.", hanging="  ")
    print()


def _show_sectors(study: TalksStudy, outcome: Outcome) -> None:
    for k, name in enumerate(outcome.negotiation.outlook.names):
        found = sector_changes(outcome, study.file.solution, k)
        size = np.abs(found["jobs_vs_today_pct"])
        shown = np.argsort(-size)[:SHOWN_SECTORS]
        show(
            f"{region_name(name)}: sectors that change most, percent against today",
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


def _show_years(outcome: Outcome) -> None:
    if outcome.years:
        names = outcome.negotiation.outlook.names
        show(
            "Phasing: gain against today, percent of real income",
            ["year", *(region_name(n) for n in names)],
            [[str(year.year), *(signed(g, 4) for g in year.gain_vs_today_pct)] for year in outcome.years],
        )


def _show_certificate(outcome: Outcome, concept: str) -> None:
    certificate = outcome.agreement(concept).certificate
    names = outcome.negotiation.outlook.names
    gains = listed([f"{the_region(n)} {signed(g, 4)}" for n, g in zip(names, certificate.gain_pct, strict=True)])
    clauses = [
        f"{clause.label} {signed(100 * slack, 1)}"
        for clause, slack in zip(outcome.negotiation.clauses, certificate.slack, strict=True)
    ]
    say(
        f"Certificate, from fresh solves: gains against no deal {gains} percent; "
        + (f"room above each clause, points: {listed(clauses)}; " if clauses else "")
        + f"largest market residual {certificate.residual:.0e}.",
        hanging="  ",
    )
    print()
