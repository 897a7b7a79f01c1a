"""Draws of what is uncertain, the ranges they give, and what drives them."""

from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.accounts import load
from detente.accounts.elasticities import elasticity
from detente.cli.run import DRAWS
from detente.economy import HORIZONS, calibrate
from detente.errors import InputError, SolveError
from detente.study.counterfactual import Counterfactual
from detente.study.json_document import settling
from detente.study.run import run
from detente.study.scenario import Scenario
from detente.study.uncertainty.draws import CHUNK, solve_draws
from detente.study.uncertainty.sampling import (
    ACCOUNTS,
    CLOSURE,
    FACTORS,
    LARGEST_ELASTICITY,
    POOLING_ERROR,
    SMALLEST_ELASTICITY,
    STUDIES,
    STUDY,
    Sample,
    sample,
)
from detente.study.uncertainty.sensitivity import first_order_shares

EXAMPLES = Path(__file__).parents[2] / "examples"
SECTORS = ("steel", "aluminum", "motor_vehicles", "oil_gas", "health", "finance", "chemicals")
CENTRAL = np.array([elasticity()[sector] for sector in SECTORS])
SCENARIO = Scenario.model_validate(
    {
        "title": "A tariff in the toy world",
        "baseline": "toy",
        "law": "none",
        "uses": "one",
        "changes": [{"tariff": {"importer": "AAA", "exporter": "BBB", "rate": 0.3}}],
    }
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "cache"))


def drawn(count: int = 64, horizon: str = "long", **options) -> Sample:
    return sample(count, SECTORS, CENTRAL, HORIZONS[horizon], **options)


# -- the sample --------------------------------------------------------------------------------------------------------


def test_a_shorter_sample_is_the_start_of_a_longer_one():
    short, long = drawn(40), drawn(700)
    for name in ("trade_elasticity", "rigidity", "labour_supply", "law", "scores"):
        np.testing.assert_array_equal(getattr(short, name), getattr(long, name)[:40])


def test_seeds_differ_and_repeat():
    np.testing.assert_array_equal(drawn(seed=5).trade_elasticity, drawn(seed=5).trade_elasticity)
    assert not np.allclose(drawn(seed=5).trade_elasticity, drawn(seed=6).trade_elasticity)


def test_the_median_of_one_study_is_its_estimate_and_its_spread_the_published_error():
    found = drawn(1024, source="caliendo_parro").trade_elasticity
    published = elasticity("caliendo_parro")
    steel, oil = SECTORS.index("steel"), SECTORS.index("oil_gas")
    assert np.median(found[:, oil]) == pytest.approx(published["oil_gas"], rel=0.01)
    assert found[:, oil].std() / found[:, oil].mean() == pytest.approx(3.6707 / 13.5313, rel=0.05)
    assert np.median(found[:, steel]) == pytest.approx(published["steel"], rel=0.01)


def test_sectors_estimated_as_one_share_their_error_and_others_do_not():
    log = np.log(drawn(512, source="caliendo_parro").trade_elasticity)
    correlation = np.corrcoef(log.T)
    assert correlation[SECTORS.index("steel"), SECTORS.index("aluminum")] > 0.999
    assert correlation[SECTORS.index("health"), SECTORS.index("finance")] > 0.999
    assert abs(correlation[SECTORS.index("steel"), SECTORS.index("chemicals")]) < 0.1


def test_the_mixture_takes_every_study_as_often_and_spreads_further_than_one():
    mixed = drawn(1024)
    assert mixed.studies == STUDIES
    np.testing.assert_allclose(np.bincount(mixed.study) / 1024, 1 / len(STUDIES), atol=0.01)
    vehicles = SECTORS.index("motor_vehicles")
    one = drawn(1024, source="gtap").trade_elasticity[:, vehicles]
    assert np.log(mixed.trade_elasticity[:, vehicles]).std() > np.log(one).std()


def test_elasticities_stay_where_the_model_means_something():
    found = drawn(4096).trade_elasticity
    assert found.min() >= SMALLEST_ELASTICITY and found.max() <= LARGEST_ELASTICITY


def test_what_the_user_knows_is_not_drawn():
    found = drawn(known={"steel": 4.25}, labour_supply=0.3)
    np.testing.assert_array_equal(found.trade_elasticity[:, 0], 4.25)
    np.testing.assert_array_equal(found.labour_supply, 0.3)
    assert found.trade_elasticity[:, 1].std() > 0
    assert "labour supply" not in found.group


