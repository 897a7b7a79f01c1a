"""A bill as its author would try it: one ledger file in the rates, a study, talks, energy, exposure and alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DAIRY = """\
lists: {own-dairy: [0401, 04.02, "0403", "0404", "0405", "0406"]}
facts: {organic: {meaning: certified organic dairy, in_trade: {low: 0.2, central: 0.1, high: 0}}}
measures:
- id: DAIRY-10
  imposing: USA
  affected: [CAN]
  authority: Dairy bill
  charges:
  - products: {lists: [own-dairy]}
    rate_pct: 10
    reliefs: [{when: {organic: true}, effect: outside, reason: organic dairy is exempt}]
  from: 2026-12-01
  source: a bill before the House
"""
TALKS = """\
title: Dairy
law: 2026-12-02
ledger: dairy.yaml
parties: {USA: {power: 1}, CAN: {power: 1}}
threats: [status_quo]
terms:
- {track: dairy, label: US dairy, tariff: {importer: USA, exporter: CAN, sectors: [dairy], range: [0, 0.6]}}
- {track: dairy, label: Canadian dairy, tariff: {importer: CAN, exporter: USA, sectors: [dairy], range: [0, 0.6]}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dairy.yaml").write_text(DAIRY, encoding="utf-8")
    (tmp_path / "plain.yaml").write_text("title: Dairy\nlaw: 2026-12-02\n", encoding="utf-8")
    (tmp_path / "talks.yaml").write_text(TALKS, encoding="utf-8")
    return tmp_path


def asked(ran: Any) -> dict[str, Any]:
    assert ran.code == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_its_rate_and_its_exemption_are_in_the_rates(detente: Callable[..., Any], folder: Path) -> None:
    own = ("--ledger", folder / "dairy.yaml", "--json")
    assert detente("ledger", "check", folder / "dairy.yaml").code == 0

    def added(day: str, *more: object) -> float:
        return float(asked(detente("rates", *own, "--on", day, "--product", "0406.10.95", *more))["added_pct"])

    assert added("2026-12-01") - added("2026-11-30") == pytest.approx(10.0)
    assert added("2026-12-01", "--fact", "organic=true") == added("2026-11-30")
    with_it = asked(detente("rates", *own, "--on", "2026-12-01", "--by", "sector"))
    without = asked(detente("rates", "--json", "--on", "2026-12-01", "--by", "sector"))
    rise = with_it["sectors"]["dairy"]["rate_pct"] - without["sectors"]["dairy"]["rate_pct"]
    assert 8.0 < rise <= 9.0  # a tenth is organic, and a tenth may not enter
    collected = [one["sectors"]["dairy"]["collected_over_2024_pct"][1] for one in (with_it, without)]
    assert 0.0 < collected[0] - collected[1] < rise


def test_it_is_a_change_in_a_study_and_in_its_energy(detente: Callable[..., Any], folder: Path) -> None:
    own = ("--ledger", folder / "dairy.yaml", "--draws", 0, "--json")
    found = asked(detente("run", folder / "plain.yaml", *own))
    assert found["sectors"]["CAN"]["dairy"]["exports_pct"] < -1 and found["regions"]["CAN"]["welfare_musd"] < 0
    energy = asked(detente("energy", folder / "plain.yaml", *own))
    assert (
        abs(energy["regions"]["USA"]["oil_gas"]["price_pct"]) < 0.01
    )  # dairy moves no energy, and is compared with the law


def test_it_is_where_talks_and_best_tariffs_start(folder: Path) -> None:
    from detente.cli.talks import _start
    from detente.study.counterfactual import Counterfactual
    from detente.study.negotiation.schema import TalksFile

    own, law = folder / "dairy.yaml", "2026-12-02"
    talks = TalksFile.from_file(folder / "talks.yaml")
    assert isinstance(talks, TalksFile)
    start = Counterfactual.of(talks)
    economy = start.economy()
    usa, can, dairy = economy.regions.index("USA"), economy.regions.index("CAN"), economy.sectors.index("dairy")

    def searched(ledger: list[Path] | None) -> float:  # `detente optimum` and `detente war`
        found = _start(law, ledger, "long", "world-2024")
        return charged(found.charged(found.economy()))

    def charged(policy: Any) -> float:
        return float(policy.tariff[usa, can, dairy].max())

    bare = searched(None)
    assert 0.08 < charged(start.charged(economy)) - bare <= 0.09
    assert searched([own]) == charged(start.charged(economy))
    given = talks.model_copy(update={"ledger": []}).with_ledger([own])  # `detente talks --ledger`
    assert charged(Counterfactual.of(given).charged(economy)) == charged(start.charged(economy))


def test_exposure_names_its_authority(detente: Callable[..., Any], folder: Path) -> None:
    found = asked(
        detente("exposure", "--law", "2026-12-02", "--ledger", folder / "dairy.yaml", "--region", "CAN", "--json")
    )
    first = found["authorities"]["Dairy bill"][0]
    assert first["sector"] == "dairy" and first["duty_pct"] > 0
