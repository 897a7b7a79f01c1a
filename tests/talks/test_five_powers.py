"""Five governments on real data, the European Union as one: a war with its proof, and a table that settles. `-m whole`."""

from __future__ import annotations

import numpy as np
import pytest

from detente.study.counterfactual import Counterfactual
from detente.study.negotiation import noncooperative
from detente.study.scenario import Scenario
from detente.talks.bargaining import Negotiation, deal
from detente.talks.certificate import PROOF, certify
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.table import Table, make_term

POWERS = ["USA", "EU", "CHN", "MEX", "CAN"]
#: What the United States and each of the others put on the table, both ways.
PRODUCTS = {"metals": ["steel", "aluminum"], "autos": ["motor_vehicles", "motor_vehicle_parts"]}

pytestmark = [pytest.mark.whole, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def start() -> Counterfactual:
    return Counterfactual.of(Scenario.model_validate({"title": "five powers", "law": "2026-09-30", "horizon": "long"}))


def test_war_of_five_over_all_goods_is_certified(start: Counterfactual) -> None:
    found = noncooperative.war(start, POWERS)
    print(found.rounds, found.evaluations, dict(found.gain_pct), dict(found.best_deviation_gain_pct))
    assert max(found.best_deviation_gain_pct.values()) <= PROOF
    assert {name: len(mine) for name, mine in found.instruments.items()}.keys() == set(POWERS)
    assert all(len(mine) > 80 for mine in found.instruments.values())


def test_table_of_five_settles(start: Counterfactual) -> None:
    economy = start.economy()
    model = PayoffModel(economy, [Party(power) for power in POWERS], start.charged(economy))
    terms = [
        make_term(
            economy,
            "tariff_cut",
            pair,
            products,
            today=model.today,
            track=track,
            label=f"{pair[0]} on {pair[1]}, {track}",
        )
        for track, products in PRODUCTS.items()
        for other in POWERS[1:]
        for pair in (("USA", other), (other, "USA"))
    ]
    negotiation = Negotiation.open(model, Table(terms))
    agreed = deal(negotiation, ["nash"]).agreements["nash"]
    print(agreed.gain_vs_threat_pct, np.round(agreed.values, 2), agreed.searched)
    assert certify(model, agreed.policy, negotiation.threat, negotiation.arrays).holds
    assert (agreed.gain_vs_threat_pct > 0).all()