@pytest.mark.parametrize("horizon", HORIZONS)
def test_labour_is_drawn_from_the_range_of_its_horizon_around_its_own_value(horizon):
    found, known = drawn(512, horizon), HORIZONS[horizon]
    for name in ("rigidity", "labour_supply"):
        values, (low, high) = getattr(found, name), known.range_of(name)
        assert low - 1e-12 <= values.min() and values.max() <= high + 1e-12
        assert np.quantile(values, 0.05) <= getattr(known, name) <= np.quantile(values, 0.95)
        assert values.std() > 0
    factor = found.trade_elasticity / drawn(512, "long").trade_elasticity
    low, high = known.range_of("elasticity_factor")
    assert low <= factor.min() + 1e-9 and factor.max() <= high + 1e-9


def test_the_law_is_drawn_only_where_it_has_a_range():
    np.testing.assert_array_equal(drawn().law, 0.5)
    law = drawn(512, law=True).law
    assert law.min() < 0.01 and law.max() > 0.99 and abs(law.mean() - 0.5) < 0.01


def test_half_of_the_draws_keep_deficits_fixed_and_the_others_are_half_normal():
    assert drawn().pooling is None and drawn().capital is None
    found = drawn(1024, closure=True)
    assert abs((found.pooling == 0).mean() - 0.5) < 0.01 and found.pooling.max() <= 1
    moved = found.pooling[found.pooling > 0]
    np.testing.assert_allclose(np.median(moved), 0.6745 * POOLING_ERROR, rtol=0.05)
    assert CLOSURE in found.group and found.scores.shape[1] == len(found.group)


def test_shares_that_are_drawn_stay_shares():
    economy = calibrate(load("toy"), factors="all")
    found = drawn(256, factors=True)
    central = economy.calibration
    resources = []
    for k in range(256):
        parts = found.parameters(k, central)
        shares = [parts[f"{factor}_share"] for factor in ("labour", "capital", "resource")]
        np.testing.assert_allclose(sum(shares), 1.0, rtol=1e-12)
        assert min(share.min() for share in shares) >= 0
        resources.append(float(shares[1].mean()))
    assert min(resources) < float(central.capital_share.mean()) < max(resources)
    assert FACTORS in found.group


def test_a_closure_that_is_named_is_held(monkeypatch):
    named, open_ = (Counterfactual.of(Scenario(title="t", law=None, **given)) for given in ({"closure": "fixed"}, {}))
    assert named.sample(8).pooling is None and open_.sample(8).pooling is not None
    assert named.economy_key == open_.economy_key


def test_sectors_without_estimates_keep_their_median():
    found = sample(512, ("goods", "gadgets"), np.array([4.0, 9.0]), HORIZONS["long"])
    np.testing.assert_allclose(np.median(found.trade_elasticity, axis=0), [4, 9], rtol=0.02)
    assert abs(np.corrcoef(found.trade_elasticity.T)[0, 1]) < 0.1


@pytest.mark.parametrize(
    ("options", "words"), [({"source": "eaton_kortum"}, "eaton_kortum.*mixture"), ({"count": 1}, "two draws or more")]
)
def test_bad_requests_are_refused_in_words(options, words):
    with pytest.raises(InputError, match=words):
        drawn(**{"count": 8, **options})


# -- draws and ranges --------------------------------------------------------------------------------------------------


def constant(economy, count: int) -> Sample:
    """A sample in which nothing varies."""
    cal = economy.calibration
    theta = np.tile(np.asarray(cal.theta), (count, 1))
    same = {name: np.full(count, float(getattr(cal, name))) for name in ("rigidity", "labour_supply")}
    return Sample(
        theta,
        **same,
        law=np.full(count, 0.5),
        scores=np.zeros((count, 0)),
        group=(),
        study=np.zeros(count, int),
        studies=("central",),
        world=np.zeros(count, int),
    )


def test_a_draw_at_the_central_values_is_the_central_run():
    study = run(SCENARIO)
    draws = solve_draws(study.economy, constant(study.economy, 3), lambda economy, _: run_in(economy))
    for name, values in draws.outcomes.items():
        for row in values:
            np.testing.assert_allclose(row, study.result.arrays[name], rtol=1e-5, atol=1e-7)


