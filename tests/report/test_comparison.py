from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from detente.report.comparison import PublishedComparison, Row


@pytest.mark.parametrize(
    ("ours", "sense", "passed"),
    [(1.135, "equal", True), (1.14, "equal", False), (1.2, "at_least", True), (1.12, "at_least", False)],
)
def test_a_row_passes_within_its_tolerance(ours, sense, passed):
    assert Row("welfare", 1.13, ours, 0.005, sense=sense).passed is passed


def test_a_nan_never_passes():
    assert Row("welfare", 1.13, float("nan"), 10.0).passed is False


def test_a_row_that_is_not_judged_says_why():
    with pytest.raises(ValueError, match="says why"):
        Row("welfare", 1.0, 1.0, None)


def test_nothing_judged_is_not_a_pass():
    assert not PublishedComparison("paper", (Row("welfare", 1.0, 1.0, None, "data absent"),)).passed


def test_table_and_json_show_every_row():
    rows = (Row("welfare", 1.13, 1.1342, 0.005), Row("prices", 12.8, 9.0, None, "other numeraire"))
    comparison = PublishedComparison("A paper", rows, ("residual 1e-12",))
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(comparison.table())
    text = console.export_text()
    assert "1 of 1 within tolerance, 1 shown only" in " ".join(text.split())
    assert "other numeraire" in text
    content = json.loads(comparison.to_json())
    assert content["passed"] is True
    assert [row["passed"] for row in content["rows"]] == [True, None]


def test_numbers_of_numpy_go_into_json():
    """`detente replicate cp2015 --json` ended in a traceback: a verdict on NumPy's floats was NumPy's bool."""
    row = Row("welfare", 1.13, np.float64(1.1342), 0.005)
    assert row.passed is True
    document = json.loads(PublishedComparison("paper", (row,)).to_json())
    assert document["passed"] is True and document["rows"][0]["passed"] is True
