"""The document of `detente talks --json`: percentages, million USD, fractions for rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detente.economy.interface import Equilibrium, Policy
from detente.study.documents import (
    OutcomeDocument,
    Rates,
    RoundDocument,
    TalksDocument,
    TermDocument,
    ThreatDocument,
    WarDocument,
)
from detente.study.negotiation.acceptance import acceptance_document
from detente.study.negotiation.advice_document import advice_document, draft_document
from detente.study.negotiation.draws import MutualGain
from detente.study.negotiation.ratification_document import ratification
from detente.study.uncertainty.draws import LEVEL
from detente.talks.bargaining import Agreement, Negotiation
from detente.talks.certificate import PRECISION, PROOF
from detente.talks.war import War

if TYPE_CHECKING:
    from detente.study.negotiation.study import Outcome, TalksStudy


def document(study: TalksStudy) -> TalksDocument:
    """The talks against the first threat of the file; `against` holds the same for every threat, by name."""
    each = {outcome.threat: _outcome(study, outcome) for outcome in study.outcomes}
    first = next(iter(each.values()))
    return {
        "title": study.file.title,
        "baseline": str(study.file.baseline),
        "law": str(study.file.law) if study.file.law else None,
        "horizon": study.file.horizon,
        "solution": study.file.solution,
        "provenance": study.provenance.record(),
        **first,
        "against": each,
        "notes": study.notes,
        "diagnostics": first["diagnostics"],
    }


def war_document(found: War) -> WarDocument:
    """The document of a trade war: tariffs as fractions, welfare against the start in percent, and the proof."""
    welfare = np.asarray(found.view.outcome.welfare)
    return {
        "tariffs": {
            name: dict(zip(instruments.labels, _numbers(found.values[name]), strict=True))
            for name, instruments in found.instruments.items()
        },
        "welfare_pct": {name: _number(gain) for name, gain in found.gain_pct.items()},
        "best_deviation_gain_pct": dict(found.proof_pct),
        "searched": found.searched,
        "at_ceiling": list(found.at_ceiling),
        "diagnostics": {
            "rounds": found.rounds,
            "evaluations": found.evaluations,
            "residual": float(found.view.outcome.residual),
            "proof_required_pct": PROOF,
            "precision_pct": PRECISION,
            "regions": len(welfare),
        },
    }


def _outcome(study: TalksStudy, outcome: Outcome) -> OutcomeDocument:
    negotiation, threat, rounds = outcome.negotiation, _threat(outcome), _rounds(study, outcome)
    names = negotiation.payoff_model.names
    if outcome.deal is None:
        return {
            "agreement": False,
            "rounds": rounds,
            "no_agreement": outcome.no_agreement,
            "threat": threat,
            "parties": {},
            "terms": [],
            "shadow_prices": [],
            "ratification": ratification(outcome, study.file.solution),
            "concessions": [],
            "linkage": None,
            "solutions": {},
            "frontier": None,
            "steps": [],
            "mutual_gain": None,
            "years": [],
            "advice": None,
            "draft": None if outcome.draft is None else draft_document(outcome.draft, negotiation),
            "acceptance": None if outcome.acceptance is None else acceptance_document(outcome.acceptance, negotiation),
            "diagnostics": {},
        }
    concept = study.file.solution
    chosen = outcome.agreement(concept)
    edge = outcome.frontier
    return {
        "agreement": True,
        "gains_are": "real income and what the parties weigh beside it" if negotiation.political else "real income",
        "threat": threat,
        "rounds": rounds,
        "parties": {name: _party(study, outcome, concept, k) for k, name in enumerate(names)},
        "terms": _terms(negotiation, chosen),
        "solutions": {name: _solution(negotiation, one) for name, one in outcome.deal.agreements.items()},
        "ideal_pct": _by_party(names, outcome.deal.ideal_pct),
        "frontier": None
        if edge is None
        else {
            "parties": list(edge.parties),
            "gain_vs_threat_pct": [_by_party(names, point) for point in edge.gain_pct],
        },
        "concessions": _concessions(outcome),
        "shadow_prices": _shadow_prices(outcome),
        "ratification": ratification(outcome, concept),
        "linkage": None if outcome.linkage is None else _linkage(outcome, names),
        "steps": [
            {"terms": list(step.labels), "gain_vs_today_pct": _by_party(names, step.gain_vs_today_pct)}
            for step in outcome.steps[:20]
        ],
        "years": _years(outcome),
        "mutual_gain": None if outcome.mutual_gain is None else _mutual_gain(outcome.mutual_gain, names),
        "advice": None if outcome.advice is None else advice_document(outcome.advice, negotiation),
        "draft": None if outcome.draft is None else draft_document(outcome.draft, negotiation),
        "acceptance": None if outcome.acceptance is None else acceptance_document(outcome.acceptance, negotiation),
        "diagnostics": {"certificate": _certificate(negotiation, chosen)},
    }


def _threat(outcome: Outcome) -> ThreatDocument:
    negotiation = outcome.negotiation
    names = negotiation.payoff_model.names
    threat: ThreatDocument = {
        "name": outcome.threat,
        "gain_vs_today_pct": _by_party(names, 100 * (negotiation.threat.payoff / negotiation.today.payoff - 1)),
        "terms": {
            label: _rates(rates)
            for label, rates in zip(
                negotiation.table.instruments.labels,
                _charged(negotiation, negotiation.threat.policy),
                strict=True,
            )
        },
        "standstill": [term.label for term in negotiation.standstill],
    }
    if outcome.war is not None:
        threat["war"] = war_document(outcome.war)
    return threat


def _rounds(study: TalksStudy, outcome: Outcome) -> list[RoundDocument]:
    negotiation = outcome.negotiation
    return [
        {
            "side": offer.side,
            "values": offer.values,
            "note": offer.note,
            "scores": {
                side: {name: _number(value) for name, value in worth.items()} for side, worth in scored.sides().items()
            },
            "clauses": [
                {"clause": clause.label, "holds": bool(holds), "room": _number(room)}
                for clause, holds, room in zip(negotiation.clauses, scored.holds, scored.room, strict=True)
            ],
        }
        for offer, scored in zip(study.file.rounds, outcome.offers, strict=True)
    ]


def _concessions(outcome: Outcome) -> list[dict[str, Any]]:
    negotiation, names = outcome.negotiation, outcome.negotiation.payoff_model.names
    return [
        {
            "term": one.label,
            "track": one.track,
            "by": one.by,
            "today": _rates(one.today),
            "without_agreement": _rates(one.threat),
            "agreed": _rates(one.agreed),
            "worth_pct": _by_party(names, one.worth_pct),
            "worth_musd": _money(negotiation, one.worth_pct),
        }
        for one in outcome.concessions
    ]


def _shadow_prices(outcome: Outcome) -> list[dict[str, Any]]:
    negotiation, names = outcome.negotiation, outcome.negotiation.payoff_model.names
    return [
        {
            "limit": one.label,
            "kind": one.kind,
            "relaxed_by": one.step,
            "gain_pct": _by_party(names, one.gain_pct),
            "gain_musd": _money(negotiation, one.gain_pct),
        }
        for one in outcome.shadow_prices
    ]


def _years(outcome: Outcome) -> list[dict[str, Any]]:
    names = outcome.negotiation.payoff_model.names
    return [
        {
            "year": year.year,
            "gain_vs_today_pct": _by_party(names, year.gain_vs_today_pct),
            "gain_vs_threat_pct": _by_party(names, year.gain_vs_threat_pct),
        }
        for year in outcome.years
    ]


def _party(study: TalksStudy, outcome: Outcome, concept: str, k: int) -> dict[str, Any]:
    negotiation, chosen = outcome.negotiation, outcome.agreement(concept)
    income = float(negotiation.incomes[k])
    sectors = sector_changes(outcome, concept, k)
    against_threat = negotiation.real_income_pct(chosen.view, negotiation.threat)[k]
    against_today = negotiation.real_income_pct(chosen.view, negotiation.today)[k]
    return {
        "gain_vs_threat_pct": _number(chosen.gain_vs_threat_pct[k]),
        "gain_vs_today_pct": _number(chosen.gain_vs_today_pct[k]),
        "real_income_vs_threat_pct": _number(against_threat),
        "real_income_vs_today_pct": _number(against_today),
        "real_income_vs_threat_musd": _number(against_threat / 100 * income),
        "real_income_vs_today_musd": _number(against_today / 100 * income),
        "power": _number(negotiation.power[k]),
        "sectors": {
            sector: {key: _number(values[j]) for key, values in sectors.items()}
            for j, sector in enumerate(study.economy.sectors)
        },
    }


def _terms(negotiation: Negotiation, chosen: Agreement) -> list[TermDocument]:
    today, agreed = _charged(negotiation, negotiation.today.policy), _charged(negotiation, chosen.policy)
    return [
        {
            "term": term.label,
            "track": term.track,
            "by": term.by,
            "instrument": term.instrument.kind,
            "range": [term.instrument.lower, term.instrument.upper],
            "today": _rates(today[k]),
            "value": _number(chosen.values[k]),
            "agreed": _rates(agreed[k]),
            "years": term.years,
        }
        for k, term in enumerate(negotiation.table.terms)
    ]


def _solution(negotiation: Negotiation, one: Agreement) -> dict[str, Any]:
    names = negotiation.payoff_model.names
    return {
        "gain_vs_threat_pct": _by_party(names, one.gain_vs_threat_pct),
        "gain_vs_today_pct": _by_party(names, one.gain_vs_today_pct),
        "terms": dict(zip(negotiation.table.instruments.labels, _numbers(one.values), strict=True)),
        "certificate": _certificate(negotiation, one),
        "search": {
            "places": one.searched.places,
            "climbs": one.searched.climbs,
            "agree": _number(one.searched.agree),
            "gap": _number(one.searched.gap),
        },
    }


def _certificate(negotiation: Negotiation, one: Agreement) -> dict[str, Any]:
    return {
        "holds": one.certificate.holds,
        "gain_vs_threat_pct": _by_party(negotiation.payoff_model.names, one.certificate.gain_pct),
        "clauses": {
            clause.label: _number(slack)
            for clause, slack in zip(negotiation.clauses, one.certificate.slack, strict=True)
        },
        "residual": one.certificate.residual,
    }


def _mutual_gain(mutual_gain: MutualGain, names: tuple[str, ...]) -> dict[str, Any]:
    low, high = mutual_gain.range()
    return {
        "draws": len(mutual_gain.vs_threat_pct),
        "all_gain": _number(mutual_gain.probability),
        "gains": {name: _number(mutual_gain.probability_of(k)) for k, name in enumerate(names)},
        "level": LEVEL,
        "gain_vs_threat_pct": {name: [_number(low[k]), _number(high[k])] for k, name in enumerate(names)},
    }


def _linkage(outcome: Outcome, names: tuple[str, ...]) -> dict[str, Any]:
    link = outcome.linkage
    assert link is not None
    return {
        "subsets": [
            {
                "tracks": list(tracks),
                "gain_vs_threat_pct": _by_party(names, gain),
                "no_agreement": link.refused.get(tracks),
            }
            for tracks, gain in link.gain_pct.items()
        ],
        "linking_adds_pct": _by_party(names, link.linked_pct),
        "shapley_pct": {track: _by_party(names, share) for track, share in link.shapley_pct.items()},
    }


def _by_party(names: tuple[str, ...], values: np.ndarray) -> dict[str, float | None]:
    return dict(zip(names, _numbers(values), strict=True))


def _money(negotiation: Negotiation, gain_pct: np.ndarray) -> dict[str, float | None] | None:
    """Gains [party] in million USD a year; None where a payoff is more than real income, and so is no money."""
    if negotiation.political:
        return None
    return _by_party(negotiation.payoff_model.names, gain_pct / 100 * negotiation.incomes)


def _charged(negotiation: Negotiation, policy: Policy) -> np.ndarray:
    """What a policy charges in the cells of each term, averages over baseline trade (`Instruments.rates`)."""
    return negotiation.table.instruments.rates(policy, negotiation.payoff_model.economy.border_value)


def _rates(found: np.ndarray) -> Rates:
    """The rates in the cells of a term, fractions: lowest, mean and highest; of a quota, its limit as a share of trade."""
    lowest, mean, highest = _numbers(found)
    return {"lowest": lowest, "mean": mean, "highest": highest}


def _numbers(values: np.ndarray) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    """Six significant digits; null where there is nothing to report."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


