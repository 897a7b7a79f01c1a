"""Draws of the accounts: balanced, reproducible, as far from the accounts as their grades allow, refused without grades."""

from __future__ import annotations

import numpy as np
import pytest

from detente.accounts import Baseline, load
from detente.accounts.draws import LARGEST_ERROR, draw, draws, noise
from detente.accounts.grades import ERROR, Grade
from detente.errors import InputError


@pytest.fixture(scope="module")
def world() -> Baseline:
    return load("world-2024")


@pytest.fixture(scope="module")
def drawn(world: Baseline) -> list[Baseline]:
    return list(draws(world, 3))


def test_every_draw_is_balanced_and_keeps_what_is_measured(world: Baseline, drawn: list[Baseline]) -> None:
    for other in drawn:
        other.check(1e-9)
        np.testing.assert_allclose(
            other.arrays["value_added"].sum(axis=1), world.arrays["value_added"].sum(axis=1), rtol=1e-6
        )
        for name in ("tariff", "employment", "trade_elasticity", "labour_share"):
            np.testing.assert_array_equal(other.arrays[name], world.arrays[name])
        assert (other.arrays["final_expenditure"] >= 0).all() and (other.arrays["value_added"] > 0).all()


def test_flows_move_by_the_error_of_their_grade(world: Baseline, drawn: list[Baseline]) -> None:
    before = world.arrays["trade"].sum(axis=3)
    grade = world.grades["trade"]
    abroad = ~np.eye(len(world.regions), dtype=bool)[:, :, None] & (before > 100.0)
    for known in (Grade.MEASURED, Grade.SCALED, Grade.MODELLED):
        cells = abroad & (grade == known)
        moved = np.concatenate([np.log(other.arrays["trade"].sum(axis=3)[cells] / before[cells]) for other in drawn])
        assert moved.std() == pytest.approx(ERROR[known], rel=0.25)


def test_a_seed_gives_one_world_and_uses_do_not_matter_to_pairs(world: Baseline, drawn: list[Baseline]) -> None:
    again = draw(world, 1)
    np.testing.assert_array_equal(again.arrays["trade"], drawn[0].arrays["trade"])
    by_buyer = draw(load("world-2024", uses="buyers"), 1)
    by_buyer.check(1e-9)
    np.testing.assert_allclose(
        by_buyer.arrays["trade"].sum(axis=3), again.arrays["trade"].sum(axis=3), rtol=1e-6, atol=1e-3
    )
    assert np.abs(np.log(drawn[1].output / drawn[0].output)).max() > 0.1


def test_noise_has_mean_one_and_is_cut() -> None:
    factors = noise(np.full(200_000, Grade.MODELLED), np.random.default_rng(1))
    assert factors.mean() == pytest.approx(1.0, abs=0.01)
    assert np.log(factors).max() <= ERROR[Grade.MODELLED] * LARGEST_ERROR


def test_accounts_without_grades_are_refused() -> None:
    with pytest.raises(InputError, match="no grades of trade"):
        draw(load("toy"), 1)
