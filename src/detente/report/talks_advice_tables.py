"""Behind the first page of a note on talks: the draft, who says yes, who breaks the deal, who else is touched, what matters."""

from __future__ import annotations

import numpy as np

from detente.report.talks_tables import unit, worth
from detente.report.terminal import say, show
from detente.report.wording import listed, region_name, signed, the_region
from detente.study.negotiation.acceptance import inspection_musd
from detente.study.negotiation.advice_document import LAGS, rate_kept
from detente.study.negotiation.study import Outcome
from detente.study.uncertainty.draws import LEVEL
from detente.talks.acceptance import ROBUST
from detente.talks.self_enforcement import Temptation

SHOWN_REGIONS, SHOWN_REPAIRS = 6, 6
LAG_NAMES = {"month": "a month", "quarter": "a quarter", "year": "a year", "two_years": "two years"}


def show_draft(outcome: Outcome) -> None:
    """The draft as it stands, and which single change would help it most."""
    draft = outcome.draft
    if draft is None:
        return
    names = outcome.negotiation.payoff_model.names
    rows = [["the draft", *worth(outcome, draft.agreement.gain_vs_threat_pct)]]
    for one in draft.repairs[:SHOWN_REPAIRS]:
        rows.append([f"with {one.label} as in the deal", *worth(outcome, one.gain_vs_threat_pct)])
    show(
        f"THE DRAFT: gain against no deal, {unit(outcome)}; terms it leaves open stay as today",
        ["", *(region_name(n) for n in names)],
        rows,
    )
    for count in draft.standings:
        verdict = "passes" if count.passes else "fails"
        say(f"{count.rule.label}: {verdict}, {100 * count.in_favour:.0f} percent of the votes gain.", hanging="  ")
    print()
    _show_temptations("WHO WOULD BREAK THE DRAFT", outcome, draft.temptations)


def show_acceptance(outcome: Outcome) -> None:
    """How likely each offer is to be accepted by the side whose weights are not known, and what knowing them is worth."""
    found = outcome.acceptance
    if found is None:
        return
    named = {**{f"the {name}": one for name, one in found.offers.items()}, "best offer": found.best}
    named[f"best of those accepted in {ROBUST:.0%}"] = found.robust
    rows = []
    for name, one in named.items():
        if one is None:
            rows.append([name, "none found", "", "", "", ""])
            continue
        low, high = np.quantile(one.theirs_pct, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        theirs = f"{signed(float(low), 4)} to {signed(float(high), 4)}"
        terms = ", ".join("open" if np.isnan(value) else f"{100 * value:.1f}" for value in one.values)
        gains = [signed(one.gain_pct, 4), signed(one.expected_pct, 4)]
        rows.append([name, terms, f"{100 * one.probability:.0f}", *gains, theirs])
    by, of = the_region(found.by), the_region(found.of)
    show(
        f"WILL THEY SAY YES? Offers by {by} to {of}, whose weights are not known: {found.draws} draws of the ranges in the file; "
        "percent",
        [
            "",
            "terms, in their order",
            "chance of a yes",
            "gain if yes",
            "expected gain",
            f"gain of {of}, middle {LEVEL:.0%}",
        ],
        rows,
    )
    musd = inspection_musd(found, outcome.negotiation)
    money = "" if np.isnan(musd) else f" ({signed(musd, 0)} million USD a year)"
    say(
        f"To know the weights before making the offer is worth {signed(found.inspection_pct, 4)} percent to {by}{money}. Chosen "
        f"among {found.valued} offers valued, to be taken or left: a no brings what happens without a deal, and a yes comes "
        "where the offer costs nothing by the weights drawn.",
        hanging="  ",
    )
    print()


def show_holding(outcome: Outcome) -> None:
    """What each side could gain by breaking the deal, and how patient it must be not to."""
    if outcome.advice is not None:
        _show_temptations("WHO WOULD BREAK THE DEAL", outcome, outcome.advice.temptations)
        say(
            "A breach moves a side's own terms anywhere between their range, today's rates and those without a deal; once it is "
            "found out, what happens without a deal happens for good. A clause that answers at once (snapback) or a standing "
            "review shortens the time; a legal base that may fall with chance h a year divides the patience needed by 1 - h.",
            hanging="  ",
        )
        print()


def _show_temptations(title: str, outcome: Outcome, each: list[Temptation]) -> None:
    names = outcome.negotiation.payoff_model.names
    rows = []
    for one in each:
        k = names.index(one.party)
        only = np.arange(len(names)) == k
        gain, loss = (worth(outcome, np.where(only, x, 0.0))[k] for x in (one.gain_pct, -one.loss_pct))
        rates = [str(rate_kept(one.highest_rate(years))) for years in LAGS.values()]
        rows.append([region_name(one.party), gain, loss, *rates])
    show(
        f"{title}: what it brings until answered and after, {unit(outcome)} against the deal; last, the highest discount rate, "
        "percent a year, at which the side keeps its word if a breach is answered after ...",
        ["", "until", "after", *(LAG_NAMES[lag] for lag in LAGS)],
        rows,
    )


def show_others(outcome: Outcome) -> None:
    """Third parties: who gains and who loses most, and what extending the cuts to all would do."""
    if outcome.advice is None or not outcome.advice.third_parties.regions:
        return
    others, names = outcome.advice.third_parties, outcome.negotiation.payoff_model.names
    wider = others.extended_vs_today_pct
    order = np.argsort(-np.abs(others.vs_today_musd))[:SHOWN_REGIONS]
    show(
        "NOT AT THE TABLE: real income under the deal against today; last, if its cuts held for all (most favoured nation)",
        ["", "million USD a year", "percent", *(["percent, for all"] if wider is not None else [])],
        [
            [
                region_name(others.regions[k]),
                signed(float(others.vs_today_musd[k]), 0),
                signed(float(others.vs_today_pct[k]), 4),
                *([signed(float(wider[k]), 4)] if wider is not None else []),
            ]
            for k in order
        ],
    )
    if others.extended_gain_pct is not None:
        gains = listed(
            [f"{the_region(n)} {signed(float(g), 4)}" for n, g in zip(names, others.extended_gain_pct, strict=True)]
        )
        say(f"Extended to all, the deal would bring the sides {gains} percent against no deal.", hanging="  ")
        print()


def show_closures(outcome: Outcome) -> None:
    """The same deal under each assumption about trade deficits, and without costless cooperation."""
    if outcome.advice is None:
        return
    names = outcome.negotiation.payoff_model.names
    rows = []
    for closure, one in outcome.advice.closures.items():
        cells = (
            ["no equilibrium"] * len(names)
            if one.vs_threat_pct is None
            else [signed(float(g), 4) for g in one.vs_threat_pct]
        )
        rows.append([f"deficits {closure}", *cells])
    bare = outcome.advice.without_cooperation_pct
    if bare is not None:
        cells = ["no deal"] * len(names) if np.isnan(bare).any() else [signed(float(g), 4) for g in bare]
        rows.append(["without cooperation terms (settled again)", *cells])
    show(
        "WHAT IT HANGS ON: gain against no deal, percent; the same terms and the same alternative under other assumptions",
        ["", *(region_name(n) for n in names)],
        rows,
    )
