"""What a deal does to who is not at the table, and to everybody if its cuts are extended to all (most favoured nation)."""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from detente.economy.interface import Policy
from detente.talks.bargaining import Agreement, Negotiation
from detente.talks.table import Term

#: A smaller loss of real income, percent, is no ground to object: the accounts are not known so finely.
OBJECTION = 0.001


@dataclass(frozen=True)
class ThirdParties:
    """Regions that are not at the table: change of real income under the deal, percent, and million USD a year.

    `vs_today_pct`, `vs_threat_pct`, `vs_today_musd` [region]. `extended_vs_today_pct` [region] and `extended_gain_pct` [party]
    (against the threat): the same if every tariff cut holds for all exporters of the product; None where the deal cuts no tariff.
    """

    regions: tuple[str, ...]
    vs_today_pct: np.ndarray
    vs_threat_pct: np.ndarray
    vs_today_musd: np.ndarray
    extended_vs_today_pct: np.ndarray | None
    extended_gain_pct: np.ndarray | None

    @property
    def objectors(self) -> tuple[str, ...]:
        """Who loses against today, the largest loss in dollars first."""
        order = np.argsort(self.vs_today_musd)
        return tuple(self.regions[k] for k in order if self.vs_today_pct[k] < -OBJECTION)


def third_parties(negotiation: Negotiation, agreement: Agreement) -> ThirdParties:
    """What an agreement does to everybody else; one more equilibrium where it cuts tariffs."""
    model, regions = negotiation.payoff_model, negotiation.payoff_model.economy.regions
    inside = {n for mine in model.members for n in mine}
    outside = [n for n in range(len(regions)) if n not in inside]

    def against(after: np.ndarray, before: np.ndarray) -> np.ndarray:
        return np.asarray(100 * (after / before - 1))[outside]

    welfare, today, threat = (
        np.asarray(view.outcome.welfare) for view in (agreement.view, negotiation.today, negotiation.threat)
    )
    vs_today = against(welfare, today)
    wider = extended(negotiation, agreement)
    view = None if wider is None else model.see(wider, fresh=True)
    return ThirdParties(
        tuple(regions[n] for n in outside),
        vs_today,
        against(welfare, threat),
        vs_today / 100 * (model.income * today)[outside],
        None if view is None else against(np.asarray(view.outcome.welfare), today),
        None if view is None else 100 * (view.payoff / negotiation.threat.payoff - 1),
    )


def extended(negotiation: Negotiation, agreement: Agreement) -> Policy | None:
    """The agreement with every tariff it cuts lowered for all exporters alike; None where it cuts none.

    No exporter pays more than before; where the agreed rates of a product differ, others pay the highest of them.
    """
    before, tariff = np.asarray(negotiation.today.policy.tariff), np.array(agreement.policy.tariff)
    moved = False
    for cells in map(_tariffs, negotiation.table.terms):
        importer, exporter, sector, use = np.unravel_index(cells, tariff.shape)
        cut = tariff[importer, exporter, sector, use] < before[importer, exporter, sector, use] - 1e-9
        for n, j, u in sorted(
            {(int(a), int(b), int(c)) for a, b, c in zip(importer[cut], sector[cut], use[cut], strict=True)}
        ):
            here = (importer == n) & (sector == j) & (use == u) & cut
            rate = tariff[n, exporter[here], j, u].max()
            others = np.arange(len(tariff)) != n
            tariff[n, others, j, u] = np.minimum(tariff[n, others, j, u], rate)
            moved = True
    return agreement.policy._replace(tariff=jnp.asarray(tariff)) if moved else None


def _tariffs(term: Term) -> np.ndarray:
    return term.instrument.cells if term.instrument.kind == "tariff" else np.zeros(0, dtype=int)
