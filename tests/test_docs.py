"""The documentation says what is true: its examples run, its links arrive, what it quotes is what a new run finds."""

from __future__ import annotations

import csv
import doctest
import importlib.util
import os
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob("replications/*/*.md")]
)


def script(name: str) -> ModuleType:
    specification = importlib.util.spec_from_file_location(Path(name).stem, ROOT / name)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_files_arrive(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))], ids=lambda page: page.name)
def test_examples_in_the_pages_run(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, _ = doctest.testfile(os.fspath(page), module_relative=False, optionflags=flags, encoding="utf-8")
    assert failed == 0


def test_every_module_is_in_the_architecture_with_its_first_line() -> None:
    make = script("docs/make_architecture.py")
    listed = make.PAGE.read_text(encoding="utf-8").splitlines()
    missing = [line for path in make.modules(make.PACKAGE) if (line := make.line(path)) not in listed]
    assert not missing, "run python docs/make_architecture.py"
    assert all(line.partition("`: ")[2] for line in listed if line.startswith("- `")), "a module lacks a docstring"


def test_the_readme_quotes_the_answer_of_a_new_run() -> None:
    make = script("docs/make_readme.py")
    readme = make.README.read_text(encoding="utf-8")
    assert make.with_answer(readme, make.answer()) == readme, "run python docs/make_readme.py and read what changed"


@pytest.mark.slow
def test_the_figure_of_the_readme_is_that_of_a_new_run(tmp_path: Path) -> None:
    make = script("docs/figures/make.py")
    old, new = (
        re.findall(r"<text[^>]*>(.*?)</text>", path.read_text(encoding="utf-8"))
        for path in (make.FIGURE, make.draw(tmp_path / "new.svg"))
    )
    assert len(new) > 64 and old == new, "run python docs/figures/make.py"


def test_readme_and_ci_run_the_same_commands() -> None:
    readme, ci = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", ".ci/run"))
    assert "python3 -m venv .venv" in readme and "python3 -m venv .venv" in ci
    assert '-e ".[dev]"' in readme and '-e ".[dev]"' in ci
    for command in (".venv/bin/pytest -n 2", ".venv/bin/detente run examples/steel-25.yaml"):
        assert command in readme and command in ci


def test_citation_and_package_agree() -> None:
    import detente

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == detente.__version__
    assert citation["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_published_estimates_are_quoted_with_their_source_and_none_from_memory() -> None:
    make = script("docs/make_peers.py")
    with make.PUBLISHED.open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    page = (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
    policies = make.policies()
    for one in published:
        assert one["seen"] in ("page", "secondary page") and one["url_or_page"].startswith(("http", "www."))
        assert one["our_policy"] in policies
        assert f"| {one['source']}, {one['date']} | {one['seen']} | {one['country']} |" in page
    # one of ours, solved again: a row that moves means the page is to be written again
    assert make.row(published[0]) in page, "run python docs/make_peers.py and read what changed"


def test_the_reference_of_the_python_api_is_complete_and_current() -> None:
    import detente

    make = script("docs/make_api.py")
    assert sorted(name for names in make.GROUPS.values() for name in names) == sorted(detente.__all__)
    assert make.PAGE.read_text(encoding="utf-8") == make.page(), "run python docs/make_api.py"
