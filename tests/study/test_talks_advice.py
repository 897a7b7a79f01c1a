"""What stands around an agreement: each number solved again by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from pydantic import ValidationError
from recomputed import Recomputed

import detente as dt
from detente.errors import InputError
from detente.study.negotiation.advice_document import rate_kept
from detente.study.negotiation.document import document
from detente.study.negotiation.schema import TalksFile
from detente.study.negotiation.study import Outcome, TalksStudy, run_talks
from detente.study.negotiation.table import power_of
from detente.study.negotiation.third_parties import extended
from detente.talks.payoff_model import PayoffModel

TOY = """\
title: Goods between AAA and BBB
baseline: toy
law: none
changes:
  - tariff: {importer: AAA, exporter: [BBB, CCC], sectors: goods, rate: 0.5}
  - tariff: {importer: BBB, exporter: AAA, sectors: goods, rate: 0.5}
parties: {AAA: {}, BBB: {}}
terms:
  - {track: goods, draft: 0.2, tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0.1, 0.5]}}
  - {track: goods, years: 2, tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}}
  - {track: costs, trade_cost: {between: [AAA, BBB], sectors: [services], range: [-0.01, 0]}}
frontier_points: 2
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> TalksStudy:
    path = tmp_path_factory.mktemp("talks") / "talks.yaml"
    path.write_text(TOY)
    return run_talks(path)


@pytest.fixture(scope="module")
def outcome(study: TalksStudy) -> Outcome:
    return study.outcomes[0]


def test_gains_under_pooled_deficits_are_those_of_a_pooled_economy(outcome: Outcome) -> None:
    assert outcome.advice is not None
    model, agreed = outcome.negotiation.payoff_model, outcome.agreement("nash")
    pooled = PayoffModel(model.economy.varied(pooling=1.0), model.parties, model.today)  # type: ignore[attr-defined]
    expected = 100 * (pooled.see(agreed.policy).payoff / pooled.see(model.today).payoff - 1)
    np.testing.assert_allclose(outcome.advice.closures["pooled"].vs_today_pct, expected, atol=1e-6)
    np.testing.assert_allclose(outcome.advice.closures["fixed"].vs_today_pct, agreed.gain_vs_today_pct, atol=1e-6)


def test_cuts_extended_to_all_are_the_same_rate_for_all(outcome: Outcome) -> None:
    agreed, goods = outcome.agreement("nash"), outcome.negotiation.payoff_model.economy.sectors.index("goods")
    wider = extended(outcome.negotiation, agreed)
    assert wider is not None
    before, after = np.asarray(agreed.policy.tariff), np.asarray(wider.tariff)
    assert (after[0, 2, goods] == before[0, 1, goods]).all()  # CCC pays in AAA what BBB pays
    assert (after <= before + 1e-12).all()
    assert (np.delete(after, goods, axis=2) == np.delete(before, goods, axis=2)).all()
    assert outcome.advice is not None
    others = outcome.advice.third_parties
    assert others.regions == ("CCC",)
    assert others.extended_vs_today_pct is not None
    assert others.extended_vs_today_pct[0] > others.vs_today_pct[0]


def test_without_cooperation_no_trade_cost_falls(outcome: Outcome) -> None:
    assert outcome.advice is not None
    bare = outcome.advice.without_cooperation_pct
    assert bare is not None
    agreed = outcome.agreement("nash").gain_vs_threat_pct
    assert bare.prod() < agreed.prod()  # what costs nothing helps, here both
    assert (bare > 0).all()


def test_a_draft_is_valued_as_it_stands(outcome: Outcome) -> None:
    draft, negotiation = outcome.draft, outcome.negotiation
    assert draft is not None
    model = negotiation.payoff_model
    goods = model.economy.sectors.index("goods")
    tariff = np.array(model.today.tariff)
    tariff[0, 1, goods] = 0.2
    by_hand = 100 * (model.see(model.today._replace(tariff=tariff), fresh=True).payoff / negotiation.threat.payoff - 1)
    np.testing.assert_allclose(draft.agreement.gain_vs_threat_pct, by_hand, atol=1e-8)
    assert len(draft.repairs) == 3
    assert [one.gain_vs_threat_pct.min() for one in draft.repairs] == sorted(
        (one.gain_vs_threat_pct.min() for one in draft.repairs), reverse=True
    )


def test_the_document_carries_it_all(study: TalksStudy) -> None:
    found = document(study)
    assert set(found["advice"]["self_enforcement"]) == {"AAA", "BBB"}
    assert found["advice"]["third_parties"]["objectors"] == ["CCC"]
    assert set(found["advice"]["closures"]) == {"fixed", "pooled"}
    assert found["draft"]["terms"]["BBB tariff on AAA: goods"] is None
    assert found["solutions"]["nash"]["search"]["places"] == 216
    assert rate_kept(float("inf")) == "any" and rate_kept(float("nan")) == "none" and rate_kept(0.123) == 12.3


def read(tmp_path: Path, text: str) -> TalksFile:
    path = tmp_path / "talks.yaml"
    path.write_text(text)
    file = TalksFile.from_file(path)
    assert isinstance(file, TalksFile)
    return file


def test_power_follows_from_patience(tmp_path: Path) -> None:
    patient = TOY.replace("{AAA: {}, BBB: {}}", "{AAA: {discount_rate: 0.03}, BBB: {discount_rate: 0.09}}")
    assert power_of(read(tmp_path, patient)) == pytest.approx({"AAA": 0.75, "BBB": 0.25})
    voted = patient.replace("0.09}", "0.03, election: {years: 2, chance_of_staying: 0.5}}")
    assert power_of(read(tmp_path, voted))["BBB"] < 0.1
    assert power_of(read(tmp_path, TOY)) == {"AAA": 1.0, "BBB": 1.0}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("draft: 0.2", "draft: 0.7", "draft 0.7 is outside the range"),
        ("draft: 0.2", "draft: .nan", "finite"),
        ("{AAA: {}, BBB: {}}", "{AAA: {discount_rate: 0.03}, BBB: {}}", "BBB has no discount_rate"),
        (
            "{AAA: {}, BBB: {}}",
            "{AAA: {discount_rate: 0.03, power: 2}, BBB: {discount_rate: 0.03}}",
            "keep one of the two",
        ),
        ("{AAA: {}, BBB: {}}", "{AAA: {discount_rate: 0}, BBB: {discount_rate: 0.1}}", "more than 0"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises((InputError, ValidationError), match=said):
        read(tmp_path, TOY.replace(old, new))


def test_every_effect_in_the_note_is_solved_again_from_the_public_interface(study: TalksStudy) -> None:
    phased = yaml.safe_load(TOY)
    economy = dt.calibrate(dt.load("toy"))
    start = economy.status_quo()
    for change in phased["changes"]:
        edit = change["tariff"]
        start = start.set(importer=edit["importer"], exporter=edit["exporter"], sector="goods", rate=edit["rate"])
    again = list(Recomputed(phased, document(study), economy, start).figures())
    assert len(again) > 30
    for name, printed, here in again:
        assert here == pytest.approx(printed, rel=2e-5, abs=2e-6), name
