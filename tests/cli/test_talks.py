from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TALKS = """\
title: Goods between AAA and BBB
baseline: toy
law: none
changes:
  - tariff: {importer: AAA, exporter: BBB, sectors: goods, rate: 0.4}
  - tariff: {importer: BBB, exporter: AAA, sectors: goods, rate: 0.4}
parties: {AAA: {}, BBB: {}}
terms:
  - {track: goods, tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0, 0.5]}}
  - {track: goods, tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}}
frontier_points: 3
"""
TOY = ("--baseline", "toy", "--law", "none")


def test_optimum_reports_its_first_order_condition(detente: Callable[..., Any]) -> None:
    ran = detente("optimum", "AAA", *TOY, "--json")
    assert ran.code == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["gain_pct"] > 0
    assert found["diagnostics"]["steepest_pct"] < 1e-2
    assert len(found["tariffs"]) == 4


def test_a_ceiling_that_holds_tariffs_back_is_said(detente: Callable[..., Any]) -> None:
    ask = (*TOY, "--draws", 2)
    for country, held in (("AAA", 4), ("BBB", 0)):
        assert len(json.loads(detente("optimum", country, *ask, "--json").stdout)["at_ceiling"]) == held
    ask = ("--sectors", "goods", *ask)
    said = " ".join(detente("optimum", "BBB", *ask, "--ceiling", 0.1).stdout.split())
    assert "The highest tariff allowed, 10 percent, holds back 2 of 2 tariffs" in said
    said = " ".join(detente("war", "AAA", "BBB", *ask, "--ceiling", 0.1).stdout.split())
    assert "10 percent, holds back 2 of 2 tariffs" in said
    assert "highest tariff allowed" not in detente("optimum", "BBB", *ask).stdout


def test_inferred_weights_come_with_their_fit(detente: Callable[..., Any]) -> None:
    ran = detente("optimum", "AAA", "--infer", *TOY, "--json")
    assert ran.code == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert set(found["weights"]) == {"goods", "services"}
    assert found["r_squared"] <= 1
    assert found["gain_left_pct"] >= 0
    assert "Fit:" in detente("optimum", "AAA", "--infer", *TOY).stdout


def test_war_carries_its_proof(detente: Callable[..., Any]) -> None:
    ran = detente("war", "AAA", "BBB", *TOY, "--json")
    assert ran.code == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert max(found["best_deviation_gain_pct"].values()) < 1e-4
    assert set(found["tariffs"]) == set(found["welfare_pct"]) == {"AAA", "BBB"}
    everybody = found["consequences"]["real_income"]
    assert set(everybody) == {"AAA", "BBB", "CCC"}
    for party in ("AAA", "BBB"):
        assert everybody[party]["pct"] == pytest.approx(found["welfare_pct"][party], abs=1e-4)
        low, high = everybody[party]["range_pct"]
        assert low <= high
    assert found["consequences"]["draws"] == 32


def test_best_tariffs_say_what_partners_lose(detente: Callable[..., Any]) -> None:
    ran = detente("optimum", "AAA", *TOY, "--draws", 4)
    assert ran.code == 0, ran.stderr
    assert "Real income against today: percent, its range in 4 draws" in ran.stdout
    assert "BBB" in ran.stdout and "CCC" in ran.stdout
    assert detente("optimum", "AAA", *TOY, "--draws", 1).code == 2


@pytest.mark.slow
def test_talks_print_a_note_and_write_what_it_quotes(detente: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "talks.yaml"
    file.write_text(TALKS)
    ran = detente("talks", file, "--draws", 4, "--out", tmp_path / "note")
    assert ran.code == 0, ran.stderr
    assert "SETTLE" in ran.stdout
    assert "every one of 4 draws" in " ".join(ran.stdout.split())
    found = json.loads((tmp_path / "note" / "results.json").read_text())
    gain = found["parties"]["AAA"]["gain_vs_threat_pct"]
    assert f"{gain:+.3f} percent" in ran.stdout
    assert (tmp_path / "note" / "frontier-status-quo.svg").read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("optimum", "ZZZ", *TOY), "Unknown region 'ZZZ'"),
        (("optimum", "AAA", *TOY, "--starts", "9"), "expected 1, 2 or 3"),
        (("war", "AAA", *TOY), "needs two countries"),
        (("war", "AAA", "BBB", "--baseline", "toy", "--law", "sometime"), "--law"),
        (("talks", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_mistakes_are_named(detente: Callable[..., Any], arguments: tuple[str, ...], said: str) -> None:
    ran = detente(*arguments)
    assert ran.code == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_one_draw_is_no_range(detente: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "talks.yaml"
    file.write_text(TALKS)
    ran = detente("talks", file, "--draws", 1)
    assert ran.code == 2
    assert "--draws 1" in ran.stderr


def test_goods_are_taxed_unless_services_are_asked_for() -> None:
    from detente.accounts import load
    from detente.cli.talks import _sectors
    from detente.study.negotiation.noncooperative import goods

    chosen = goods(load("world-2024").sectors)
    assert chosen is not None
    assert "steel" in chosen
    assert not {"education", "retail", "wholesale", "finance"} & set(chosen)
    assert goods(load("toy").sectors) is None
    assert _sectors("all") == "all" and _sectors("") is None
    assert _sectors("steel, dairy") == ["steel", "dairy"]
