"""The first page of a note on talks: what to do, three numbers, what to offer, what to refuse, what would change the advice."""

from __future__ import annotations

import numpy as np

from detente.report.talks_tables import rate
from detente.report.terminal import say
from detente.report.wording import listed, money, sentence, signed, spread, the_region
from detente.study.negotiation.advice_document import LAGS
from detente.study.negotiation.study import Outcome, TalksStudy
from detente.study.uncertainty.draws import LEVEL
from detente.talks.bargaining import WORTH
from detente.talks.ratification import standings
from detente.talks.self_enforcement import Temptation
from detente.talks.valuation import Concession

#: Share of draws in which everybody must gain for a deal to be called good whatever turns out.
ROBUST = 0.9

#: Discount rates a year above this (fraction) are nobody's: a government that impatient signs nothing.
NOBODY = 1.0


def show_brief(study: TalksStudy, outcome: Outcome) -> None:
    """What to do if this is what happens without a deal, in seven lines or so."""
    without = "nothing changes" if outcome.threat == "status quo" else f"the alternative is {threat_name(outcome)}"
    if outcome.deal is None:
        say(f"If {without} without a deal: NO DEAL ON THIS TABLE. {outcome.no_agreement}")
        if outcome.draft is not None:
            say(f"- {_draft(outcome)}", hanging="  ")
        return
    say(f"If {without} without a deal: {_recommendation(study, outcome)}")
    names = outcome.negotiation.payoff_model.names
    lines = [_gain(outcome, study.file.solution, k) for k in range(len(names))]
    if outcome.advice is not None:
        lines.append(f"A month of waiting costs {_sums(names, outcome.advice.month_musd)} of real income.")
    if outcome.draft is not None:
        lines.append(_draft(outcome))
    lines += [
        _offer_next(outcome),
        *_refuse(outcome),
        _holds(outcome),
        _at_home(study, outcome),
        _would_change(outcome),
    ]
    for line in lines:
        if line:
            say(f"- {line}", hanging="  ")


def _recommendation(study: TalksStudy, outcome: Outcome) -> str:
    """Settle, or not, and on what that hangs."""
    chosen, names = outcome.agreement(study.file.solution), outcome.negotiation.payoff_model.names
    empty = [the_region(n) for n, gain in zip(names, chosen.gain_vs_threat_pct, strict=True) if gain <= WORTH]
    if empty:
        return f"A DEAL THAT GIVES {listed(empty)} NOTHING, and so no reason to sign."
    if outcome.advice is not None and outcome.advice.depends_on_closure:
        return "SETTLE, IF TRADE DEFICITS STAY AS THEY ARE: where they adjust, not everybody gains (below)."
    if outcome.mutual_gain is not None and outcome.mutual_gain.probability < ROBUST:
        return "SETTLE WITH CARE: not everybody gains in nine of ten draws of what is uncertain."
    return "SETTLE."


def _offer_next(outcome: Outcome) -> str:
    """The best first step, or what a draft lacks."""
    if outcome.draft is not None and outcome.draft.repairs and not outcome.draft.everybody_gains:
        mended = outcome.draft.repairs[0]
        who = dollars(outcome, mended.gain_vs_threat_pct)
        return f"Offer next: the draft with {mended.label} as in the deal below ({who} a year against no deal)."
    if outcome.steps and outcome.steps[0].gain_vs_today_pct.min() > 0:
        best = outcome.steps[0]
        worth = dollars(outcome, best.gain_vs_today_pct)
        return f"Offer next, if only one step can be taken: {listed(list(best.labels))} ({worth} a year against today)."
    return "Offer next: the whole table; no single step or pair of steps leaves everybody better off than today."


def _refuse(outcome: Outcome) -> list[str]:
    """What each side should not do without: the term of another that is worth most to it."""
    found = []
    for k, name in enumerate(outcome.negotiation.payoff_model.names):
        others = [one for one in outcome.concessions if one.by != name and one.worth_pct[k] > WORTH]
        if not others:
            continue
        best = max(others, key=lambda one: float(one.worth_pct[k]))
        worth = float(best.worth_pct[k] / 100 * outcome.negotiation.incomes[k])
        value = (
            f"{signed(float(best.worth_pct[k]), 3)} percent"
            if outcome.negotiation.political
            else f"{money(worth)} a year"
        )
        found.append(
            sentence(
                f"{the_region(name)} should refuse a deal without {best.label} ({course(best)}), worth {value} to it"
            )
        )
    return found


