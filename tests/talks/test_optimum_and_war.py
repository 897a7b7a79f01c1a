from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from armington import Armington, random_economy, symmetric
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.errors import InputError, SolveError
from detente.study.negotiation.noncooperative import _rounds
from detente.talks import certificate
from detente.talks.instruments import Instrument, Instruments, tariff_instruments
from detente.talks.optimum import optimum, spread_starts
from detente.talks.party import Party, jobs_in_place
from detente.talks.payoff_model import PayoffModel
from detente.talks.war import war
from detente.talks.weights import infer_weights


def two_sizes(home_abroad: float, size: float) -> Armington:
    """A home country of relative `size` and a foreign one with `home_abroad` of its spending at home."""
    foreign_imports = 1 - home_abroad
    share = np.array([[1 - foreign_imports / size, foreign_imports / size], [foreign_imports, home_abroad]])
    return Armington(share[..., None], np.ones((2, 1)), sigma=4.0)


@pytest.mark.parametrize("home_abroad", [0.6, 0.8, 0.95])
def test_two_country_optimal_tariff_is_the_formula(home_abroad: float) -> None:
    # Gros (1987): 1 / ((sigma - 1) x the share of its spending that the foreign country spends at home).
    economy = two_sizes(home_abroad, 1.0)
    payoff_model = PayoffModel(economy, [Party("A")])
    best = optimum(payoff_model, "A", tariff_instruments(economy, "A", upper=5.0), tolerance=1e-14)
    outcome = economy.equilibrium(best.policy)
    w = np.exp(np.asarray(outcome.state))
    weight = np.asarray(economy.share)[1, :, 0] * w ** (1 - economy.sigma)
    own_share = weight[1] / weight.sum()
    assert best.values[0] == pytest.approx(1 / ((economy.sigma - 1) * own_share), rel=1e-5)
    assert best.gain_pct > 0
    assert best.steepest_pct < 1e-4


def test_a_small_country_charges_the_monopolists_markup() -> None:
    economy = two_sizes(home_abroad=0.9999, size=0.0005)
    best = optimum(PayoffModel(economy, [Party("A")]), "A", tariff_instruments(economy, "A", upper=5.0))
    assert best.values[0] == pytest.approx(1 / (economy.sigma - 1), rel=1e-3)


def test_export_tax_and_tariff_reach_the_same_optimum() -> None:
    # Lerner symmetry: a uniform export tax does what a uniform tariff does.
    economy = two_sizes(0.8, 1.0)
    payoff_model = PayoffModel(economy, [Party("A")])
    tariff = optimum(payoff_model, "A", tariff_instruments(economy, "A", upper=5.0))
    cell = np.array([1 * 2 + 0])  # importer B, exporter A
    tax = optimum(payoff_model, "A", Instruments([Instrument.level("export tax", "export_tax", cell, 0.0, 5.0)]))
    assert tax.values[0] == pytest.approx(tariff.values[0], rel=1e-5)
    assert tax.gain_pct == pytest.approx(tariff.gain_pct, abs=1e-8)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=3, deadline=None)
def test_no_start_beats_the_optimum(seed: int) -> None:
    economy = random_economy(seed, regions=3)
    payoff_model = PayoffModel(economy, [Party("A")])
    instruments = tariff_instruments(economy, "A", upper=3.0)
    best = optimum(payoff_model, "A", instruments, starts=spread_starts(instruments, payoff_model.today))
    assert np.ptp(best.starts_gain_pct) < 1e-6
    rng = np.random.default_rng(seed)
    for _ in range(3):
        near = np.clip(best.values + rng.normal(0, 0.1, len(instruments)), 0, 3)
        assert payoff_model.see(instruments.apply(payoff_model.today, near)).payoff[0] <= best.view.payoff[0] + 1e-10


def test_slopes_are_finite_differences_with_every_part_of_the_objective() -> None:
    economy = random_economy(1, regions=3)
    party = Party("A", {"s0": 1.4, "s1": 0.6}, revenue_weight=1.5, jobs={"s0": 0.2}, pledges={("B", "s0"): (0.3, 0.05)})
    payoff_model = PayoffModel(economy, [party, Party("B")])
    instruments = tariff_instruments(economy, "A")
    values = np.array([0.298, 0.1, 0.2, 0.4])  # the first within the smoothed edge of its pledge
    slopes = np.array([payoff_model.slope(instruments, values, payoff_model.today, k)[1] for k in range(2)])
    for k in range(len(instruments)):
        step = np.eye(len(instruments))[k] * 1e-5
        up, down = (payoff_model.see(instruments.apply(payoff_model.today, values + s * step)).payoff for s in (1, -1))
        np.testing.assert_allclose(slopes[:, k], (up - down) / 2e-5, rtol=1e-5, atol=1e-9)


def test_a_pledge_is_kept_when_breaking_it_costs_more_than_it_brings() -> None:
    economy = symmetric()
    free = optimum(PayoffModel(economy, [Party("A")]), "A", tariff_instruments(economy, "A")).values[0]
    promised = Party("A", pledges={("B", "s0"): (0.9, 1.0)})
    kept = optimum(PayoffModel(economy, [promised]), "A", tariff_instruments(economy, "A")).values[0]
    assert free < 0.6 < kept
    assert kept == pytest.approx(0.9, abs=0.006)


