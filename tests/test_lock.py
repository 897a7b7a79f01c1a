"""requirements.lock holds what pyproject.toml asks for, each with its hashes; docs/security.md names tests that are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_the_lock_holds_every_dependency_at_a_version_that_is_allowed():
    requirements = pytest.importorskip("packaging.requirements")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in ("readers", "web", "postgres"):
        wanted += project["optional-dependencies"][extra]
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", text, re.M):
        locked.setdefault(name.lower().replace("_", "-"), []).append(version)
    for line in wanted:
        need = requirements.Requirement(line)
        assert any(need.specifier.contains(version) for version in locked[need.name.lower()]), line


def test_every_package_of_the_lock_has_hashes():
    blocks = re.split(r"^(?=[A-Za-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8"), flags=re.M)
    packages = [block for block in blocks if "==" in block.split("\n", 1)[0]]
    assert len(packages) > 40
    assert all("--hash=sha256:" in block for block in packages)


def test_every_test_that_the_threat_model_names_is_there():
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    file = ""
    named = re.findall(r"`((?:[a-z_]+/)?test_\w+\.py|\.\.\.)(?:::(test_\w+))?`", text)
    assert len(named) > 20
    for path, name in named:
        file = file if path == "..." else path
        found = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert f"def {name}" in found