def _holds(outcome: Outcome) -> str:
    """Whether the deal keeps itself, and how fast a breach must be answered."""
    if outcome.advice is None:
        return ""
    weak = [one for one in outcome.advice.temptations if one.tempted]
    if not weak:
        return "It holds by itself: no side gains by breaking it, even before the other answers."
    told = [_tempted(outcome, one) for one in weak]
    return f"Whether it holds: {'; '.join(told)}."


def _tempted(outcome: Outcome, one: Temptation) -> str:
    k = outcome.negotiation.payoff_model.names.index(one.party)
    gain = f"{money(one.gain_pct / 100 * float(outcome.negotiation.incomes[k]))} a year"
    if outcome.negotiation.political:
        gain = f"{signed(one.gain_pct, 3)} percent of its objective"
    said = f"{the_region(one.party)} could gain {gain} by breaking it"
    if one.loss_pct <= 0:
        return f"{said} and has nothing to lose once answered, so it would"
    after_year, after_month = one.highest_rate(LAGS["year"]), one.highest_rate(LAGS["month"])
    if after_year > NOBODY:
        return f"{said}, but at any usual discount rate keeps it if answered within a year"
    kept = "at none" if np.isnan(after_year) else f"up to {100 * after_year:.0f} percent a year"
    sooner = "at any usual rate" if after_month > NOBODY else f"up to {100 * after_month:.0f} percent"
    return f"{said}; it keeps it at discount rates {kept} if answered after a year, {sooner} if after a month"


def _at_home(study: TalksStudy, outcome: Outcome) -> str:
    counts = standings(outcome.negotiation, outcome.agreement(study.file.solution))
    if not counts:
        return ""
    failed = [one.rule.label for one in counts if not one.passes]
    not_met = f"; not by {listed(failed)}" if failed else ""
    return f"At home: {len(counts) - len(failed)} of {len(counts)} rules of ratification are met{not_met}."


def _would_change(outcome: Outcome) -> str:
    """What, if it were otherwise, would turn the advice."""
    found, names = [], outcome.negotiation.payoff_model.names
    if outcome.advice is not None:
        if outcome.advice.depends_on_closure:
            for closure, one in outcome.advice.closures.items():
                gains = "no equilibrium" if one.vs_threat_pct is None else _percents(names, one.vs_threat_pct)
                found.append(f"deficits {closure}: {gains}")
        bare = outcome.advice.without_cooperation_pct
        if bare is not None:
            found.append(
                "without the cooperation terms, which cost nothing here, no deal is left"
                if np.isnan(bare).any()
                else f"without the cooperation terms, which cost nothing here, the gains are {_percents(names, bare)}"
            )
        if outcome.advice.third_parties.objectors:
            who = [the_region(region) for region in outcome.advice.third_parties.objectors[:3]]
            found.append(f"others may object: {listed(who)} lose most among who is not at the table")
    if outcome.mutual_gain is not None:
        found.append(_mutual_gain(outcome))
    if not found:
        return ""
    return f"What would change this: {'; '.join(found)}."


def _draft(outcome: Outcome) -> str:
    """The draft in a sentence."""
    draft = outcome.draft
    assert draft is not None
    gains = dollars(outcome, draft.agreement.gain_vs_threat_pct)
    failed = [one.rule.label for one in draft.standings if not one.passes]
    home = f"fails {listed(failed)}" if failed else "meets every rule at home" if draft.standings else ""
    said = "leaves everybody better off" if draft.everybody_gains else "does not leave everybody better off"
    return f"The draft as it stands {said} ({gains} a year against no deal){' and ' + home if home else ''}."


def _percents(names: tuple[str, ...], gains: np.ndarray) -> str:
    return listed([f"{the_region(n)} {signed(float(g), 3)} percent" for n, g in zip(names, gains, strict=True)])


def _sums(names: tuple[str, ...], musd: np.ndarray) -> str:
    def one(name: str, month: float) -> str:
        return (
            f"{the_region(name)} {money(month)}"
            if month >= 0
            else f"{the_region(name)} nothing (it gains {money(-month)})"
        )

    return listed([one(name, float(month)) for name, month in zip(names, musd, strict=True)])


def course(one: Concession) -> str:
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
        return f"{everybody} gain in every one of {count} draws of what is uncertain"
    each = listed([f"{the_region(n)} in {round(mutual_gain.probability_of(k) * count)}" for k, n in enumerate(names)])
    return f"{everybody} gain in {all_gain} of {count} draws of what is uncertain, {each}"


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


def dollars(outcome: Outcome, gain_pct: np.ndarray) -> str:
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


def threat_name(outcome: Outcome) -> str:
    """What happens without a deal, in words."""
    return "a tariff war over these products" if outcome.war is not None else f"the {outcome.threat}"