def run_in(economy):
    from detente.study.scenario.policy import apply_changes

    return economy.solve(apply_changes(SCENARIO, economy.baseline, economy.status_quo()))


def test_ranges_hold_the_central_value_and_stand_under_its_keys():
    document = run(SCENARIO, draws=96).to_json()
    ranges = document["ranges"]
    assert ranges["draws"] == 96 and ranges["level"] == 0.9 and ranges["without_equilibrium"] == 0
    for region, values in document["regions"].items():
        assert set(ranges["regions"][region]) == set(values)
        low, high = ranges["regions"][region]["welfare_pct"]
        assert low < values["welfare_pct"] < high
        for sector, cells in document["sectors"][region].items():
            assert set(ranges["sectors"][region][sector]) == set(cells)
    assert 0 <= ranges["probability_of_gain"]["parties_all"] <= ranges["probability_of_gain"]["AAA"] <= 1
    assert set(ranges["variance_shares"]) == {"AAA", "BBB"}


def test_without_draws_there_are_no_ranges():
    assert run(SCENARIO).to_json()["ranges"] is None


def test_the_chance_that_all_gain_counts_the_draws_where_all_do():
    draws = run(SCENARIO, draws=64).draws
    welfare = draws.outcomes["welfare"]
    both = (welfare[:, 0] > 0) & (welfare[:, 2] > 0)
    assert draws.chance(["AAA", "CCC"]) == both.mean()
    held = run(SCENARIO.model_copy(update={"closure": "fixed"}), draws=64).draws
    assert held.chance(["BBB"]) == 0.0  # who is taxed loses in every draw, unless others share the loss


def test_ranges_move_by_less_than_a_tenth_when_the_draws_double():
    once, twice = (run(SCENARIO, draws=count).draws for count in (256, 512))
    for name in ("welfare", "real_wage", "exports"):
        (low, high), (wider_low, wider_high) = once.range(name), twice.range(name)
        width = wider_high - wider_low
        assert (np.abs(low - wider_low) < 0.1 * width).all(), name
        assert (np.abs(high - wider_high) < 0.1 * width).all(), name


def test_how_far_ends_moved_is_what_half_the_draws_say():
    draws, half = run(SCENARIO, draws=128).draws, run(SCENARIO, draws=64).draws
    (low, high), (old_low, old_high) = draws.range("welfare"), half.range("welfare")
    expected = np.maximum(np.abs(low - old_low), np.abs(high - old_high)) / (high - low)
    np.testing.assert_allclose(draws.moved("welfare"), expected)
    assert (draws.moved("welfare") > 0).all()


def test_the_document_says_how_settled_the_ranges_are():
    study = run(SCENARIO, draws=128)
    ranges = study.to_json()["ranges"]
    at = [study.draws.regions.index(party) for party in study.parties]
    assert ranges["moved_by_last_doubling"]["welfare_pct"] == pytest.approx(
        study.draws.moved("welfare")[at].max(), 1e-5
    )
    assert set(ranges["moved_by_last_doubling"]) == {"welfare_pct", "output_pct"}  # the toy world has no places


@pytest.mark.slow
def test_more_draws_than_the_default_move_headlines_and_places_by_less_than_a_tenth():
    study = run(EXAMPLES / "steel-25.yaml", draws=2 * DRAWS)
    moved = settling(study, study.draws)
    # Without draws of the accounts both are below a tenth; with them one end of one place moves by 0.11 of its range.
    assert 0 < moved["welfare_pct"] < 0.1 and 0 < moved["places_jobs_kjobs"] < 0.12
    assert np.nanmean(study.draws.moved("output") > 0.1) < 0.05


def test_what_parties_buy_is_kept_draw_by_draw():
    study = run(SCENARIO, draws=16)
    bought = study.draws.outcomes["bought"]
    assert bought.shape == (16, len(study.draws.buyers), 3, 2) and study.draws.buyers == ("AAA", "BBB")
    assert (bought[:, 0, 1] < 0).all()  # the taxed supplier sells less in every draw


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    economy = dt.calibrate(dt.load("toy"))
    points = sample(3 * CHUNK, economy.sectors, np.asarray(economy.calibration.theta), HORIZONS["long"])
    calls = []

    def answer(variant, _):
        calls.append(1)
        return run_in(variant)

    class StoppedError(Exception):
        pass

    def stop(done, _):
        if done == 2 * CHUNK:
            raise StoppedError

    with pytest.raises(StoppedError):
        solve_draws(economy, points, answer, key="toy", folder=tmp_path, progress=stop)
    assert len(calls) == 2 * CHUNK
    resumed = solve_draws(economy, points, answer, key="toy", folder=tmp_path)
    assert len(calls) == 3 * CHUNK
    again = solve_draws(economy, points, answer)
    for name, values in again.outcomes.items():
        np.testing.assert_array_equal(resumed.outcomes[name], values)


