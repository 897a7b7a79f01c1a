"""What a deal is worth under another assumption about trade deficits: whether the advice to sign it hangs on that."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from detente.economy import Economy, Policy
from detente.study.negotiation.draws import payoffs_under
from detente.talks.bargaining import WORTH
from detente.talks.payoff_model import RESIDUAL, PayoffModel


class OtherClosure(NamedTuple):
    """The same agreement, threat and present under closure `name`: gains of the parties, percent [party].

    `holds`: whether every party still gains against the threat, or as here does not; None where there is no equilibrium.
    """

    name: str
    vs_threat_pct: np.ndarray
    vs_today_pct: np.ndarray
    holds: bool | None


def other_closure(model: PayoffModel, threat: Policy, agreement: Policy) -> OtherClosure | None:
    """Pooled deficits where the talks hold them fixed or balanced, fixed ones where they pool; None for another economy."""
    economy = model.economy
    if not isinstance(economy, Economy):
        return None
    name, pooling = ("fixed", 0.0) if economy.pooling > 0 else ("pooled", 1.0)
    look = jax.jit(partial(payoffs_under, economy))

    def gains(parameters: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        found = [look(parameters, model.objectives, policy) for policy in (model.today, threat, agreement)]
        today, without, deal = (np.where(float(miss) < RESIDUAL, payoffs, np.nan) for payoffs, miss in found)
        return 100 * (deal / without - 1), 100 * (deal / today - 1)

    here, _ = gains({"pooling": economy.calibration.pooling})
    against, now = gains({"pooling": pooling})
    known = bool(np.isfinite(against).all())
    return OtherClosure(name, against, now, bool(((here > WORTH) == (against > WORTH)).all()) if known else None)


def document(found: OtherClosure | None, names: list[str] | tuple[str, ...]) -> dict[str, Any] | None:
    """Gains by party in percent, null without an equilibrium."""
    if found is None:
        return None

    def by_party(values: np.ndarray) -> dict[str, float | None]:
        return {
            name: float(f"{value:.6g}") if np.isfinite(value) else None
            for name, value in zip(names, values, strict=True)
        }

    return {
        "closure": found.name,
        "gain_vs_threat_pct": by_party(found.vs_threat_pct),
        "gain_vs_today_pct": by_party(found.vs_today_pct),
        "advice_holds": found.holds,
    }
