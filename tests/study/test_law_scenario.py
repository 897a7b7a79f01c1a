"""Scenarios that start from the law of a day: steps, edits of measures, authorities, quotas and content rules."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import InputError
from detente.law import Ledger
from detente.study.run import run
from detente.study.scenario import Scenario
from detente.study.scenario.law import policy_of_law

HEAD = "title: test\nlaw: 2026-09-30\n"


def scenario(tmp_path, text: str) -> Scenario:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return Scenario.from_file(path)


@pytest.fixture(scope="module")
def law_alone(tmp_path_factory):
    return run(scenario(tmp_path_factory.mktemp("law"), HEAD), draws=0)


def test_the_law_alone_is_set_against_the_world_before_2025_and_taken_apart(law_alone):
    assert list(law_alone.steps) == ["law"]
    assert law_alone.parties == ["USA", "CAN"]
    canada = law_alone.economy.regions.index("CAN")
    assert law_alone.result.arrays["welfare"][canada] < -0.05
    assert {"Section 232", "Section 338", "Customs Tariff s. 53"} <= set(law_alone.by_authority)


def test_an_authoritys_effect_is_that_of_removing_it(law_alone):
    economy = law_alone.economy
    removed = policy_of_law(economy, law_alone.day, Ledger.default(), without=("Section 232",))
    without, _ = economy.levels(removed)
    with_it = law_alone.result.found
    np.testing.assert_allclose(
        law_alone.by_authority["Section 232"].arrays["welfare"],
        100 * (np.asarray(with_it.welfare) / np.asarray(without.welfare) - 1),
        rtol=1e-9,
        atol=1e-9,
    )
    assert law_alone.by_authority["Section 232"].arrays["welfare"][economy.regions.index("CAN")] < 0


def test_dropping_a_measure_is_a_step_from_the_law(tmp_path, law_alone):
    study = run(scenario(tmp_path, HEAD + "changes:\n  - {measure: US-232-ANNEX-IA, action: drop}\n"), draws=0)
    assert list(study.steps) == ["law", "changes", "law and changes"]
    canada, aluminum = study.economy.regions.index("CAN"), study.economy.sectors.index("aluminum")
    assert study.result.arrays["output"][canada, aluminum] > 1
    law, changes, both = (step.found.welfare / step.reference.welfare for step in study.steps.values())
    np.testing.assert_allclose(law * changes, both, rtol=1e-12)
    np.testing.assert_allclose(law_alone.result.arrays["welfare"], study.steps["law"].arrays["welfare"], atol=1e-8)


def test_setting_a_measure_to_its_own_rate_changes_nothing(tmp_path):
    study = run(
        scenario(tmp_path, HEAD + "changes:\n  - {measure: CA-2025-04-09-autos, action: set, rate: 0.25}\n"), draws=0
    )
    assert np.abs(study.result.arrays["welfare"]).max() < 1e-8


def test_low_and_high_readings_of_the_law_bracket_it(law_alone):
    low, central, high = (
        np.asarray(policy_of_law(law_alone.economy, law_alone.day, Ledger.default(), bound=b).tariff).sum()
        for b in ("low", "central", "high")
    )
    assert low < central < high


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "changes:\n  - {measure: US-NONE, action: drop}\n", ["line 4", "US-NONE", "not in the ledger"]),
        ("title: test\nlaw: 2017-01-01\n", ["line 2", "before the ledger begins"]),
        ("title: test\nlaw: none\nchanges:\n  - {measure: US-S301-FL-CA, action: drop}\n", ["law: DATE"]),
        (HEAD + "baseline: toy\n", ["world-2024", "law: none"]),
    ],
)
def test_bad_law_gets_one_sentence(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        run(scenario(tmp_path, text), draws=0)
    assert all(word in str(error.value) for word in words), error.value


def test_a_day_past_the_coverage_says_so(tmp_path):
    study = run(
        scenario(
            tmp_path,
            "title: test\nlaw: 2027-01-01\nchanges:\n  - {tariff: {importer: USA, exporter: CAN, sectors: dairy, rate: 0}}\n",
        ),
        draws=0,
    )
    assert any("2026-10-06" in note for note in study.notes)
    assert any("2026-10-06" in note for note in study.to_json()["notes"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "{quota: {importer: USA, exporter: CAN, sector: steel, share_of_baseline: -0.1}}",
            ["share_of_baseline", "0 or more"],
        ),
        ("{quota: {importer: USA, exporter: CAN, sector: steel}}", ["share_of_baseline or limit_musd"]),
        (
            "{quota: {importer: USA, exporter: CAN, sector: steel, limit_musd: 5, in_quota: 0.5, over_quota: 0.1}}",
            ["above over_quota"],
        ),
        ("{quota: {importer: USA, exporter: CAN, sector: steel, limit_musd: 5, rents: nobody}}", ["rents"]),
    ],
)
def test_bad_quotas_get_one_sentence(tmp_path, change, words):
    with pytest.raises(InputError) as error:
        scenario(tmp_path, f"title: test\nlaw: none\nchanges:\n  - {change}\n")
    assert all(word in str(error.value) for word in ["line 4", *words]), error.value


def test_a_quota_in_a_file_binds_and_pays_its_holder(tmp_path):
    text = (
        "title: test\nlaw: none\nchanges:\n  - quota: {importer: USA, exporter: CAN, sector: steel, "
        "share_of_baseline: 0.8, in_quota: 0, over_quota: 0.5, rents: exporter}\n"
    )
    study = run(scenario(tmp_path, text), draws=0)
    result, canada = study.result, study.economy.regions.index("CAN")
    assert 0 < result.found.quota_rate[0] < 0.5
    assert result.arrays["quota_rents_musd"][canada] > 0


def test_a_content_rule_in_a_file_spares_the_favoured_value(tmp_path):
    text = (
        "title: test\nlaw: none\nchanges:\n  - tariff: {importer: USA, exporter: CAN, sectors: motor_vehicles, rate: 0.25, "
        "except_content_of: USA, content: equilibrium}\n"
    )
    study = run(scenario(tmp_path, text), draws=0)
    b = study.economy.baseline
    flow = b.index("region", "USA"), b.index("region", "CAN"), b.index("sector", "motor_vehicles")
    found = study.result.found
    assert 0.1 < found.duties[flow].sum() / found.border_value[flow].sum() < 0.24
