"""Talks as a briefing note in the terminal: first what to do and how sure it is, then what stands behind it."""

from __future__ import annotations

import numpy as np

from detente.economy import HORIZONS
from detente.report.ratification_tables import show_ratification
from detente.report.talks_advice_tables import show_acceptance, show_closures, show_draft, show_holding, show_others
from detente.report.talks_brief import dollars, show_brief, threat_name
from detente.report.talks_figure import CONCEPT_NAMES
from detente.report.talks_tables import (
    show_certificate,
    show_limits,
    show_links,
    show_offers,
    show_sectors,
    show_solutions,
    show_steps,
    show_terms,
    show_years,
)
from detente.report.terminal import say, show
from detente.report.wording import listed, signed, the_region
from detente.study.negotiation.study import Outcome, TalksStudy
from detente.study.uncertainty.draws import LEVEL
from detente.talks.certificate import PRECISION, PROOF

#: Sections of the note and where each of their figures stands in the JSON of `detente talks --json`, under `against`.
TRACE = (
    ("gains and probability", "parties, mutual_gain", "the deal, no deal and today, each solved anew"),
    ("no deal", "threat", "today's law, a scenario, or the war with its proof"),
    ("who concedes what", "terms, concessions", "the deal solved again without each term"),
    ("four ways to share", "solutions, frontier", "one optimization each"),
    ("limits and their price", "shadow_prices", "the talks settled again, the limit one point looser"),
    ("draft", "draft", "the drafted values solved, then each term moved alone to where the deal has it"),
    (
        "whether it holds, third parties, what it hangs on",
        "advice",
        "best breach of each side; the deal under other assumptions",
    ),
    ("will they say yes", "acceptance", "offers all over the table, judged under draws of the weights in the file"),
    ("ratification", "ratification", "changes by place, sector or worker, votes counted one by one"),
    ("tracks", "linkage", "every subset of tracks settled"),
    ("steps and years", "steps, years", "each partial deal and each year solved"),
    ("certificate", "diagnostics.certificate", "fresh solves from the baseline"),
)


def show_talks(study: TalksStudy) -> None:
    """Print the note: the advice for each threat, then the case for it, then assumptions and where to find each figure."""
    file = study.file
    say(file.title.upper())
    law = f"the law of {file.law}" if file.law else "the tariffs of the baseline"
    say(
        f"Briefing note. Starting point: {law} in {file.baseline}, {file.horizon} run. Gains are real income, percent and USD a "
        f"year{'; where the file gives political weights, these count too' if _political(study) else ''}."
    )
    print()
    say("IN SHORT")
    for outcome in study.outcomes:
        show_brief(study, outcome)
    print()
    for outcome in study.outcomes:
        _show_case(study, outcome)
    _show_assumptions(study)
    show(
        "WHERE EACH FIGURE COMES FROM: names in results.json, for each threat under `against`",
        ["section", "name", "how it was found"],
        TRACE,
    )
    say(
        f"Settled in {study.seconds:.0f} s. more: --json prints every number, --out DIR writes them and draws the figures",
        hanging="  ",
    )


def _political(study: TalksStudy) -> bool:
    return any(party.political for party in study.payoff_model.parties)


def _show_case(study: TalksStudy, outcome: Outcome) -> None:
    say("─" * 20)
    say(f"AGAINST THE {outcome.threat.upper()}")
    negotiation, concept = outcome.negotiation, study.file.solution
    if outcome.threat != "status quo":
        loss = 100 * (negotiation.threat.payoff / negotiation.today.payoff - 1)
        percent = listed(
            [f"{the_region(n)} {signed(g, 3)}" for n, g in zip(negotiation.payoff_model.names, loss, strict=True)]
        )
        say(
            f"If talks fail, {threat_name(outcome)} follows: {dollars(outcome, loss)} a year against today ({percent} percent "
            "of real income)."
        )
    if outcome.war is not None:
        worst = max(outcome.war.proof_pct.values())
        say(
            f"Nobody does better in that war by moving alone: among {outcome.war.searched}, searched from three places with "
            f"fresh solves, none brings more than {worst:.0e} percent (precision of the search {PRECISION:.0e}, proof "
            f"required {PROOF:.0e})."
        )
    print()
    if outcome.offers:
        show_offers(study, outcome)
    if outcome.deal is None:
        show_draft(outcome)
        show_acceptance(outcome)
        show_ratification(outcome, concept)
        return
    say(f"The deal shown is the {CONCEPT_NAMES[concept]} solution; the others are below.")
    print()
    show_draft(outcome)
    show_terms(outcome)
    show_solutions(outcome)
    show_limits(outcome)
    show_ratification(outcome, concept)
    show_acceptance(outcome)
    show_holding(outcome)
    show_others(outcome)
    show_closures(outcome)
    show_links(outcome)
    show_steps(outcome)
    show_years(outcome)
    show_sectors(study, outcome)
    show_certificate(outcome, concept)


def _show_assumptions(study: TalksStudy) -> None:
    """What the note rests on, and how to change it."""
    file, economy = study.file, study.economy
    theta = np.asarray(economy.calibration.theta)
    touched = dict.fromkeys(s for one in file.terms for s in getattr(one, one.kind).sectors if s in economy.sectors)
    shown = ", ".join(f"{s.replace('_', ' ')} {theta[economy.sectors.index(s)]:.1f}" for s in list(touched)[:6])
    source = economy.baseline.sources.get("trade_elasticity", "of the baseline")
    mutual_gain = next((one.mutual_gain for one in study.outcomes if one.mutual_gain is not None), None)
    ranges = (
        "none were computed; --draws 100 does."
        if mutual_gain is None
        else f"the middle {LEVEL:.0%} of {len(mutual_gain.vs_today_pct)} draws of trade elasticities, labour and the speed of "
        "adjustment; the terms, the threat and the law are held. They say how sure this deal is, not which other one might be "
        "struck."
    )
    say("WHAT THIS RESTS ON")
    for line in (
        f"Trade elasticities: {shown or 'of the baseline'} ({source}). Change: trade_elasticities.",
        f"Horizon: {file.horizon} run: {HORIZONS[file.horizon].source}. Change: horizon.",
        f"Ranges: {ranges}",
        "Terms are the best for the goal stated that was found: SEARCH says how widely; no search proves that none is better.",
        "Energy and border cooperation: what cheaper trade would be worth, not what it would take to bring it about.",
        "Left out: costs of moving, investment, profits, and any answer of governments that are not at the table.",
        *study.notes,
    ):
        say(f"- {line}", hanging="  ")
    print()
