"""`deal`: the agreement on a table against a threat point - Nash, Kalai-Smorodinsky, egalitarian, utilitarian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from detente.economy.interface import Policy
from detente.errors import InputError, SolveError
from detente.talks.augmented_lagrangian import Found
from detente.talks.certificate import ROUNDING, Certificate, certify
from detente.talks.clauses import Clauses, Floor, Ratification, compile_clauses
from detente.talks.global_search import Searched, WholeTable
from detente.talks.instruments import Instruments
from detente.talks.merit import NASH, SMALLEST, SUM, Goal
from detente.talks.payoff_model import PayoffModel, View, climb_economy
from detente.talks.standstill import standstill
from detente.talks.surrogate import MODELLED, Surrogate
from detente.talks.table import Table, Term

if TYPE_CHECKING:
    import pandas as pd

Concept = Literal["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]
CONCEPTS: tuple[Concept, ...] = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")

#: Smallest gain, percent, that counts as one.
WORTH = 1e-4


class NoAgreementError(SolveError):
    """No agreement was found that leaves every party above its threat point and meets every clause; `because` says why."""

    def __init__(self, because: str) -> None:
        super().__init__(
            f"No agreement was found on this table: the closest candidate {because}. "
            "Put more on the table, widen a range or relax a clause."
        )
        self.because = because


@dataclass(frozen=True, repr=False)
class Agreement:
    """One solution of a `negotiation`: `values` of the terms, the `policy`, gains [party] in percent, and its certificate.

    `found`: where the search ended (its `pressure` [term]: what the goal would gain from one more unit of a term that a range
    holds back); `searched`: how thoroughly.

    Example:
        >>> import detente as dt
        >>> goods = {"sectors": ["goods"], "range": [0, 0.2]}
        >>> terms = [
        ...     {"track": "goods", "tariff": {"importer": "AAA", "exporter": "BBB", **goods}},
        ...     {"track": "goods", "tariff": {"importer": "BBB", "exporter": "AAA", **goods}},
        ... ]
        >>> table = {"title": "table", "baseline": "toy", "law": "none", "parties": {"AAA": {}, "BBB": {}}, "terms": terms}
        >>> agreed = dt.talks({**table, "threats": ["war"]}).agreement("nash")
        >>> agreed
        <Agreement (nash) on 2 terms: AAA +0.477, BBB +1.041 percent of real income against the threat>
        >>> agreed.to_frame()["agreed"].round(3).tolist()
        [0.025, 0.0]
    """

    concept: str
    values: np.ndarray
    policy: Policy
    view: View
    gain_vs_threat_pct: np.ndarray
    gain_vs_today_pct: np.ndarray
    certificate: Certificate
    found: Found
    negotiation: Negotiation
    searched: Searched = field(default_factory=Searched)

    def to_frame(self) -> pd.DataFrame:
        """A row for each term: its mean rate today, without agreement and as agreed, fractions; the party whose it is.

        A trade cost is its change, a quota its share of baseline trade (NaN: none).
        """
        import pandas as pd

        table, weights = self.negotiation.table, self.negotiation.payoff_model.economy.border_value
        at = {"today": self.negotiation.today.policy, "without": self.negotiation.threat.policy, "agreed": self.policy}
        columns = {name: table.instruments.rates(policy, weights)[:, 1] for name, policy in at.items()}
        labels = pd.Index([term.label for term in table.terms], name="term")
        return pd.DataFrame({"by": [term.by for term in table.terms], **columns}, labels)

    def gains(self) -> pd.DataFrame:
        """A row for each party: what it gains against the threat and against today, percent of its payoff."""
        import pandas as pd

        names = pd.Index(self.negotiation.payoff_model.names, name="party")
        return pd.DataFrame({"vs_threat": self.gain_vs_threat_pct, "vs_today": self.gain_vs_today_pct}, names)

    def __repr__(self) -> str:
        names = self.negotiation.payoff_model.names
        gains = ", ".join(f"{n} {gain:+.3f}" for n, gain in zip(names, self.gain_vs_threat_pct, strict=True))
        many = len(self.negotiation.table.terms)
        what = "payoff" if self.negotiation.political else "real income"
        return f"<Agreement ({self.concept}) on {many} terms: {gains} percent of {what} against the threat>"

    def _repr_html_(self) -> str:
        """What a notebook shows: one line, the terms, and what each party gains."""
        terms, gains = self.to_frame().round(4).to_html(), self.gains().round(4).to_html()
        return f"<p>{escape(repr(self))}</p>{terms}{gains}"


@dataclass(frozen=True)
class Negotiation:
    """What is being negotiated: everything that `deal` and the analyses around it need."""

    payoff_model: PayoffModel
    table: Table
    threat: View
    today: View
    power: np.ndarray
    clauses: tuple[Floor | Ratification, ...]
    arrays: Clauses
    base: Policy | None = None
    learnt: Surrogate | None = None

    @property
    def ground(self) -> Policy:
        """The policy onto which terms are laid: today's, unless `base` gives another."""
        return self.today.policy if self.base is None else self.base

    @cached_property
    def standstill(self) -> list[Term]:
        """What the threat would move that is no term, and an agreement therefore leaves as it is today."""
        model, economy = self.payoff_model, self.payoff_model.economy
        governments = list(economy.regions)
        for name, mine in zip(model.names, model.members, strict=True):
            for n in mine:
                governments[n] = name
        return standstill(governments, economy.sectors, self.table.instruments, self.today.policy, self.threat.policy)

    def without(self, values: np.ndarray, terms: np.ndarray, kept: Sequence[Term] = ()) -> Policy:
        """The agreement at `values` less some `terms` [term] and less what is `kept` of the standstill: these as under the
        threat, rate by rate.
        """
        instruments = self.table.instruments
        policy = instruments.take(instruments.apply(self.ground, values), self.threat.policy, terms)
        return Instruments(term.instrument for term in kept).take(policy, self.threat.policy) if kept else policy

    @cached_property
    def surrogate(self) -> Surrogate:
        """What has been learnt about payoffs on this table, here or in a negotiation that this one varies."""
        fresh = Surrogate(self.payoff_model, self.table.instruments, self.arrays, self.ground)
        return fresh if self.learnt is None else fresh.taught_by(self.learnt)

    def varied(self, **changes: Any) -> Negotiation:
        """The same negotiation with other ranges, power or levels of its clauses, or some of its terms; what was learnt is kept.

        The terms must move the same rates, and clauses count the same constituencies against the same references.
        """
        return replace(self, learnt=self.surrogate if len(self.table.instruments) <= MODELLED else None, **changes)

    @classmethod
    def open(
        cls,
        payoff_model: PayoffModel,
        table: Table,
        threat: Policy | None = None,
        *,
        power: Mapping[str, float] | None = None,
        clauses: Sequence[Floor | Ratification] = (),
    ) -> Negotiation:
        """Sit down at the table. `threat`: the policy without agreement (default: today's); `power`: weights of the
        parties, summing to any positive number (default: equal).
        """
        power = power or dict.fromkeys(payoff_model.names, 1.0)
        for name in power:
            payoff_model.party(name)
        weights = np.array([float(power.get(name, 0.0)) for name in payoff_model.names])
        if (weights < 0).any() or weights.sum() <= 0:
            raise InputError("Bargaining power must be zero or more for each party and positive for at least one.")
        today = payoff_model.see(payoff_model.today, fresh=True)
        before = today if threat is None else payoff_model.see(threat, fresh=True)
        arrays = compile_clauses(payoff_model.economy, clauses, {"today": today.outcome, "threat": before.outcome})
        return cls(payoff_model, table, before, today, weights / weights.sum(), tuple(clauses), arrays)

    @property
    def political(self) -> bool:
        """Whether some party's payoff is more than its real income, so that a gain in it is no money."""
        return any(party.political for party in self.payoff_model.parties)

    def real_income_pct(self, after: View, before: View) -> np.ndarray:
        """Change of real income alone [party], percent (equivalent variation), whatever else the parties weigh."""
        model = self.payoff_model
        return 100 * (model.real_income(after.outcome) / model.real_income(before.outcome) - 1)

    @property
    def incomes(self) -> np.ndarray:
        """Baseline income of each party, million USD."""
        return self.payoff_model.incomes

    def goal(self, concept: str, ideal_pct: np.ndarray) -> tuple[str, np.ndarray]:
        """What a solution concept maximizes: the kind of goal and its weights [party]."""
        worth = self.power * self.incomes
        return {
            "nash": (NASH, self.power),
            "egalitarian": (SMALLEST, self.power * len(self.power)),
            "utilitarian": (SUM, worth / worth.sum()),
            "kalai_smorodinsky": (SMALLEST, ideal_pct * self.power * len(self.power)),
        }[concept]

    def search(self, kind: str, weight: np.ndarray, start: np.ndarray, **options: Any) -> Found:
        """The best of one goal from one start; `options` are those of `Surrogate.climb`."""
        goal, instruments = Goal(kind, weight, self.threat.payoff), self.table.instruments
        if len(instruments) <= MODELLED:
            return self.surrogate.climb(goal, start, **options)
        return climb_economy(self.payoff_model, instruments, self.ground, self.arrays, goal, start)

    def agreement(self, concept: str, found: Found) -> Agreement:
        """A search result as an agreement; raises `NoAgreementError` when its certificate does not hold."""
        policy = self.table.instruments.apply(self.ground, found.values)
        certificate = certify(self.payoff_model, policy, self.threat, self.arrays)
        if not certificate.holds:
            raise self.refusal(certificate)
        view = certificate.view
        vs_today = 100 * (view.payoff / self.today.payoff - 1)
        return Agreement(concept, found.values, policy, view, certificate.gain_pct, vs_today, certificate, found, self)

    def refusal(self, certificate: Certificate) -> NoAgreementError:
        """Why the closest candidate is no agreement."""
        names = self.payoff_model.names
        losers = [f"{n} {g:+.4f} percent" for n, g in zip(names, certificate.gain_pct, strict=True) if g < WORTH]
        broken = [c.label for c, s in zip(self.clauses, certificate.slack, strict=True) if s < 0]
        closest = []
        if losers:
            closest.append(f"leaves {', '.join(losers)} against the threat point")
        if broken:
            closest.append(f"breaks {', '.join(broken)}")
        return NoAgreementError(" and ".join(closest) or "changes nothing")


