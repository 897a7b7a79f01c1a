"""Sweeps: the same rows in place, on Dask and in shards; nothing lost or twice after kills; a sentence for every fault."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from detente.cli import app
from detente.errors import InputError
from detente.study.run import run
from detente.study.sweep import store
from detente.study.sweep.design import Sweep
from detente.study.sweep.run import sweep_in_place, sweep_on_dask, sweep_shard
from detente.study.sweep.store import done, merge
from detente.study.sweep.unit import solve_batch

TARIFF = {"importer": "AAA", "exporter": "BBB", "sectors": ["goods"], "rate": 0.1}
FIELDS = {
    "title": "toy",
    "scenario": {"baseline": "toy", "law": "none", "changes": [{"tariff": TARIFF}]},
    "vary": [
        {"field": "changes.0.tariff.rate", "range": [0.0, 0.6], "count": 4},
        {"field": "closure", "values": ["fixed", "pooled"]},
    ],
    "draws": 4,
    "keep": ["welfare", "real_gdp"],
}
FILE = """
title: toy
scenario:
  baseline: toy
  law: none
  changes:
    - tariff: {importer: AAA, exporter: BBB, sectors: [goods], rate: 0.1}
vary:
  - {field: changes.0.tariff.rate, range: [0.0, 0.6], count: 60}
draws: 9
keep: [welfare]
"""


def quiet(done: int, count: int) -> None:
    """Progress that nobody watches."""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def elsewhere(sweep: Sweep, folder: Path, *options: str, size: int = 7) -> Path:
    """The same in a process of its own, as people run it.

    A process in which `detente run --draws 0` was called compiles its programs for a quick start, which may round otherwise.
    """
    file = folder.parent / f"{folder.name}.yaml"
    file.write_text(json.dumps(sweep.model_dump(mode="json", exclude_none=True)), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "detente",
        "sweep",
        str(file),
        "--out",
        str(folder),
        "--batch",
        str(size),
        *options,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "results.parquet"


@pytest.fixture(scope="module")
def in_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return elsewhere(Sweep.model_validate(FIELDS), tmp_path_factory.mktemp("sweep") / "in-place")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in this process."""
    folder = tmp_path_factory.mktemp("sweep") / "here"
    sweep_in_place(Sweep.model_validate(FIELDS), folder, quiet, size=7)
    return folder / "results.parquet"


def test_its_answers_are_those_of_run(in_place: Path) -> None:
    rows = pd.read_parquet(in_place)
    sweep = Sweep.model_validate(FIELDS)
    assert len(rows) == sweep.size * 3 and (rows["failure"] == "").all()
    for point in (3, 6):
        study = run(sweep.scenario_at(point), draws=sweep.draws)
        mine = rows[(rows["point"] == point) & (rows["region"] == "AAA")].sort_values("draw")
        assert mine["welfare"].iloc[0] == pytest.approx(float(study.result.welfare[0]), rel=1e-9)
        assert mine["welfare"].iloc[1:].to_numpy() == pytest.approx(study.draws.outcomes["welfare"][:, 0], rel=1e-9)
        assert mine["closure"].unique().tolist() == [study.scenario.closure]


def test_three_ways_give_one_file(in_place: Path, tmp_path: Path) -> None:
    sweep = Sweep.model_validate(FIELDS)
    sweep_on_dask(sweep, tmp_path / "dask", quiet, workers=2, size=7)
    for i in (4, 1, 3, 2):
        elsewhere(sweep, tmp_path / "shards", "--shard", f"{i}/4")
    with pytest.raises(InputError, match="batches are missing"):
        merge([tmp_path / "shards" / "shard-1-of-4"], tmp_path / "part.parquet")
    merge([tmp_path / "shards"], tmp_path / "merged.parquet")
    assert digest(tmp_path / "dask" / "results.parquet") == digest(in_place) == digest(tmp_path / "merged.parquet")


