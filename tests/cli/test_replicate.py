"""`detente replicate` where the papers' data are not: one sentence, and a list of what is needed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.cli.replicate import inputs, replications_folder

PAPERS = ("cp2015", "ignatenko2025", "ossa2014")


@pytest.mark.parametrize("paper", PAPERS)
def test_without_the_data_one_sentence_names_files_and_folder(detente: Callable, tmp_path: Path, paper: str) -> None:
    ran = detente("replicate", paper, "--sources", tmp_path)
    assert ran.code == 2 and "Traceback" not in ran.stderr
    said = " ".join(ran.stderr.split())
    assert all(row["file"] in said for row in inputs(paper)) and "--sources DIR" in said and "--inputs" in said


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_needed_is_listed_with_its_origin(detente: Callable, paper: str) -> None:
    ran = detente("replicate", paper, "--inputs")
    assert ran.code == 0
    assert all(Path(row["file"]).name in ran.stdout for row in inputs(paper)) and "no licence is stated" in " ".join(
        ran.stdout.split()
    )


def test_every_paper_says_what_it_reads(sources: Path) -> None:
    assert tuple(sorted(path.parent.name for path in replications_folder().glob("*/run.py"))) == PAPERS
    for paper in PAPERS:
        for row in inputs(paper):
            file = sources / row["file"]
            assert file.is_file(), f"{paper} lists {row['file']}"
            if row["rows"] and file.suffix == ".csv":
                with file.open(encoding="utf-8") as lines:
                    assert sum(1 for _ in csv.DictReader(lines)) == int(row["rows"]), row["file"]
        program = "".join(path.read_text(encoding="utf-8") for path in (replications_folder() / paper).glob("*.py"))
        assert all(Path(row["file"]).name in program for row in inputs(paper)), paper
