"""What an economist imports: names, labels, files, and a sentence for every slip."""

from __future__ import annotations

from collections.abc import Callable
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


def test_governments_alone_at_war_and_agreed_are_tables(economy: dt.Economy, tmp_path: Path) -> None:
    best = dt.optimum(economy, "BBB", partners="AAA", ceiling=0.1)
    assert list(best.to_frame().index) == ["BBB<AAA:goods", "BBB<AAA:services"]
    assert best.to_frame()["today"].tolist() == [0.05, 0.0]
    gain = economy.compare(economy.status_quo(), best.policy).welfare.sel(region="BBB").item()
    assert gain == pytest.approx(best.gain_pct, abs=1e-6)
    uniform = dt.optimum(economy, "BBB", partners=["AAA"], uniform=True, ceiling=0.1)
    assert list(uniform.to_frame().index) == ["BBB<AAA:all"] and uniform.gain_pct <= best.gain_pct + 1e-9
    one = dt.optimum(economy, "BBB", mfn=True, uniform=True, ceiling=0.1)
    assert list(one.to_frame().index) == ["BBB<all:all"]
    fought = dt.war(economy, ["AAA", "BBB"], uniform=True, ceiling=0.1)
    assert fought.to_frame().index.names == ["party", "instrument"]
    assert "AAA&lt;BBB:all" in fought._repr_html_() and "BBB&lt;AAA:all" in uniform._repr_html_()
    terms = [
        {"track": "goods", "tariff": {"importer": a, "exporter": b, "sectors": ["goods"], "range": [0, 0.2]}}
        for a, b in (("AAA", "BBB"), ("BBB", "AAA"))
    ]
    table = {"title": "t", "baseline": "toy", "law": "none", "parties": {"AAA": {}, "BBB": {}}, "terms": terms}
    settled = dt.talks({**table, "threats": ["war"]})
    agreed = settled.agreement()
    assert agreed.concept == "nash" and list(agreed.to_frame().columns) == ["by", "today", "without", "agreed"]
    assert (agreed.gains()["vs_threat"] > 0).all() and "AAA" in agreed._repr_html_() and "war" in settled._repr_html_()
    assert settled.to_frame().shape == (8, 2)
    settled.plot().save(str(tmp_path / "frontier.svg"))
    settled.save(tmp_path / "talks")
    assert (tmp_path / "talks" / "results.json").exists()
    for wrong in (
        lambda: settled.agreement("fair"),
        lambda: settled.agreement(threat="peace"),
        lambda: dt.talks(terms),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError):
            wrong()


def test_the_room_of_talks_is_called_by_its_name() -> None:
    """`detente.talks` is a package too, and importing it would hide a function of that name."""
    import detente.talks

    assert callable(dt.talks) and detente.talks.CONCEPTS[0] == "nash"
    with pytest.raises(InputError, match="no file"):
        dt.talks("none.yaml")