def test_a_worker_that_is_killed_costs_its_batch_alone(tmp_path: Path, in_place: Path) -> None:
    import psutil

    sweep, killed = Sweep.model_validate(FIELDS), []

    def watch(count: int, _: int) -> None:
        if count and not killed:
            workers = [
                one for one in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(one.cmdline())
            ]
            killed.append(workers[0].pid)
            os.kill(workers[0].pid, signal.SIGKILL)

    sweep_on_dask(sweep, tmp_path / "dask", watch, workers=2, size=7)
    assert killed and digest(tmp_path / "dask" / "results.parquet") == digest(in_place)


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "sweep.yaml"
    file.write_text(FILE, encoding="utf-8")
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "detente", "sweep", str(file), "--out", str(out), "--batch", "10"]
    for kill in range(1, 4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while len(list(out.glob("batch-*"))) < 6 * kill and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        assert process.wait() == -signal.SIGKILL  # it was at work
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert digest(out / "results.parquet") == digest(elsewhere(Sweep.from_file(file), tmp_path / "whole", size=10))


def test_a_damaged_batch_is_done_again(here: Path, tmp_path: Path) -> None:
    folder, sweep = tmp_path / "damaged", Sweep.model_validate(FIELDS)
    sweep_in_place(sweep, folder, quiet, size=7)
    victim = next(iter(done(folder).values()))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    sweep_in_place(sweep, folder, quiet, size=7)
    assert digest(folder / "results.parquet") == digest(here)


def test_no_room_on_the_disk_is_a_sentence_and_loses_nothing(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep, writes, write = Sweep.model_validate(FIELDS), [], store.write_whole

    def full(path: Path, data: bytes | str) -> None:
        writes.append(path)
        if len(writes) > 3:
            raise OSError(28, os.strerror(28))
        write(path, data)

    monkeypatch.setattr(store, "write_whole", full)
    with pytest.raises(InputError, match="No space left"):
        sweep_in_place(sweep, tmp_path / "full", quiet, size=7)
    monkeypatch.undo()
    assert len(done(tmp_path / "full")) == 2
    sweep_in_place(sweep, tmp_path / "full", quiet, size=7)
    assert digest(tmp_path / "full" / "results.parquet") == digest(here)


def test_two_sweeps_into_one_folder(tmp_path: Path) -> None:
    sweep, started, going = Sweep.model_validate(FIELDS), threading.Event(), threading.Event()

    def hold(_: int, __: int) -> None:
        started.set()
        going.wait(60)

    code = (
        "import sys; from detente.cli import main; "
        f"sys.argv = ['detente', 'sweep', {str(tmp_path / 'sweep.yaml')!r}, '--out', {str(tmp_path / 'one')!r}]; main()"
    )
    (tmp_path / "sweep.yaml").write_text(FILE, encoding="utf-8")
    first = threading.Thread(target=lambda: sweep_in_place(sweep, tmp_path / "one", hold, size=7))
    first.start()
    started.wait(60)
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    going.set()
    first.join()
    assert second.returncode == 2 and "Another run is writing" in second.stderr
    again = Sweep.model_validate({**FIELDS, "seed": 2})
    with pytest.raises(InputError, match="another sweep"):
        sweep_in_place(again, tmp_path / "one", quiet, size=7)


def test_a_solve_that_fails_is_kept_with_its_reason() -> None:
    sweep = Sweep.model_validate({**FIELDS, "regions": ["AAA", "ZZZ"], "draws": 0})
    rows = solve_batch(sweep, 0, 2)
    assert rows[rows["region"] == "ZZZ"]["failure"].tolist() == ["there is no region 'ZZZ'"] * 2
    wrong = Sweep.model_validate(
        {**FIELDS, "vary": [{"field": "closure", "values": ["fixed", "sideways"]}], "draws": 0}
    )
    rows = solve_batch(wrong, 0, 2)
    assert "closure" in rows["failure"].iloc[-1] and rows["failure"].iloc[0] == ""


@pytest.mark.parametrize("design", ["random", "sobol"])
def test_points_drawn_lie_in_their_ranges_and_repeat(design: str) -> None:
    fields = {
        **FIELDS,
        "design": design,
        "points": 9,
        "vary": [{"field": "changes.0.tariff.rate", "range": [0.2, 0.3]}],
    }
    values = [Sweep.model_validate(fields).values_at(k)["changes.0.tariff.rate"] for k in range(9)]
    assert values == [Sweep.model_validate(fields).values_at(k)["changes.0.tariff.rate"] for k in range(9)]
    assert all(0.2 <= value <= 0.3 for value in values) and len(set(values)) == 9


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("draws: 1", "no range"),
        ("design: sobol", "needs points"),
        ("points: 5", "leave points out"),
        ("keep: [happiness]", "not an outcome by region"),
        ("design: list", "give values"),
        ("vary: [{field: a.b, values: [1]}]", "point 0 is no scenario"),
        ("vary: [{field: closure}]", "give values"),
        ("vary: [{field: horizon, range: [0, 1]}]", "count"),
    ],
)
def test_a_wrong_sweep_is_one_sentence(tmp_path: Path, change: str, said: str) -> None:
    file, key = tmp_path / "sweep.yaml", change.split(":")[0]
    kept = [
        line
        for line in FILE.splitlines()
        if not line.startswith(key + ":") and not (key == "vary" and "field:" in line)
    ]
    file.write_text("\n".join([*kept, change]), encoding="utf-8")
    found = CliRunner().invoke(app, ["sweep", str(file), "--out", str(tmp_path / "out")], catch_exceptions=True)
    assert isinstance(found.exception, InputError) and said in str(found.exception)


def test_a_wrong_shard_or_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Shard 5 of 4"):
        sweep_shard(Sweep.model_validate(FIELDS), tmp_path, (5, 4), quiet)
    with pytest.raises(InputError, match="nothing to merge"):
        merge([tmp_path], tmp_path / "out.parquet")