def sector_changes(outcome: Outcome, concept: str, party: int) -> dict[str, np.ndarray]:
    """What an agreement does to a party's sectors [sector], percent: real income and jobs, against today and threat."""
    members = list(outcome.negotiation.payoff_model.members[party])
    after = outcome.agreement(concept).view.outcome

    def earned(at: Equilibrium) -> np.ndarray:
        return np.asarray(at.sector_income)[members] / np.asarray(at.price_index)[members, None]  # [member, sector]

    def ratio(new: np.ndarray, old: np.ndarray) -> np.ndarray:
        return np.divide(new, old, out=np.ones_like(new), where=old > 0)

    found = {}
    for name, before in (("today", outcome.negotiation.today), ("threat", outcome.negotiation.threat)):
        old, new = earned(before.outcome), earned(after)
        found[f"real_income_vs_{name}_pct"] = 100 * (ratio(new.sum(axis=0), old.sum(axis=0)) - 1)
        worked, works = (np.asarray(at.employment)[members] for at in (before.outcome, after))
        # A union's jobs are not counted by country: its members' changes are weighed by what the sector earns there.
        jobs = (np.where(np.isfinite(works / worked), works / worked, 1.0) * old).sum(axis=0)
        found[f"jobs_vs_{name}_pct"] = 100 * (ratio(jobs, old.sum(axis=0)) - 1)
    return found