def test_a_damaged_file_is_computed_again(tmp_path):
    economy = dt.calibrate(dt.load("toy"))
    points = constant(economy, 4)
    first = solve_draws(economy, points, lambda e, _: run_in(e), key="toy", folder=tmp_path)
    [file] = (tmp_path / "toy").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    second = solve_draws(economy, points, lambda e, _: run_in(e), key="toy", folder=tmp_path)
    np.testing.assert_array_equal(first.outcomes["welfare"], second.outcomes["welfare"])


def test_what_is_kept_is_not_taken_for_another_question(tmp_path):
    other = SCENARIO.model_copy(update={"closure": "balanced"})
    fixed, balanced = run(SCENARIO, draws=4).draws, run(other, draws=4).draws
    assert not np.allclose(fixed.outcomes["welfare"], balanced.outcomes["welfare"])


def failing(draws: set[int]):
    seen = []

    def answer(variant, _):
        seen.append(1)
        if len(seen) - 1 in draws:
            raise SolveError("nothing clears")
        return run_in(variant)

    return answer


def test_draws_without_an_equilibrium_are_left_out_and_counted(monkeypatch):
    monkeypatch.setattr("detente.study.uncertainty.draws._processors", lambda: 1)
    economy = dt.calibrate(dt.load("toy"))
    draws = solve_draws(economy, constant(economy, 20), failing({7}))
    assert list(np.flatnonzero(~draws.solved)) == [7]
    assert draws.failures == ("nothing clears",)
    assert np.isfinite(draws.range("welfare")).all()


@pytest.mark.parametrize(("failures", "words"), [(range(3, 10), "7 of 20 draws"), (range(20), "None of 20 draws")])
def test_too_many_draws_without_an_equilibrium_are_an_error(monkeypatch, failures, words):
    monkeypatch.setattr("detente.study.uncertainty.draws._processors", lambda: 1)
    economy = dt.calibrate(dt.load("toy"))
    with pytest.raises(SolveError, match=words):
        solve_draws(economy, constant(economy, 20), failing(set(failures)))


# -- what drives the spread --------------------------------------------------------------------------------------------


def test_shares_of_variance_are_those_of_a_function_that_is_known():
    points = drawn(512)
    labour, other = points.scores[:, 0], points.scores[:, points.group.index("trade elasticities of other goods")]
    outcome = 3 * labour + 4 * (other**2 - 1) / np.sqrt(2)
    shares = first_order_shares(points, outcome)
    assert list(shares)[:2] == ["trade elasticities of other goods", "labour mobility"]
    assert shares["trade elasticities of other goods"] == pytest.approx(16 / 25, abs=0.05)
    assert shares["labour mobility"] == pytest.approx(9 / 25, abs=0.05)
    assert sum(list(shares.values())[2:]) < 0.02


def test_the_study_is_found_where_it_is_what_matters():
    points = drawn(256)
    shares = first_order_shares(points, np.array([1.0, 5.0, 2.0, 9.0, 4.0])[points.study])
    assert next(iter(shares)) == STUDY and shares[STUDY] == pytest.approx(1, abs=0.02)


def test_shares_agree_with_an_independent_estimate_where_draws_interact():
    from scipy import stats

    def outcome(x):  # two main effects and an interaction
        return 2 * x[0] + x[1] ** 2 + x[0] * x[1]

    half = np.sqrt(3)
    reference = stats.sobol_indices(
        func=lambda x: outcome(x)[None, :],
        n=4096,
        dists=[stats.uniform(-half, 2 * half)] * 2,
        rng=np.random.default_rng(0),
    ).first_order.ravel()
    points = sample(1024, ("goods",), np.array([4.0]), HORIZONS["long"])
    shares = first_order_shares(points, outcome(points.scores[:, :2].T))
    assert shares["labour mobility"] == pytest.approx(reference[0], abs=0.03)
    assert shares["labour supply"] == pytest.approx(reference[1], abs=0.03)


