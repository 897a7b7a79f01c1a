"""Elasticities estimated on past disputes as a choice of a scenario: central answer and draws from one posterior."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.study.backtest.evidence import SHARED, evidence
from detente.study.counterfactual import Counterfactual
from detente.study.scenario import Scenario

FIELDS = {"title": "steel", "horizon": "short", "law": "none", "elasticities": "evidence"}


def test_the_economy_has_the_estimates() -> None:
    asked = Counterfactual.of(Scenario.from_fields({**FIELDS, "trade_elasticities": {"aluminum": 9.0}}))
    economy, fitted = asked.economy(), evidence()
    theta = dict(zip(economy.sectors, np.asarray(economy.trade_elasticity), strict=True))
    world = dict(zip(economy.sectors, np.asarray(asked.baseline.trade_elasticity), strict=True))
    assert theta["steel"] == pytest.approx(fitted.multiplier["metals"] * world["steel"])
    assert theta["retail" if "retail" in theta else economy.sectors[-1]] > 0
    assert economy.calibration.demand_elasticity == pytest.approx(fitted.shared["demand_elasticity"])
    assert set(fitted.shared) == set(SHARED)


def test_draws_are_of_the_posterior_and_central_where_the_answer_is() -> None:
    asked = Counterfactual.of(Scenario.from_fields(FIELDS))
    drawn, theta = asked.sample(256), np.asarray(asked.economy().trade_elasticity)
    steel = asked.baseline.sectors.index("steel")
    logs = np.log(drawn.trade_elasticity[:, steel] / theta[steel])
    assert drawn.studies == ("evidence",)
    assert logs.std() == pytest.approx(evidence().spread_of("steel")[1], rel=0.1)
    assert abs(np.median(logs)) < 0.05


def test_another_horizon_is_one_sentence() -> None:
    with pytest.raises(InputError, match="horizon: short"):
        Scenario.from_fields({**FIELDS, "horizon": "long"})
    with pytest.raises(InputError, match="horizon long"):
        Scenario.from_fields({"title": "long", "law": "none"}).with_evidence()
