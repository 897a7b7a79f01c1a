"""Backtests: episodes, scores by hand, exact gradients, and the scores that may not fall."""

from __future__ import annotations

import json
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from detente.accounts import Baseline, load
from detente.economy import calibrate
from detente.errors import InputError
from detente.study.backtest.episode import episode, known, shipped
from detente.study.backtest.estimation import Model, jacobian, priors
from detente.study.backtest.observed import PARTNERS, observe, sector_groups, window
from detente.study.backtest.prediction import Policies
from detente.study.backtest.run import Backtest, backtest
from detente.study.backtest.scores import coverage, score

HELD = json.loads((Path(__file__).parent / "backtest_scores.json").read_text(encoding="utf-8"))
#: Percent; scores are recorded to three decimals on another machine.
SLACK = 0.02


@pytest.fixture(scope="module")
def world() -> Baseline:
    return load("world-2024")


def test_a_score_is_what_the_hand_computes() -> None:
    actual, predicted, weight = np.array([0.1, -0.3, 9.0]), np.array([0.2, -0.1, 0.0]), np.array([1.0, 3.0, 0.0])
    found = score(actual, predicted, weight)
    assert found.rmse == pytest.approx(100 * np.sqrt((0.01 + 3 * 0.04) / 4))
    assert found.no_change == pytest.approx(100 * np.sqrt((0.01 + 3 * 0.09) / 4))
    assert (found.signs, found.cells, found.imports) == (1.0, 2, 4.0)
    assert found.slope == pytest.approx(0.4 / 0.3)
    assert coverage(actual, actual - 0.1, np.array([0.0, 0.0, 10.0]), weight > 0) == 0.5


def test_partners_add_up_to_all_imports() -> None:
    from detente.law.customs import customs_months

    months = customs_months()
    codes = [code for _, codes in sector_groups().values() for code in codes]
    chosen = (months["exporter"] == "WLD") & (months["month"] == "2025-06") & months["naics3"].isin(codes)
    assert window("2025-06", "2025-06").imports.sum() == pytest.approx(
        months[chosen]["imports_usd"].sum() / 1e6, rel=1e-9
    )


def test_what_is_left_out_is_not_scored_and_says_why(world: Baseline) -> None:
    happened = observe(episode("2025"), world)
    groups = list(sector_groups())
    assert not happened.scored[:, groups.index("oil and gas")].any()
    assert not happened.scored[PARTNERS.index("IRL"), groups.index("chemicals and pharmaceuticals")]
    assert happened.scored[PARTNERS.index("CAN"), groups.index("chemicals and pharmaceuticals")]
    assert all(one.why for name in shipped() for one in episode(name).left_out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("before: [2024-06, 2024-08]\nafter: [2025-05, 2025-08]", "the same months"),
        ("before: [2024-06, 2024-08]\nafter: [2026-06, 2026-08]", "2025-08"),
        ("before: [2024-13, 2024-13]\nafter: [2025-06, 2025-08]", "month such as 2025-06"),
    ],
)
def test_a_wrong_episode_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"title: mine\n{text}\nlaw: [2025-07-15]\nlaw_before: 2024-07-15\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        episode(file)
    with pytest.raises(InputError, match="2018, 2025"):
        known("2031")


@pytest.mark.slow
def test_predictions_are_differentiated_exactly(world: Baseline) -> None:
    economy = calibrate(world, horizon="short", closure=0.5)
    model = Model(economy)
    quo = economy.status_quo()
    china = world.regions.index("CHN")
    at = Policies([quo._replace(tariff=quo.tariff.at[0, china].add(0.2))], quo)
    x, _ = priors()
    slopes = jacobian(lambda p: model.predict(p, at).ravel(), x)
    for k in (0, 11, len(x) - 2, len(x) - 1):
        step = np.eye(len(x))[k] * 1e-4
        ahead, behind = (np.asarray(model.predict(jnp.asarray(x + s), at)).ravel() for s in (step, -step))
        assert slopes[:, k] == pytest.approx((ahead - behind) / 2e-4, abs=1e-6)


@pytest.fixture(scope="module", params=["2018", "2025"])
def found(request: pytest.FixtureRequest, world: Baseline) -> Backtest:
    return backtest(request.param, baseline=world)


@pytest.mark.slow
def test_scores_do_not_fall(found: Backtest) -> None:
    held = HELD[found.name]
    for name, rmse in held.items():
        if name != "coverage":
            assert found.scores[name].rmse <= rmse + SLACK, name
    assert found.coverage >= held["coverage"] - 0.01


@pytest.mark.slow
def test_an_episode_is_predicted_with_the_other_ones_estimates_better_than_no_change(found: Backtest) -> None:
    assert found.parameters == {"2018": "2025", "2025": "2018"}[found.name]
    assert found.scores["all"].beats_no_change and found.scores["all, common growth out"].beats_no_change
    assert found.scores["CHN, common growth out"].rmse < 0.6 * found.scores["CHN, common growth out"].no_change
    document = found.to_json()
    assert len(document["cells"]) == len(found.to_frame())
    assert all(cell["scored"] or cell["left_out"] for cell in document["cells"])
