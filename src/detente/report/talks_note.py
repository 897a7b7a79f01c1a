"""Talks as a briefing note in the terminal: first what to do and how sure it is, then what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.economy import HORIZONS
from detente.report.ratification_tables import show_ratification
from detente.report.talks_figure import CONCEPT_NAMES
from detente.report.talks_tables import (
    rate,
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
from detente.report.wording import listed, money, sentence, signed, spread, the_region
from detente.study.negotiation.other_closure import OtherClosure
from detente.study.negotiation.study import Outcome, TalksStudy
from detente.study.uncertainty.draws import LEVEL
from detente.talks.bargaining import WORTH
from detente.talks.certificate import PRECISION, PROOF
from detente.talks.ratification import standings
from detente.talks.valuation import Concession

#: Sections of the note and where each of their figures stands in the JSON of `detente talks --json`, under `against`.
TRACE = (
    ("gains and probability", "parties, mutual_gain, other_closure", "the deal, no deal and today, each solved anew"),
    ("no deal", "threat", "today's law, a scenario, or the war with its proof"),
    ("who concedes what", "terms, concessions", "the deal solved again without each term"),
    ("four ways to share", "solutions, frontier", "one optimization each"),
    ("limits and their price", "shadow_prices", "the talks settled again, the limit one point looser"),
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
        _show_advice(study, outcome)
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


def _show_advice(study: TalksStudy, outcome: Outcome) -> None:
    """What to do if this is what happens without a deal, a line for each thing to know."""
    without = "nothing changes" if outcome.threat == "status quo" else f"the alternative is {_threat(outcome)}"
    if outcome.deal is None:
        say(f"If {without} without a deal: no deal on this table. {outcome.no_agreement}")
        return
    concept = study.file.solution
    chosen, names = outcome.agreement(concept), outcome.negotiation.payoff_model.names
    empty = [the_region(n) for n, gain in zip(names, chosen.gain_vs_threat_pct, strict=True) if gain <= WORTH]
    if empty:
        say(f"If {without} without a deal: A DEAL THAT GIVES {listed(empty)} NOTHING, and so no reason to sign.")
    else:
        say(f"If {without} without a deal: SETTLE.")
    said = [_gain(outcome, concept, k) for k in range(len(names))]
    if outcome.mutual_gain is not None:
        said.append(_mutual_gain(outcome))
    if outcome.other_closure is not None:
        said.append(_other_closure(outcome.other_closure, names))
    moved = sorted(
        outcome.concessions, key=lambda one: -float(np.abs(one.worth_pct * outcome.negotiation.incomes).max())
    )
    given = [f"{one.label}: {_course(one)}" for one in moved[:3]]
    said.append(f"What matters most: {'; '.join(given)}.")
    if outcome.steps and outcome.steps[0].gain_vs_today_pct.min() > 0:
        best = outcome.steps[0]
        worth = _dollars(outcome, best.gain_vs_today_pct)
        said.append(f"If only one step can be taken now: {listed(list(best.labels))} ({worth} a year against today).")
    if counts := standings(outcome.negotiation, chosen):
        failed = [one.rule.label for one in counts if not one.passes]
        not_met = f"; not by {listed(failed)}" if failed else ""
        said.append(f"At home: {len(counts) - len(failed)} of {len(counts)} rules of ratification are met{not_met}.")
    if outcome.shadow_prices:
        dearest = max(outcome.shadow_prices, key=lambda one: float(np.abs(one.gain_pct).max()))
        worth = _dollars(outcome, dearest.gain_pct)
        said.append(f"The limit that costs most: {dearest.label}; one point more room is worth {worth} a year.")
    for line in said:
        say(f"- {line}", hanging="  ")


def _other_closure(found: OtherClosure, names: Sequence[str]) -> str:
    """What the same deal is worth under another assumption about trade deficits."""
    if found.holds is None:
        return (
            f"Under another assumption about trade deficits ({found.name}) the deal or the threat has no equilibrium."
        )
    gains = [f"{the_region(name)} {signed(gain, 3)}" for name, gain in zip(names, found.vs_threat_pct, strict=True)]
    verdict = "the advice holds" if found.holds else "THE ADVICE DEPENDS ON IT"
    return (
        f"Under another assumption about trade deficits ({found.name}) the same deal is worth, against no deal, "
        f"{listed(gains)} percent: {verdict}."
    )


def _course(one: Concession) -> str:
    """What a term does: `from 37.2 to 24.9 percent`, or what it keeps from happening."""
    if one.moved > 5e-4:
        return f"from {rate(one.today)} to {rate(one.agreed)} percent"
    if rate(one.threat) != rate(one.agreed):
        return f"stays at {rate(one.agreed)} percent (without a deal {rate(one.threat)})"
    return f"stays at {rate(one.agreed)} percent"


def _mutual_gain(outcome: Outcome) -> str:
    """How often everybody gains."""
    mutual_gain, names = outcome.mutual_gain, outcome.negotiation.payoff_model.names
    assert mutual_gain is not None
    count, all_gain = len(mutual_gain.vs_threat_pct), round(mutual_gain.probability * len(mutual_gain.vs_threat_pct))
    everybody = "both" if len(names) == 2 else "all"
    if all_gain == count:
        return f"Probability: {everybody} gain in every one of {count} draws of what is uncertain."
    each = listed([f"{the_region(n)} in {round(mutual_gain.probability_of(k) * count)}" for k, n in enumerate(names)])
    return f"Probability: {everybody} gain in {all_gain} of {count} draws of what is uncertain; {each}."


def _gain(outcome: Outcome, concept: str, k: int) -> str:
    """One side's gain, with its range where draws were made."""
    chosen, negotiation = outcome.agreement(concept), outcome.negotiation
    name, income = negotiation.payoff_model.names[k], float(negotiation.incomes[k])
    gain = float(negotiation.real_income_pct(chosen.view, negotiation.threat)[k])
    today = float(negotiation.real_income_pct(chosen.view, negotiation.today)[k])
    ends = weighed = ""
    if negotiation.political:
        weighed = f"; by what it weighs beside real income {signed(float(chosen.gain_vs_threat_pct[k]), 3)} percent"
    elif outcome.mutual_gain is not None:
        low, high = outcome.mutual_gain.range()
        ends = f"; {LEVEL:.0%} range {spread(float(low[k]), float(high[k]))}"
    against = "" if outcome.threat == "status quo" else f", {signed(today, 3)} against today"
    verb = "gains" if gain > 0 else "loses"
    return sentence(
        f"{the_region(name)} {verb} {money(gain / 100 * income)} a year of real income ({signed(gain, 3)} percent"
        f"{ends}{against}){weighed}"
    )


def _dollars(outcome: Outcome, gain_pct: np.ndarray) -> str:
    """`the United States +1.2 billion USD and Canada -300 million USD` a year."""
    names, incomes = outcome.negotiation.payoff_model.names, outcome.negotiation.incomes
    if outcome.negotiation.political:
        each = zip(names, gain_pct, strict=True)
        return listed([f"{the_region(n)} {signed(g, 3)} percent of its objective" for n, g in each])
    return listed(
        [
            f"{the_region(n)} {'+' if g >= 0 else '-'}{money(g / 100 * i)}"
            for n, g, i in zip(names, gain_pct, incomes, strict=True)
        ]
    )


def _threat(outcome: Outcome) -> str:
    return "a tariff war over these products" if outcome.war is not None else f"the {outcome.threat}"


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
            f"If talks fail, {_threat(outcome)} follows: {_dollars(outcome, loss)} a year against today ({percent} percent "
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
        show_ratification(outcome, concept)
        return
    say(f"The deal shown is the {CONCEPT_NAMES[concept]} solution; the others are below.")
    print()
    show_terms(outcome)
    show_solutions(outcome)
    show_limits(outcome)
    show_ratification(outcome, concept)
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