def test_nothing_drives_what_does_not_vary():
    assert first_order_shares(drawn(64), np.ones(64)) == {}


def test_a_damaged_file_of_draws_is_set_aside_and_made_again(tmp_path):
    from detente.study.uncertainty.cache import keep, kept

    path, values = tmp_path / "draws.npz", {"welfare": np.arange(50.0)}
    random = np.random.default_rng(1)
    for k in range(200):
        keep(path, values)
        data = bytearray(path.read_bytes())
        at = int(random.integers(len(data)))
        if k % 2:
            data[at] ^= 1 << int(random.integers(8))
        else:
            del data[at:]
        path.write_bytes(data)
        assert kept(path) is None
        assert not path.exists()
    keep(path, values)
    found = kept(path)
    assert found is not None
    np.testing.assert_array_equal(found["welfare"], values["welfare"])


def test_a_variant_keeps_nothing_that_was_compiled_for_the_original():
    economy = run(SCENARIO).economy
    object.__setattr__(economy, "_compiled_elsewhere", "programs of the original")
    variant = economy.varied(labour_supply=0.4)
    assert not hasattr(variant, "_compiled_elsewhere")
    assert float(variant.calibration.labour_supply) == 0.4
    assert variant.preconditioner is economy.preconditioner and variant.base is economy.base


def test_the_draw_cache_rests_on_every_file_wherever_the_package_lies(tmp_path, monkeypatch):
    from detente.study.uncertainty import cache

    package = tmp_path / "build" / "lib" / "detente"  # a folder named build above the package hid all of it
    for name in ("law/data/imports.parquet", "economy/solver.py", "accounts/build/pipeline.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_bytes(b"one")
    monkeypatch.setattr(cache.detente, "__file__", str(package / "__init__.py"))
    found = []
    for name in (None, "law/data/imports.parquet", "economy/solver.py", "accounts/build/pipeline.py"):
        if name:
            (package / name).write_bytes(b"two")
        found.append(cache._program.__wrapped__())
    assert len(set(found)) == 3 and found[2] == found[3]  # the pipeline makes the data, and is not read afterwards


# -- the accounts ------------------------------------------------------------------------------------------------------


def test_the_accounts_are_found_where_they_are_what_matters():
    points = drawn(256, worlds=32)
    assert set(points.world) == set(range(1, 33)) and (drawn(64, worlds=32).world == points.world[:64]).all()
    shares = first_order_shares(points, np.random.default_rng(1).normal(size=33)[points.world])
    assert shares[ACCOUNTS] > 0.9 and max(share for name, share in shares.items() if name != ACCOUNTS) < 0.1
    theta = first_order_shares(points, np.log(points.trade_elasticity[:, SECTORS.index("steel")]))
    assert theta.get(ACCOUNTS, 0.0) < 0.1


def test_ranges_hold_the_accounts_and_can_leave_them_out():
    autos = Scenario.from_file(EXAMPLES / "autos-25.yaml")
    held, free = (run(autos, draws=24, draw_accounts=accounts).draws for accounts in (False, True))
    usa = free.regions.index("USA")
    assert not held.sample.world.any() and free.sample.world.all()
    np.testing.assert_array_equal(held.sample.trade_elasticity, free.sample.trade_elasticity)
    low, high = free.range("welfare")
    narrow_low, narrow_high = held.range("welfare")
    assert high[usa] - low[usa] > narrow_high[usa] - narrow_low[usa]
    assert high[usa] > 0 > low[usa]  # the first edition of the accounts had a gain, the second a loss


def test_what_is_kept_is_made_again_when_any_module_behind_it_changes():
    from pathlib import Path

    import detente
    from detente.study.uncertainty.cache import program_files

    root = Path(detente.__file__).parent
    found = {path.relative_to(root).as_posix() for path in program_files(root)}
    assert {"rates.py", "yaml_text.py", "law/ledger/facts.yaml", "accounts/worlds/world-2024.nc"} <= found
    modules = {path.relative_to(root).as_posix() for path in root.rglob("*.py")}
    apart = (
        "talks/",
        "report/",
        "web/",
        "cli/",
        "agents/",
        "replications/",
        "accounts/build/",
    )  # right of the room, or not run
    assert {name for name in modules - found if not name.startswith(apart)} == set()