def test_answers_stand_side_by_side_under_their_names(economy: dt.Economy, result: dt.Result) -> None:
    tariff = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods", "services"], "rate": 0.5}
    fields = {"title": "half", "baseline": "toy", "law": "none", "changes": [{"tariff": tariff}]}
    both = dt.compare(fields, still=economy.solve(economy.status_quo()))
    np.testing.assert_allclose(both.welfare.sel(scenario="half"), result.welfare, atol=1e-9)
    np.testing.assert_allclose(both.welfare.sel(scenario="still"), 0.0, atol=1e-9)
    world = dt.calibrate(dt.load("world-2024"))
    for wrong, said in (
        (lambda: dt.compare(fields), "two answers"),
        (lambda: dt.compare(fields, fields), "Two answers are called 'half'"),
        (lambda: dt.compare(fields, other=world.solve(world.status_quo())), "other regions"),
        (lambda: dt.compare(fields, 3), "Expected a Scenario"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InputError, match=said):
            wrong()


TARIFF = {"importer": "USA", "exporter": "CAN", "sectors": ["steel"], "rate": 25}
MISUSE: dict[str, Callable[[dt.Economy], object]] = {
    "a world that is a number": lambda e: dt.load(3),  # type: ignore[arg-type]
    "a grouping that is a dict": lambda e: dt.load("toy", uses={"two": 1}),  # type: ignore[arg-type]
    "a name for a world": lambda e: dt.calibrate("toy"),  # type: ignore[arg-type]
    "a horizon that is a number": lambda e: dt.calibrate(e.baseline, horizon=3),  # type: ignore[arg-type]
    "elasticities of the wrong shape": lambda e: dt.calibrate(e.baseline, trade_elasticity=np.ones(7)),
    "elasticities that are no numbers": lambda e: dt.calibrate(e.baseline, trade_elasticity=np.full(2, np.nan)),
    "elasticities in a dict": lambda e: dt.calibrate(e.baseline, trade_elasticity={"goods": 4.0}),  # type: ignore[arg-type]
    "a rigidity of NaN": lambda e: dt.calibrate(e.baseline, rigidity=float("nan")),
    "a policy of another world": lambda e: e.solve(dt.calibrate(dt.load("world-2024")).status_quo()),
    "2,500 percent": lambda e: e.status_quo().set(importer="AAA", rate=25),
    "2,500 percent in an array": lambda e: e.status_quo().set(importer="AAA", rate=np.full((1, 3, 2), 25.0)),
    "an array of the wrong shape": lambda e: e.status_quo().set(importer="AAA", rate=np.ones(5)),
    "NaN": lambda e: e.status_quo().set(importer="AAA", rate=float("nan")),
    "rates by name in a dict": lambda e: e.status_quo().set(importer={"AAA": 0.25}, rate=0.25),  # type: ignore[arg-type]
    "a rate that is a dict": lambda e: e.status_quo().set(importer="AAA", rate={"goods": 0.25}),  # type: ignore[arg-type]
    "a sector that is none": lambda e: e.status_quo().set(importer="AAA", sector="steel", rate=0.25),
    "neither rate nor add": lambda e: e.status_quo().set(importer="AAA"),
    "a policy built of wrong shapes": lambda e: e.solve(e.status_quo()._replace(tariff=np.zeros((3, 3)))),  # type: ignore[arg-type]
    "a scenario with an unknown field": lambda e: dt.run({"title": "t", "tarif": 1}),
    "a scenario of 2,500 percent": lambda e: dt.run({"title": "t", "changes": [{"tariff": TARIFF}]}),
    "a scenario that is a number": lambda e: dt.run(3),  # type: ignore[arg-type]
    "one draw": lambda e: dt.run({"title": "t", "baseline": "toy", "law": "none"}, draws=1),
    "a government that is none": lambda e: dt.optimum(e, "USA"),
    "governments in a list": lambda e: dt.optimum(e, ["AAA"]),  # type: ignore[arg-type]
    "partners in a dict": lambda e: dt.optimum(e, "AAA", partners={"BBB": 0.2}),  # type: ignore[arg-type]
    "a ceiling in percent": lambda e: dt.optimum(e, "AAA", ceiling=250),
    "a ceiling of NaN": lambda e: dt.optimum(e, "AAA", ceiling=float("nan")),
    "a war of one": lambda e: dt.war(e, "AAA"),
    "a party twice": lambda e: dt.war(e, ["AAA", "AAA"]),
    "a day that is none": lambda e: dt.applied("yesterday"),
    "a day that is a number": lambda e: dt.applied(2025),  # type: ignore[arg-type]
    "a product that is none": lambda e: dt.statutory("steel", "CAN", "USA", "2025-05-01"),
    "facts in a list": lambda e: dt.statutory("7208.10", "CAN", "USA", "2025-05-01", ["us_content"]),  # type: ignore[arg-type]
    "results that are none": lambda e: dt.open(3),  # type: ignore[arg-type]
    "an outcome's table by dict": lambda e: e.solve(e.status_quo()).to_frame({"by": "region"}),  # type: ignore[arg-type]
    "a gradient of two": lambda e: e.gradient(["AAA", "BBB"]),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("slip", MISUSE, ids=str)
def test_misuse_is_one_sentence(slip: str, economy: dt.Economy) -> None:
    with pytest.raises(InputError) as caught:
        MISUSE[slip](economy)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 600


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
