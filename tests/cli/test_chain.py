from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]
FLOW = ("chain", "--product", "goods", "--of", "BBB", "--to", "AAA", "--baseline", "toy")


def test_chain_shows_content_crossings_and_exposure(detente: Run) -> None:
    ran = detente(*FLOW)
    assert ran.code == 0
    assert "value at the border          13.3 million USD a year, 55.00 percent to final demand" in ran.stdout
    assert "BBB       88.34" in ran.stdout
    assert "same sourcing" in ran.stdout


def test_chain_as_json_is_json_alone(detente: Run) -> None:
    found = json.loads(detente(*FLOW, "--json", "--rate", "0.1", "--top", "3").stdout)
    assert found["baseline"] == "toy"
    assert found["rate"] == 0.1
    assert sum(row["share"] for row in found["content"]) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--product", "cars"), "Unknown sector 'cars'"),
        (("--to", "USA"), "Unknown importer 'USA'"),
        (("--to", "BBB"), "must cross a border"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(detente: Run, change: tuple[str, ...], words: str) -> None:
    ran = detente(*FLOW, *change)
    assert ran.code == 2
    assert ran.stdout == ""
    assert words in ran.stderr