@dataclass(frozen=True)
class Deal:
    """The agreements found on one table: one per concept, and each party's `ideal_pct` (best gain, percent)."""

    negotiation: Negotiation
    agreements: Mapping[str, Agreement]
    ideal_pct: np.ndarray


def deal(negotiation: Negotiation, concepts: Sequence[Concept] = CONCEPTS, start: np.ndarray | None = None) -> Deal:
    """The agreements that the solution concepts select, each with its certificate.

    Nash (1950): largest product of gains, each to the power of its bargaining power. Kalai-Smorodinsky (1975): gains in
    proportion to the best each could hope for. Egalitarian (Kalai 1977): gains in proportion to power, in percent.
    Utilitarian: largest sum in dollars of income, weighted by power. Raises `NoAgreementError` when no point on the
    table leaves every party above the threat.
    """
    power, size = negotiation.power, len(negotiation.power)
    # A variation of talks that were settled starts from what is known; only new talks are searched all over.
    whole = WholeTable.of(negotiation) if negotiation.learnt is None else None
    equal, searched = _equal_gains(negotiation, start, whole)
    searches: dict[str, tuple[Found, Searched]] = {}
    ideal = np.full(size, np.nan)
    for concept in sorted(concepts, key="kalai_smorodinsky".__eq__):  # last, because it asks for the ideals
        if concept == "kalai_smorodinsky":
            places = [one.values for one in (equal, *(found for found, _ in searches.values()))]
            ideal = ideal_gains(negotiation, places[:2], whole)
        if concept == "egalitarian" and np.ptp(power) == 0:
            searches[concept] = equal, searched
        else:
            kind, weight = negotiation.goal(concept, ideal)
            found = negotiation.search(kind, weight, equal.values, near=True)
            searches[concept] = (found, Searched()) if whole is None else whole.best(kind, weight, found)
    agreements: dict[str, Agreement] = {
        concept: replace(negotiation.agreement(concept, searches[concept][0]), searched=searches[concept][1])
        for concept in concepts
    }
    return Deal(negotiation, agreements, ideal)


