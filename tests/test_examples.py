from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from detente.study.scenario import Scenario
from detente.study.sweep.design import Sweep

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SCENARIOS = sorted(path for path in EXAMPLES.glob("*.yaml") if not path.stem.startswith(("talks", "sweep")))
SWEEPS = sorted(EXAMPLES.glob("sweep-*.yaml"))


def make_table() -> ModuleType:
    specification = importlib.util.spec_from_file_location("make_table", EXAMPLES / "make_table.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_example_is_valid_and_explained(path: Path) -> None:
    scenario = Scenario.from_file(path)
    assert scenario.title
    assert path.read_text(encoding="utf-8").startswith("#")
    assert f"{path.name}" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SWEEPS, ids=lambda path: path.stem)
def test_every_sweep_is_valid_and_named(path: Path) -> None:
    assert Sweep.from_file(path).count > 1
    assert f"{path.name}" in (EXAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_numbers_quoted_in_the_table_are_those_of_a_new_run() -> None:
    module = make_table()
    readme = module.README.read_text(encoding="utf-8")
    assert module.with_table(readme, module.table()) == readme, (
        "run python examples/make_table.py and read what changed"
    )
    assert set(module.WHY) <= {path.stem for path in SCENARIOS}


def test_a_wrong_digit_in_the_table_is_found() -> None:
    module = make_table()
    readme = module.README.read_text(encoding="utf-8")
    results = readme.split(module.START)[1].split(module.END)[0]
    assert module.with_table(readme, results) == readme
    assert module.with_table(readme, results.replace("0.0", "0.1", 1)) != readme
