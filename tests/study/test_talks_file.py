from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detente.errors import InputError
from detente.study.counterfactual import Counterfactual
from detente.study.negotiation.document import document
from detente.study.negotiation.schema import TalksFile
from detente.study.negotiation.study import TalksStudy, run_talks
from detente.study.negotiation.table import table_of
from detente.talks.certificate import PRECISION

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "talks-steel-aluminum-energy-autos.yaml"
TOY = """\
title: Goods between AAA and BBB
baseline: toy
law: none
changes:
  - tariff: {importer: AAA, exporter: BBB, sectors: goods, rate: 0.5}
  - tariff: {importer: BBB, exporter: AAA, sectors: goods, rate: 0.5}
parties:
  AAA: {}
  BBB: {power: 2}
threats: [status_quo, war]
terms:
  - {track: goods, years: 2, tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0.1, 0.5]}}
  - {track: goods, tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}}
  - {track: costs, trade_cost: {between: [AAA, BBB], sectors: [services], range: [-0.01, 0]}}
clauses:
  - {ratification: {region: AAA, by: workers, threshold: 0.5}}
frontier_points: 4
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def to_file(text: str) -> Path:
        path = tmp_path / "talks.yaml"
        path.write_text(text)
        return path

    return to_file


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> TalksStudy:
    path = tmp_path_factory.mktemp("talks") / "talks.yaml"
    path.write_text(TOY)
    return run_talks(path, draws=8)


def test_the_example_is_valid() -> None:
    file = TalksFile.from_file(EXAMPLE)
    assert isinstance(file, TalksFile)
    assert {term.track for term in file.terms} == {"steel", "aluminum", "energy", "autos"}
    assert [threat.name for threat in file.threats] == ["status quo", "war"]


@pytest.mark.slow
def test_every_threat_has_an_outcome_whose_certificate_holds(study: TalksStudy) -> None:
    assert [outcome.threat for outcome in study.outcomes] == ["status quo", "war"]
    for outcome in study.outcomes:
        assert outcome.deal is not None
        for agreement in outcome.deal.agreements.values():
            assert agreement.certificate.holds
            assert (agreement.certificate.gain_pct >= 0).all()
            assert (agreement.certificate.slack >= -1e-6).all()
    fought = study.outcomes[1].war
    assert fought is not None
    assert max(fought.best_deviation_gain_pct.values()) < 1e-4


@pytest.mark.slow
def test_no_tariff_falls_in_a_war_that_is_threatened(study: TalksStudy) -> None:
    today, threat = study.outcomes[1].negotiation.today.policy, study.outcomes[1].negotiation.threat.policy
    assert (np.asarray(threat.tariff) >= np.asarray(today.tariff) - 1e-12).all()


@pytest.mark.slow
def test_the_document_answers_by_name(study: TalksStudy) -> None:
    found = document(study)
    assert set(found["against"]) == {"status quo", "war"}
    assert found["threat"]["name"] == "status quo"
    for key in ("gain_vs_threat_pct", "gain_vs_today_pct"):
        assert found["parties"]["AAA"][key] == found["solutions"]["nash"][key]["AAA"]
    assert set(found["solutions"]) == {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
    assert [term["track"] for term in found["terms"]] == ["goods", "goods", "costs"]
    assert len(found["years"]) == 2
    total = sum(np.array(list(share.values())) for share in found["linkage"]["shapley_pct"].values())
    assert total == pytest.approx([found["parties"][name]["gain_vs_threat_pct"] for name in ("AAA", "BBB")], rel=1e-4)
    assert "best_deviation_gain_pct" in found["against"]["war"]["threat"]["war"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("range: [0.1, 0.5]", "range: [0.5, 0.1]", "line 12.*upside down"),
        ("sectors: [goods], range: [0.1", "sectors: [steel], range: [0.1", "line 12.*unknown sector 'steel'"),
        (
            "importer: AAA, exporter: BBB, sectors: [goods]",
            "importer: AAA, exporter: AAA, sectors: [goods]",
            "line 12.*two",
        ),
        (
            "importer: BBB, exporter: AAA, sectors: [goods]",
            "importer: AAA, exporter: BBB, sectors: [goods]",
            "line 13.*line 12",
        ),
        ("range: [0.1, 0.5]", "range: [10, 50]", "line 12.*fractions"),
        (
            "tariff: {importer: AAA, exporter: BBB, sectors: [goods], range",
            "duty: {importer: AAA, range",
            "line 12.*unknown field",
        ),
        ("  BBB: {power: 2}\n", "", "line 7.*at least 2|parties"),
        ("power: 2", "power: -2", "line 9.*0 or more"),
        ("threats: [status_quo, war]", "threats: [peace]", "line 10"),
        ("threshold: 0.5", "threshold: 1.5", "line 16.*1 or less"),
        ("by: workers", "by: moons", "line 16.*sectors"),
        (
            "{track: goods, tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}}",
            "{track: goods, quota: {importer: AAA, exporter: BBB, sectors: [goods], range: [0, 1]}}",
            "line 13.*line 12",
        ),
        (
            "tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}",
            "quota: {importer: BBB, exporter: AAA, sectors: [goods], range: [-1, 0.5]}",
            "line 13.*cannot be negative",
        ),
        (
            "tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}",
            "quota: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 1], in_quota: 0.3, over_quota: 0.2}",
            "line 13.*rate rises",
        ),
        ("AAA: {}", "AAA: {jobs_in_places: {CA-ON: 0.1}}", "line 8.*places are known"),
        ("by: workers", "by: provinces", "line 16.*USA"),
        ("by: workers", "by: sectors, votes: equal", "line 16.*votes goes with"),
    ],
)
def test_faults_are_named_with_their_line(write: Callable[[str], Path], old: str, new: str, message: str) -> None:
    assert old in TOY
    with pytest.raises(InputError, match=message):
        run_talks(write(TOY.replace(old, new)))


@pytest.mark.slow
def test_a_table_without_agreement_says_so(write: Callable[[str], Path]) -> None:
    one_sided = TOY.split("terms:")[0].replace("[status_quo, war]", "[status_quo]") + (
        "terms:\n  - {track: goods, tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0.5, 0.6]}}\n"
    )
    found = document(run_talks(write(one_sided)))
    assert found["agreement"] is False
    assert "No agreement was found" in found["no_agreement"]
    assert found["solutions"] == {}


@pytest.mark.slow
def test_odds_are_of_the_same_terms_under_other_elasticities(study: TalksStudy) -> None:
    for outcome in study.outcomes:
        mutual_gain, chosen = outcome.mutual_gain, outcome.agreement("nash")
        assert mutual_gain is not None
        assert mutual_gain.vs_threat_pct.shape == (8, 2)
        low, high = mutual_gain.range()
        assert (low < high).all()
        assert (low - 1 < chosen.gain_vs_threat_pct).all()
        assert (chosen.gain_vs_threat_pct < high + 1).all()
        assert mutual_gain.probability <= min(mutual_gain.probability_of(0), mutual_gain.probability_of(1))
    # against today a threat that is today is the same comparison
    today = study.outcomes[0].mutual_gain
    assert today is not None
    np.testing.assert_allclose(today.vs_threat_pct, today.vs_today_pct, atol=1e-9)


@pytest.mark.slow
def test_the_note_starts_with_the_advice_and_says_where_each_figure_is(
    study: TalksStudy, capsys: pytest.CaptureFixture[str]
) -> None:
    from detente.report.talks_note import TRACE, show_talks

    show_talks(study)
    note, found = capsys.readouterr().out, document(study)
    assert note.index("IN SHORT") < note.index("WHO CONCEDES WHAT") < note.index("WHAT THIS RESTS ON")
    assert note.count("SETTLE") == 2
    assert "draws of what is uncertain" in note
    for _, names, _ in TRACE:
        for name in names.split(", "):
            here = found["against"]["war"]
            for part in name.split("."):
                assert part in here, name
                here = here[part]


@pytest.mark.whole
def test_a_quota_on_the_table_is_agreed_and_its_licences_stay(write: Callable[[str], Path]) -> None:
    text = TOY.replace("[status_quo, war]", "[status_quo]").replace(
        "tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0.1, 0.5]}",
        "quota: {importer: AAA, exporter: BBB, sectors: [goods], range: [0, 1.5], in_quota: 0.05, rents: exporter}",
    )
    [outcome] = run_talks(write(text)).outcomes
    assert outcome.deal is not None
    agreement = outcome.agreement("nash")
    assert agreement.certificate.holds
    assert agreement.values[0] > 0
    quotas = agreement.policy.quotas
    assert quotas is not None
    assert float(quotas.rents_to_exporter[0]) == 1.0
    assert float(quotas.over_quota[0]) == pytest.approx(0.5)


def build(file: TalksFile) -> None:
    """The table of a file, on its economy and its policy of today."""
    start = Counterfactual.of(file)
    economy = start.economy()
    table_of(file, economy, start.charged(economy))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{power: 2}", "{power: .inf}", "finite"),
        ("{power: 2}", "{sector_weights: {goods: .inf}}", "finite"),
        ("{power: 2}", "{power: 0}\n  CCC: {power: 0}", None),
        ("range: [0, 0.5]", "range: [0, .nan]", "finite"),
        ("range: [0, 0.5]", "range: [0, .inf]", "finite"),
        ("between: [AAA, BBB]", "between: [AAA, AAA]", "AAA twice"),
        ("[status_quo, war]", "[war, {war: {ceiling: 0.3}}]", "two threats are called 'war'"),
        ("exporter: AAA, sectors: [goods], range", "exporter: CCC, sectors: [goods], range", None),
        (
            "{importer: BBB, exporter: AAA, sectors: [goods], range",
            "{importer: CCC, exporter: AAA, sectors: [goods], range",
            "CCC",
        ),
    ],
)
def test_numbers_and_names_that_mean_nothing_are_refused(
    write: Callable[[str], Path], old: str, new: str, said: str | None
) -> None:
    assert old in TOY
    path = write(TOY.replace(old, new))

    def read() -> None:
        file = TalksFile.from_file(path)
        assert isinstance(file, TalksFile)
        build(file)

    if said is None:
        read()
        return
    with pytest.raises(InputError, match=said):
        read()


def test_a_rate_within_a_quota_is_not_above_the_duty_in_force(write: Callable[[str], Path]) -> None:
    quota = "{track: q, quota: {importer: AAA, exporter: BBB, sectors: [services], range: [0, 1], in_quota: 0.3}}"
    file = TalksFile.from_file(write(TOY.replace("clauses:", f"  - {quota}\nclauses:")))
    assert isinstance(file, TalksFile)
    with pytest.raises(InputError, match="above the duty in force on services"):
        build(file)


def test_two_wars_are_told_apart_by_their_labels(write: Callable[[str], Path]) -> None:
    threats = "[war, {label: a small war, war: {ceiling: 0.6}}]"
    file = TalksFile.from_file(write(TOY.replace("[status_quo, war]", threats)))
    assert isinstance(file, TalksFile)
    assert [threat.name for threat in file.threats] == ["war", "a small war"]


@pytest.mark.slow
def test_a_war_arms_the_tariffs_on_the_table_and_says_where_it_looked(study: TalksStudy) -> None:
    fought = study.outcomes[1].war
    assert fought is not None
    armed = {name: mine.labels for name, mine in fought.instruments.items()}
    assert armed == {"AAA": ["AAA<BBB:goods"], "BBB": ["BBB<AAA:goods"]}
    assert fought.searched == "2 tariffs, from 50 up to 100 percent"
    assert all(gain >= PRECISION for gain in fought.proof_pct.values())


@pytest.mark.slow
def test_with_political_weights_dollars_are_of_real_income_alone(
    write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from detente.report.talks_note import show_talks

    weighed = TOY.replace("BBB: {power: 2}", "BBB: {sector_weights: {services: 3}}").split("clauses:")[0]
    found = run_talks(write(weighed.replace("[status_quo, war]", "[status_quo]")))
    told = document(found)
    outcome = found.outcomes[0]
    chosen, today = outcome.agreement("nash"), outcome.negotiation.today
    n = outcome.negotiation.payoff_model.members[1][0]
    income = float(outcome.negotiation.incomes[1])
    change = float(np.asarray(chosen.view.outcome.welfare)[n] / np.asarray(today.outcome.welfare)[n] - 1)
    assert told["parties"]["BBB"]["real_income_vs_today_musd"] == pytest.approx(change * income, rel=1e-5)
    assert abs(told["parties"]["BBB"]["gain_vs_today_pct"] - 100 * change) > 1e-3
    assert told["concessions"][0]["worth_musd"] is None
    show_talks(found)
    assert "objective" in capsys.readouterr().out