def ideal_gains(negotiation: Negotiation, places: Sequence[np.ndarray], whole: WholeTable | None = None) -> np.ndarray:
    """The most each party could gain while nobody falls below the threat [party], percent.

    Climbed from the first of `places`, and from each where majorities, which make the ground rough, have a say; from all over
    the `whole` table where it is given.
    """
    starts = places if np.asarray(negotiation.arrays.majority).any() else places[:1]
    most = np.zeros(len(negotiation.power))
    for k, unit in enumerate(np.eye(len(most))):
        found = [negotiation.search(SUM, unit, place, near=True) for place in starts]
        kept = [one for one in found if one.slack.min(initial=0.0) >= -ROUNDING] or found[:1]
        best = max(kept, key=lambda one: one.gain_pct[k])
        most[k] = (best if whole is None else whole.best(SUM, unit, best)[0]).gain_pct[k]
    return most


def _equal_gains(
    negotiation: Negotiation, start: np.ndarray | None, whole: WholeTable | None
) -> tuple[Found, Searched]:
    """The largest gain that all share: from `start` if that leads to one, else the best from several places."""
    everybody = np.ones(len(negotiation.power))

    def proof(one: Found) -> Certificate:
        candidate = negotiation.table.instruments.apply(negotiation.ground, one.values)
        return certify(negotiation.payoff_model, candidate, negotiation.threat, negotiation.arrays)

    def works(one: Found) -> bool:
        return one.goal > WORTH and proof(one).holds

    if start is not None and works(first := negotiation.search(SMALLEST, everybody, start, near=True)):
        return first, Searched()
    # Majorities make the ground rough: counted softly first, the climb sees further; counted as they are, it goes straight.
    found: list[Found] = []
    for near in (False, True) if negotiation.clauses else (False,):
        found += [negotiation.search(SMALLEST, everybody, place, near=near) for place in _starts(negotiation)]
        best = max(found, key=lambda one: one.goal + 100 * min(one.slack.min(initial=0.0), 0.0))
        searched = Searched(climbs=len(found))
        if whole is not None:
            best, searched = whole.best(SMALLEST, everybody, best)
        if works(best):
            return best, searched
    raise negotiation.refusal(proof(best))


def _starts(negotiation: Negotiation) -> list[np.ndarray]:
    """Today's terms, those under the threat, and the end of every range where trade is freest."""
    instruments = negotiation.table.instruments
    freest = np.array([instrument.open_end for instrument in instruments])
    places = [instruments.start(negotiation.today.policy), instruments.start(negotiation.threat.policy), freest]
    return [place for k, place in enumerate(places) if not any((place == earlier).all() for earlier in places[:k])]