def test_symmetric_countries_have_a_symmetric_war() -> None:
    economy = symmetric(regions=3, sectors=2)
    payoff_model = PayoffModel(economy, [Party(r) for r in economy.regions])
    instruments = {r: tariff_instruments(economy, r) for r in economy.regions}
    fought = war(payoff_model, instruments)
    tariffs = np.concatenate(list(fought.values.values()))
    assert np.ptp(tariffs) < 1e-4
    assert tariffs.mean() > 0.3
    assert all(gain < 0 for gain in fought.gain_pct.values())
    assert max(fought.best_deviation_gain_pct.values()) < certificate.PROOF
    elsewhere = war(payoff_model, instruments, start=dict.fromkeys(economy.regions, np.full(4, 1.5)))
    np.testing.assert_allclose(np.concatenate(list(elsewhere.values.values())), tariffs, atol=1e-4)


def test_a_war_already_fought_moves_nobody_and_tells_its_progress() -> None:
    economy = dt.calibrate(dt.load("toy"))
    fought = dt.war(economy, ["AAA", "BBB"], uniform=True)
    told: list[float] = []
    again = dt.war(
        economy, ["AAA", "BBB"], today=fought.policy, uniform=True, progress=lambda _, done: told.append(done)
    )
    assert told and all(0 <= done <= 1 for done in told)
    assert np.allclose(np.asarray(again.policy.tariff), np.asarray(fought.policy.tariff), atol=1e-4)


def test_progress_is_told_where_a_round_gains_nothing() -> None:
    told: list[float] = []
    tell = _rounds(lambda _, done: told.append(done))
    for moved in (0.0, 1e-3, 0.0):
        tell(len(told), moved)
    assert told[0] == told[2] == 1 and told[1] <= 0


def test_a_war_that_cannot_settle_says_so() -> None:
    economy = symmetric()
    payoff_model = PayoffModel(economy, [Party("A"), Party("B")])
    instruments = {r: tariff_instruments(economy, r) for r in economy.regions}
    with pytest.raises(SolveError, match="does not settle"):
        war(payoff_model, instruments, rounds=2)


def test_weights_behind_optimal_tariffs_are_recovered() -> None:
    economy = random_economy(3, regions=3, sectors=3)
    true = {"s0": 1.2, "s1": 0.9, "s2": 0.9}
    instruments = tariff_instruments(economy, "A", mfn=True)
    chosen = optimum(PayoffModel(economy, [Party("A", true)]), "A", instruments).policy
    inferred = infer_weights(PayoffModel(economy, [Party("A")]), "A", instruments, chosen, ridge=0.0)
    np.testing.assert_allclose(list(inferred.weights.values()), list(true.values()), rtol=1e-3)
    assert inferred.r_squared > 0.999
    assert inferred.gain_left_pct < 1e-6


def test_weights_that_explain_nothing_show_a_poor_fit() -> None:
    economy = random_economy(3, regions=3, sectors=3)
    instruments = tariff_instruments(economy, "A")  # six tariffs, three weights
    odd = instruments.apply(jax.tree.map(np.asarray, economy.status_quo()), np.array([1.5, 0.01, 0.8, 0.02, 1.2, 0.05]))
    inferred = infer_weights(PayoffModel(economy, [Party("A")]), "A", instruments, odd)
    assert inferred.r_squared < 0.9
    assert inferred.gain_left_pct > 1e-3


def test_bad_input_is_refused_with_a_sentence() -> None:
    economy = symmetric()
    with pytest.raises(InputError, match="Unknown region 'Z'"):
        PayoffModel(economy, [Party("Z")])
    with pytest.raises(InputError, match="Unknown sector 'steel'"):
        PayoffModel(economy, [Party("A", {"steel": 2.0})])
    with pytest.raises(InputError, match="can be a party once"):
        PayoffModel(economy, [Party("A"), Party("A")])
    payoff_model = PayoffModel(economy, [Party("A")])
    with pytest.raises(InputError, match="not a party"):
        optimum(payoff_model, "B", tariff_instruments(economy, "A"))
    with pytest.raises(InputError, match="ceiling"):
        tariff_instruments(economy, "A", lower=1.0, upper=0.5)
    with pytest.raises(InputError, match="one value per instrument"):
        optimum(payoff_model, "A", tariff_instruments(economy, "A"), starts=[np.zeros(5)])
    with pytest.raises(InputError, match="no jobs"):
        jobs_in_place({"s0": 0.0}, 1.0)
    twice = Instruments([*tariff_instruments(economy, "A"), *tariff_instruments(economy, "A")])
    with pytest.raises(InputError, match="one term only"):
        twice.apply(economy.status_quo(), np.zeros(2))


def test_instruments_read_what_they_applied() -> None:
    economy = symmetric(regions=3, sectors=2)
    today = economy.status_quo()._replace(tariff=jnp.full((3, 3, 2, 1), 0.2))
    instruments = Instruments(
        [*tariff_instruments(economy, "A", sectors=["s0"]), *tariff_instruments(economy, "B", mfn=True)]
    )
    values = np.array([0.1, 0.3, 0.5, 0.7])
    np.testing.assert_allclose(instruments.read(instruments.apply(today, values)), values)
    assert float(instruments.apply(today, values).tariff[2, 0, 0, 0]) == 0.2
