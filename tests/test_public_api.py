"""What an economist imports: names, labels, files, and a sentence for every slip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.accounts.baseline import Baseline
from detente.accounts.schema import VARIABLES
from detente.economy.labelled_outcomes import LabelledOutcomes
from detente.economy.result import OUTCOMES
from detente.errors import InputError


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(dt.load("toy"))


@pytest.fixture(scope="module")
def result(economy: dt.Economy) -> dt.Result:
    return economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", rate=0.5))


def declared(path: str) -> set[str]:
    """Attributes that a class declares for type checkers alone."""
    source = (
        Path(path).read_text(encoding="utf-8").partition("if TYPE_CHECKING:  # one for each")[2].partition("else:")[0]
    )
    return {line.split(":")[0].strip() for line in source.splitlines()[1:] if ":" in line}


def test_type_checkers_know_every_variable_and_outcome() -> None:
    import detente.accounts.baseline as baseline
    import detente.economy.labelled_outcomes as outcomes

    assert declared(str(baseline.__file__)) == set(VARIABLES)
    assert declared(str(outcomes.__file__)) == set(OUTCOMES)


def test_a_world_answers_by_name_and_computes_by_position() -> None:
    world = dt.load("toy")
    assert world.output.sel(region="BBB", sector="goods") == world.arrays["output"][1, world.sectors.index("goods")]
    assert world.gdp.sel(region=["AAA", "CCC"]).shape == (2,)
    assert world.trade.to_frame().index.names == ["importer", "exporter", "sector", "use"]
    assert type(world.output * 2) is np.ndarray and type(world.output[0]) is np.ndarray
    assert not world.output.flags.writeable
    for wrong, said in (({"region": "USA"}, "Unknown region 'USA'"), ({"country": "AAA"}, "no dimension 'country'")):
        with pytest.raises(InputError, match=said):
            world.output.sel(**wrong)  # type: ignore[arg-type]
    assert "output" in dir(world) and "GDP" in world._repr_html_()
    with pytest.raises(AttributeError):
        _ = world.outputs  # type: ignore[attr-defined]


def test_a_result_is_a_table_a_chart_and_a_file(result: dt.Result, tmp_path: Path) -> None:
    assert list(result.to_frame().index) == ["AAA", "BBB", "CCC"]
    assert result.to_frame("sector").attrs["units"]["output"] == "percent"
    assert result.to_frame("flow").index.names == ["importer", "exporter", "sector"]
    result.plot().save(str(tmp_path / "welfare.svg"))
    assert "<svg" in (tmp_path / "welfare.svg").read_text(encoding="utf-8")
    result.plot("output", region="AAA")
    result.save(tmp_path / "result.nc")
    opened = LabelledOutcomes.open(tmp_path / "result.nc")
    np.testing.assert_array_equal(opened.welfare, result.welfare)
    assert repr(opened).endswith(repr(result).partition(" of ")[2])
    result.save(tmp_path / "result.csv")
    assert "welfare,percent,AAA" in (tmp_path / "result.csv").read_text(encoding="utf-8")
    assert "welfare" in dir(result) and "welfare" in result._repr_html_()


def test_ranges_are_labelled_arrays_and_scenarios_stand_side_by_side(economy: dt.Economy, tmp_path: Path) -> None:
    tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.5}
    study = dt.run({"title": "half", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]}, draws=8)
    assert study.draws is not None
    for place, bound in enumerate(("low", "high")):
        for name in ("welfare", "output"):
            np.testing.assert_array_equal(study.ranges.dataset[name].sel(bound=bound), study.draws.range(name)[place])
    np.testing.assert_array_equal(study.ranges.welfare.sel(bound="central"), study.welfare)
    assert study.ranges.to_frame().index.names == ["bound", "region"]
    assert "8 draws" in repr(study) and "welfare" in dir(study) and "welfare" in study._repr_html_()
    with pytest.raises(InputError, match="solved once"):
        _ = dt.run(study.scenario).ranges
    with pytest.raises(InputError, match="nothing by flow"):
        study.ranges.to_frame("flow")
    with pytest.raises(InputError, match="gives no range"):
        dt.run(study.scenario, draws=1)
    study.ranges.plot().save(str(tmp_path / "ranges.svg"))
    both = economy.sweep({"as it is": economy.status_quo(), "half": study.scenario})
    assert both.to_frame("sector").index.names == ["scenario", "region", "sector"]
    both.plot("output", region="AAA").save(str(tmp_path / "both.svg"))
    both.save(tmp_path / "both.csv")
    assert "welfare,percent,half,AAA" in (tmp_path / "both.csv").read_text(encoding="utf-8")


def test_a_study_saves_itself(tmp_path: Path) -> None:
    study = dt.run({"title": "still", "baseline": "toy", "law": "none"})
    for name in ("study.nc", "study.csv", "study.json", "study.html", "folder"):
        study.save(tmp_path / name)
    assert dt.open(tmp_path / "study.nc").dataset.attrs == dt.open(tmp_path / "folder").dataset.attrs
    assert "<html" in (tmp_path / "study.html").read_text(encoding="utf-8")
    for wrong in ("study.xlsx", "none/study.html", "none/study.nc"):
        with pytest.raises(InputError):
            study.save(tmp_path / wrong)


def test_a_policy_says_what_it_changes(economy: dt.Economy) -> None:
    start = economy.status_quo()
    policy = start.set(importer="AAA", exporter="BBB", sector="goods", rate=0.25)
    changed = policy.to_frame(before=start)
    assert changed["tariff"].tolist() == [0.25, 0.25] and changed["before"].tolist() == [0.05, 0.05]
    assert len(start.to_frame()) == 3 * 2 * 2 * 2 and start.to_frame("subsidy").index.names == ["region", "sector"]
    with pytest.raises(InputError, match="Unknown instrument"):
        start.to_frame("quota")  # type: ignore[arg-type]


def test_a_slip_is_a_sentence(result: dt.Result, tmp_path: Path) -> None:
    for slip in (
        lambda: result.to_frame("country"),  # type: ignore[arg-type]
        lambda: result.plot("wealth"),
        lambda: result.plot("output"),
        lambda: result.plot("output", region="USA"),
        lambda: result.save(tmp_path / "result.xlsx"),
        lambda: result.save(tmp_path / "none" / "result.nc"),
        lambda: LabelledOutcomes.open(tmp_path / "none.nc"),
    ):
        with pytest.raises(InputError):
            slip()
    with pytest.raises(AttributeError, match="its outcomes are welfare"):
        _ = result.wealth  # type: ignore[attr-defined]
    assert isinstance(dt.load("toy"), Baseline)


def test_every_public_name_arrives_and_is_known_to_type_checkers() -> None:
    source = Path(str(dt.__file__)).read_text(encoding="utf-8")
    typed = source.partition("if TYPE_CHECKING:")[2].partition("#: Public")[0]
    for name in dt.__all__:
        assert getattr(dt, name).__doc__, name
        assert name in typed, f"{name} is unknown to type checkers"
    assert set(dt.__all__) <= set(dir(dt))
    with pytest.raises(AttributeError, match="it has"):
        _ = dt.bargain  # type: ignore[attr-defined]


def test_scenarios_are_solved_on_any_economy_and_policies_side_by_side(economy: dt.Economy, result: dt.Result) -> None:
    tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods", "services"], "rate": 0.5}
    fields = {"title": "t", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]}
    scenario = dt.Scenario.from_fields(fields)
    np.testing.assert_allclose(economy.solve(scenario).welfare, result.welfare, atol=1e-9)
    np.testing.assert_allclose(dt.run(fields).result.welfare, result.welfare, atol=1e-9)
    start = economy.status_quo()
    swept = economy.sweep({"as it is": start, "scenario": scenario})
    assert abs(float(swept.welfare.sel(scenario="as it is", region="AAA"))) < 1e-9
    back = economy.compare(start.set(importer="AAA", exporter="BBB", rate=0.5), start)
    assert (np.sign(back.welfare) == -np.sign(result.welfare)).all()
    with pytest.raises(InputError, match="baseline"):
        dt.run({**fields, "baseline": 3})
    for wrong in (lambda: economy.solve({"AAA": 0.25}), lambda: economy.sweep({}), lambda: economy.gradient("USA")):  # type: ignore[arg-type]
        with pytest.raises(InputError):
            wrong()


def test_the_gradient_is_a_finite_difference(economy: dt.Economy) -> None:
    start = economy.status_quo()
    cell = {"importer": "BBB", "exporter": "AAA", "sector": "goods"}
    slope = economy.gradient("AAA").sel(cell).item()
    up, down = (economy.solve(start.set(**cell, add=h)).welfare.sel(region="AAA").item() for h in (1e-4, -1e-4))
    assert slope == pytest.approx((up - down) / 0.02, rel=1e-4)


def test_two_runs_of_one_scenario_are_the_same_bytes_and_say_what_they_rest_on(tmp_path: Path) -> None:
    """results.json held wall-clock seconds, and neither version nor data."""
    import json

    from detente.report.files import write

    fields = {
        "title": "t",
        "baseline": "toy",
        "law": "none",
        "changes": [{"tariff": {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.5}}],
    }
    for name in ("one", "two"):
        write(dt.run(fields, draws=2), tmp_path / name)
    one, two = ((tmp_path / name / "results.json").read_bytes() for name in ("one", "two"))
    assert one == two
    rests_on = json.loads(one)["provenance"]
    assert rests_on["detente"] == dt.__version__ and len(rests_on["baseline_sha256"]) == 16
    assert (rests_on["draws"], rests_on["seed"], rests_on["elasticity_source"]) == (2, 1, "mixture")
    assert dt.open(tmp_path / "one").dataset.attrs["baseline_sha256"] == rests_on["baseline_sha256"]
