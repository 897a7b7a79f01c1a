"""Every command that answers with JSON or files says what the answer rests on, and a second run gives the same bytes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

import detente as package
from detente.study.documents import schema
from detente.study.provenance import ledger_fingerprint

SCENARIO = """\
title: t
baseline: toy
law: none
changes: [{tariff: {importer: AAA, exporter: BBB, sectors: [goods], rate: 0.5}}]
"""
TALKS = """\
title: t
baseline: toy
law: none
parties: {AAA: {}, BBB: {}}
terms:
  - {track: goods, tariff: {importer: AAA, exporter: BBB, sectors: [goods], range: [0, 0.5]}}
  - {track: goods, tariff: {importer: BBB, exporter: AAA, sectors: [goods], range: [0, 0.5]}}
threats: status_quo
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "s.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "t.yaml").write_text(TALKS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


JSON = [
    "run s.yaml --draws 2 --seed 3 --path 2026-2027 --json",
    "energy s.yaml --draws 0 --json",
    "talks t.yaml --draws 2 --json",
    "optimum AAA --sectors goods --baseline toy --law none --draws 2 --json",
    "war AAA BBB --sectors goods --baseline toy --law none --draws 0 --json",
    "rates --product 7208.10 --on 2026-02-01 --json",
]


@pytest.mark.parametrize("command", JSON)
def test_json_says_what_it_rests_on_and_its_command_repeats_it(command: str, detente, files: Path) -> None:
    first = detente(*shlex.split(command))
    rests_on = json.loads(first.stdout)["provenance"]
    assert rests_on["detente"] == package.__version__
    if (name := command.split()[0]) in ("war", "optimum"):
        Draft202012Validator(schema(name)).validate(json.loads(first.stdout))
    again = shlex.split(rests_on["command"])
    assert again[0] == "detente"
    assert detente(*again[1:], "--json").stdout == first.stdout


WRITE = ["run s.yaml --draws 2 --path 2026-2027", "talks t.yaml --draws 2"]


@pytest.mark.parametrize("command", WRITE)
def test_two_runs_write_the_same_bytes_and_say_what_they_rest_on(command: str, detente, files: Path) -> None:
    for name in ("one", "two"):
        assert detente(*shlex.split(command), "--out", name).code == 0
    one = {file.name: file.read_bytes() for file in (files / "one").iterdir()}
    two = {file.name: file.read_bytes() for file in (files / "two").iterdir()}
    assert one == two and one
    for name, data in one.items():
        assert json.loads(one["results.json"])["provenance"]["baseline_sha256"].encode() in data, name


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_a_figure_of_the_law_carries_its_source(ending: str, detente, files: Path) -> None:
    command = ["rates", "--from", "2026-02-01", "--to", "2026-03-15", "--plot"]
    for name in ("one", "two"):
        assert detente(*command, f"{name}.{ending}").code == 0
    one = (files / f"one.{ending}").read_bytes()
    assert one == (files / f"two.{ending}").read_bytes()
    assert ledger_fingerprint().encode() in one
    if ending == "png":
        with Image.open(files / "one.png") as image:
            assert json.loads(image.text["provenance"])["detente"] == package.__version__


def test_a_table_saved_as_csv_is_plain_and_its_sidecar_says_what_it_is(tmp_path: Path) -> None:
    economy = package.calibrate(package.load("toy"))
    result = economy.solve(economy.status_quo().set(importer="AAA", exporter="BBB", rate=0.5))
    result.save(tmp_path / "r.csv")
    beside = json.loads((tmp_path / "r.csv-metadata.json").read_text(encoding="utf-8"))
    columns = [column["name"] for column in beside["tableSchema"]["columns"]]
    assert (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()[0].split(",") == columns
    assert beside["url"] == "r.csv" and "baseline" in beside["detente:provenance"]


def test_the_fingerprint_of_the_ledger_holds_a_users_own_file(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("measures: []", encoding="utf-8")
    one = ledger_fingerprint([own])
    assert one not in (ledger_fingerprint(), "none")
    own.write_text("measures: [] # other", encoding="utf-8")
    assert ledger_fingerprint([own]) != one
