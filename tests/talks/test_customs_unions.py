"""Customs unions as parties: one tariff, real income added up over members, votes by member."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from armington import Armington, random_economy

from detente.accounts import load
from detente.accounts.customs_unions import members, states
from detente.errors import InputError
from detente.study.negotiation.schema import TalksFile
from detente.study.scenario import Scenario
from detente.study.scenario.policy import apply_changes
from detente.talks.bargaining import Negotiation, deal
from detente.talks.certificate import certify
from detente.talks.clauses import Ratification
from detente.talks.instruments import tariff_instruments
from detente.talks.optimum import optimum
from detente.talks.party import Party
from detente.talks.payoff_model import PayoffModel
from detente.talks.standstill import STANDSTILL
from detente.talks.table import Table, make_term


@pytest.fixture(scope="module")
def economy() -> Armington:
    """Four countries, of which the second and third are members of the union that we call EU."""
    found = random_economy(5, regions=4)
    found.regions = ("USA", "DEU", "FRA", "CHN")
    return found


def test_eu_is_its_members_and_a_code_of_the_world_is_itself() -> None:
    regions = load("world-2024").regions
    inside = members("EU", regions)
    assert len(inside) == 12
    assert sum(map(states, inside)) == 27
    assert members("DEU", regions) == members("XYZ", regions) == ()
    assert members("EU", ("EU", "DEU")) == ()


def test_a_union_charges_one_tariff_and_none_within(economy: Armington) -> None:
    mine = tariff_instruments(economy, "EU")
    assert [one.label for one in mine] == [f"EU<{e}:{s}" for e in ("USA", "CHN") for s in economy.sectors]
    policy = mine.apply(economy.status_quo(), np.full(len(mine), 0.3))
    tariff = np.asarray(policy.tariff)[..., 0]
    assert (tariff[1:3][:, [0, 3]] == 0.3).all()
    assert (tariff[1:3, 1:3] == 0).all() and (tariff[[0, 3]] == 0).all()
    theirs = tariff_instruments(economy, "USA", exporters=["EU"])
    tariff = np.asarray(theirs.apply(economy.status_quo(), np.array([0.1, 0.2])).tariff)[..., 0]
    assert (tariff[0, 1:3] == [0.1, 0.2]).all() and (tariff[0, 3] == 0).all()


def test_its_payoff_is_the_real_income_of_its_members(economy: Armington) -> None:
    model = PayoffModel(economy, [Party("USA"), Party("EU")])
    policy = tariff_instruments(economy, "EU").apply(model.today, np.full(4, 0.2))
    view = model.see(policy)
    welfare, income = np.asarray(view.outcome.welfare), model.income
    expected = (income[1:3] @ welfare[1:3]) / income[1:3].sum()
    assert view.payoff[1] == pytest.approx(expected, rel=1e-12)
    assert model.incomes[1] == pytest.approx(income[1:3].sum())
    alone = PayoffModel(economy, [Party("EU", member_weights={"FRA": 0.0})]).see(policy)
    assert alone.payoff[0] == pytest.approx(welfare[1], rel=1e-12)
    for k, slope in enumerate(model.slope(tariff_instruments(economy, "EU"), np.full(4, 0.2), model.today, 1)[1]):
        step = 1e-5 * np.eye(4)[k]
        instruments = tariff_instruments(economy, "EU")
        ends = [model.see(instruments.apply(model.today, 0.2 + s * step)).payoff[1] for s in (1, -1)]
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-9)


def test_together_they_gain_more_than_each_alone(economy: Armington) -> None:
    # What a union can do with one tariff, each member feels; the union's best is better for it than any other rate.
    model = PayoffModel(economy, [Party("EU")])
    best = optimum(model, "EU", tariff_instruments(economy, "EU"))
    assert best.gain_pct > 0
    rng = np.random.default_rng(0)
    for _ in range(5):
        near = np.clip(best.values + rng.normal(0, 0.05, len(best.values)), 0, 2)
        assert model.see(best.instruments.apply(model.today, near)).payoff[0] <= best.view.payoff[0] + 1e-10


def test_members_vote_and_a_standstill_names_the_union(economy: Armington) -> None:
    model = PayoffModel(economy, [Party("USA"), Party("EU")])
    threat = np.array(economy.status_quo().tariff)
    threat[0, 1:3], threat[1:3, 0] = 0.4, 0.4
    table = Table(
        [
            make_term(economy, "tariff", pair, ["s0"], track="goods", upper=0.4)
            for pair in (("USA", "EU"), ("EU", "USA"))
        ]
    )
    rule = Ratification(
        "members",
        "EU",
        ("DEU", "FRA"),
        np.ones((2, 2)),
        np.full(2, 0.5),
        1.0,
        "income",
        other=np.ones(2),
        regions=("DEU", "FRA"),
    )
    negotiation = Negotiation.open(model, table, economy.status_quo()._replace(tariff=threat), clauses=[rule])
    assert {term.track for term in negotiation.standstill} == {STANDSTILL}
    assert [term.label for term in negotiation.standstill] == [
        "USA keeps its tariffs on EU as today: s1",
        "EU keeps its tariffs on USA as today: s1",
    ]
    agreed = deal(negotiation, ["nash"]).agreements["nash"]
    before, after = negotiation.threat.outcome, agreed.view.outcome
    change = np.asarray(after.welfare)[1:3] / np.asarray(before.welfare)[1:3] - 1
    assert (change > 0).all()
    assert certify(model, agreed.policy, negotiation.threat, negotiation.arrays).holds


def test_a_member_cannot_also_sit_alone(economy: Armington) -> None:
    with pytest.raises(InputError, match="DEU would sit at the table twice"):
        PayoffModel(economy, [Party("EU"), Party("DEU")])
    with pytest.raises(InputError, match="overlap"):
        make_term(economy, "tariff", ("EU", "DEU"), ["s0"])
    with pytest.raises(InputError, match="no member of EU"):
        PayoffModel(economy, [Party("EU", member_weights={"USA": 2.0})])


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def to_file(text: str) -> Path:
        path = tmp_path / "file.yaml"
        path.write_text(text)
        return path

    return to_file


def test_scenarios_know_the_union(write: Callable[[str], Path]) -> None:
    text = "title: EU\nchanges:\n  - tariff: {importer: EU, exporter: all, sectors: steel, rate: 0.5}\n"
    baseline = load("world-2024")
    from detente.economy import calibrate

    start = calibrate(baseline).status_quo()
    moved = np.asarray(apply_changes(Scenario.from_file(write(text)), baseline, start).tariff)
    inside = [baseline.regions.index(region) for region in members("EU", baseline.regions)]
    steel, usa = baseline.sectors.index("steel"), baseline.regions.index("USA")
    assert (moved[inside, usa, steel] == 0.5).all()
    assert (moved[np.ix_(inside, inside, [steel])] == np.asarray(start.tariff)[np.ix_(inside, inside, [steel])]).all()
    assert (moved[usa] == np.asarray(start.tariff)[usa]).all()


def test_a_talks_file_with_the_union_is_read(write: Callable[[str], Path]) -> None:
    text = """\
