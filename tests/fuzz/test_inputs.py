"""A few hundred inputs of every kind on each run, the same ones; `python -m tests.fuzz` draws new ones for as long as one likes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from kinds import KINDS
from targets import Fault, judged, refused

from detente.errors import InputError


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in KINDS if name != "scenarios under a law"])
def test_what_people_give_is_answered_or_refused_in_a_sentence(name: str, monkeypatch, tmp_path):
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    kind, counts = KINDS[name], [0, 0]

    @settings(
        max_examples=30 if name == "command lines" else 120,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(kind.draw())
    def try_one(drawn: object) -> None:
        counts[kind.tried(drawn)] += 1

    try_one()
    assert counts[1] > 5  # some are refused,
    assert counts[0] > 0 or name in ("baselines", "command lines")  # and the grammar draws what is accepted


def test_the_judge_knows_a_refusal_from_a_failure():
    def refuse() -> None:
        raise InputError("Give a number.")

    assert refused(refuse)
    assert not refused(lambda: 1)
    with pytest.raises(Fault, match="ZeroDivisionError"):
        refused(lambda: 1 / 0)
    with pytest.raises(Fault, match="no sentence"), judged():
        raise InputError("x" * 10_000)
