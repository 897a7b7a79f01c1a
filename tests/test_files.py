"""Files: whole or not at all, sealed, and read as what they are said to be; a full disk loses nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from detente.accounts import Baseline, load
from detente.errors import InputError
from detente.files import claimed, clear_unfinished, opened, read_table, read_text, sealed, write_together, write_whole


def run(code: str, *arguments: object, most: int | None = None) -> subprocess.CompletedProcess:
    """Python in a process of its own; `most`: bytes after which a file cannot grow, as on a disk that is full."""

    limit = "" if most is None else f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\n"
    command = [sys.executable, "-c", limit + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


COMMAND = "from detente.cli import main; main()"


def test_a_full_disk_leaves_the_good_file_as_it_was(tmp_path: Path):
    good = tmp_path / "small.nc"
    load("toy").save(good)
    before = good.read_bytes()
    done = run(COMMAND, "data", "aggregate", "world-2024", "--out", good, most=200_000)
    assert done.returncode == 2, done.stderr  # HDF5 used to end the process with a segmentation fault
    assert "Cannot write to" in done.stderr
    assert "Traceback" not in done.stderr
    assert good.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["small.nc"]


def test_a_full_disk_leaves_a_folder_of_results_as_it_was(tmp_path: Path):
    write_together(tmp_path, {"results.json": "old", "report.html": "old"})
    code = (
        "import sys, pathlib; from detente.files import write_together\n"
        "write_together(pathlib.Path(sys.argv[1]), {'results.json': 'new', 'report.html': 'n' * 100_000})"
    )
    done = run(code, tmp_path, most=50_000)
    assert "Cannot write to" in done.stderr
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"results.json": "old", "report.html": "old"}


def test_a_folder_that_is_only_read_from_is_said_in_a_sentence(tmp_path: Path):
    folder = tmp_path / "kept"
    folder.mkdir()
    folder.chmod(0o555)
    code = (
        "import os, sys, pathlib; from detente.files import write_together, claimed\n"
        "if os.geteuid() == 0: os.setegid(65534); os.seteuid(65534)\n"
        "where = pathlib.Path(sys.argv[1])\n"
        "for attempt in (lambda: write_together(where, {'a': 'b'}), lambda: claimed(where).__enter__(),\n"
        "                lambda: write_together(where / 'new', {'a': 'b'})):\n"
        "    try: attempt()\n"
        "    except ValueError as error: print(type(error).__name__, error)"
    )
    for parent in (tmp_path, *tmp_path.parents):  # the other account has to get there
        if os.geteuid() == 0 and parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    done = run(code, folder)
    assert done.stdout.count("InputError Cannot write to") == 3, done.stderr


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path):
    code = (
        "import sys, pathlib; from detente.files import claimed\n"
        "with claimed(pathlib.Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert first.stdout is not None
    assert first.stdout.readline() == b"in\n"
    with pytest.raises(InputError, match="Another run is writing"), claimed(tmp_path):
        pass
    first.kill()
    first.communicate()
    with claimed(tmp_path), claimed(tmp_path):  # free again, and one run may enter twice
        pass


def test_what_was_cut_off_is_cleared_and_what_is_under_way_stays(tmp_path: Path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f".a.{gone.pid}.part", f".b.{os.getpid()}.part", ".c.part", "d.part"):
        (tmp_path / name).write_text("half")
    clear_unfinished(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == [f".b.{os.getpid()}.part", "d.part"]


def test_a_seal_finds_every_flipped_bit_and_every_cut():
    data = sealed(b"numbers that matter")
    assert opened(data) == b"numbers that matter"
    for k in range(8 * len(data)):
        broken = bytearray(data)
        broken[k // 8] ^= 1 << k % 8
        assert opened(bytes(broken)) is None
    assert all(opened(data[:k]) is None for k in range(len(data)))


def test_a_damaged_baseline_is_one_sentence_and_never_other_numbers(tmp_path: Path):
    """Bytes changed, cut out, put in and cut off, at random, in a file with its seal and in one without."""
    toy = load("toy")
    whole = tmp_path / "toy.nc"
    toy.save(whole)
    data, random = whole.read_bytes(), np.random.default_rng(1)
    refused = 0
    for k in range(300):
        broken, at = bytearray(data if k % 3 else data[:-48]), int(random.integers(len(data) - 48))
        if k % 4 == 0:
            del broken[at:]
        elif k % 4 == 1:
            broken[at : at + 8] = random.bytes(8)
        else:
            broken[at] ^= 1 << int(random.integers(8))
        file = tmp_path / "broken.nc"
        file.write_bytes(broken)
        try:
            found = Baseline.open(file)
        except InputError as error:
            assert str(file) in str(error)
            refused += 1
        else:
            assert k % 3 == 0, "damage under a seal was not found"
            assert np.isfinite(found.trade).all()
    assert refused >= 200
    assert (Baseline.open(whole).trade == toy.trade).all()


def test_other_tools_read_a_sealed_baseline(tmp_path: Path):
    import xarray

    load("toy").save(tmp_path / "toy.nc")
    with xarray.open_dataset(tmp_path / "toy.nc") as dataset:
        np.testing.assert_array_equal(dataset["trade"].values, load("toy").trade)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("place,sector\nUS-MI,stéel\n".encode("latin-1"), "line 2: this is not text in UTF-8.*CSV UTF-8"),
        (b"a,b\n\x00,1\n", r"line 2: holds the control character U\+0000"),
        (b"a,b\n\x1b[2J,1\n", r"U\+001B"),
        (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "not a table"),
        (b"a,b\n1,2,3\n", "line 2: more cells"),
        (b"a\n1\n", "has no column 'b'"),
        (b"", "has no column 'a'; it has nothing"),
        (b"a,b\n" + b"1,2\n" * 600_000, "larger than 2 MB"),
    ],
)
def test_a_table_that_is_none_is_one_sentence(tmp_path: Path, data: bytes, said: str):
    file = tmp_path / "given.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=said) as refused:
        read_table(file, ("a", "b"), "a CSV file a,b")
    assert len(str(refused.value)) < 500


def test_a_table_from_excel_is_read(tmp_path: Path):
    file = tmp_path / "given.csv"
    file.write_bytes("\ufeffa, b\r\n 1 ,é\r\n2\r\n".encode())
    assert read_table(file, ("a", "b"), "x") == [(2, {"a": "1", "b": "é"}), (3, {"a": "2", "b": ""})]


@pytest.mark.parametrize("path", ["/dev/zero", "x" * 5000, "nul\0byte", "/", "/nonexistent/file", "/dev/null/file"])
def test_a_path_that_is_no_file_is_one_short_sentence(path: str):
    with pytest.raises(InputError) as refused:
        read_text(path, "a scenario file")
    assert len(str(refused.value)) < 400


def test_writing_replaces_the_whole_file(tmp_path: Path):
    file = tmp_path / "x"
    for text in ("first", "second, longer"):
        write_whole(file, text)
        assert file.read_text() == text
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