title: US and EU
parties: {USA: {}, EU: {members: {DEU: 2}}}
terms:
  - {track: steel, tariff: {importer: USA, exporter: EU, sectors: [steel], range: [0, 0.5]}}
clauses:
  - {ratification: {region: EU, by: members, threshold: 0.55}}
"""
    from detente.economy import calibrate
    from detente.study.negotiation.table import clauses_of, parties_of, table_of

    economy = calibrate(load("world-2024"))
    file = TalksFile.from_file(write(text))
    assert isinstance(file, TalksFile)
    assert parties_of(file, economy)[1].member_weights == {"DEU": 2}
    [rule] = clauses_of(file, economy)
    assert isinstance(rule, Ratification)
    assert dict(zip(rule.constituencies, 27 * rule.votes, strict=True))["EUR"] == pytest.approx(16)
    assert len(table_of(file, economy, economy.status_quo()).instruments[0].cells) == 12 * len(economy.uses)
    bad = TalksFile.from_file(write(text.replace("{DEU: 2}", "{USA: 2}")))
    assert isinstance(bad, TalksFile)
    with pytest.raises(InputError, match="USA is no member"):
        parties_of(bad, economy)
    bad = TalksFile.from_file(write(text.replace("by: members", "by: workers")))
    assert isinstance(bad, TalksFile)
    with pytest.raises(InputError, match="ratifies by: members"):
        clauses_of(bad, economy)
