from __future__ import annotations

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.report import charts

numbers = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_axes_have_two_to_five_round_ticks_inside_and_hold_every_value(values: list[float]) -> None:
    around = np.array([0.0, *values])
    (low, high), ticks = charts._axis(around)
    assert low <= around.min() and around.max() <= high
    if np.ptp(around) > 0:
        assert 2 <= len(ticks) <= 6 and 0.0 in ticks
        assert low <= ticks[0] and ticks[-1] <= high
    assert all(len(f"{tick:.3g}".lstrip("-").replace("0", "").replace(".", "").split("e")[0]) <= 2 for tick in ticks)


def test_bars_show_every_label_and_number_and_the_range() -> None:
    drawn = charts.bars(
        ["steel", "dairy"], [-2.0, 1.0], [("-2 %", "-5 m"), ("+1 %", "")], "percent", ([-3, 0.5], [-1, 2])
    )
    text = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    for expected in ("steel", "dairy", "-2 %", "-5 m", "+1 %", "percent"):
        assert expected in text
    assert charts.palette.MORE in drawn and charts.palette.LESS in drawn
    assert drawn.count("<svg ") == 1 and 'aria-hidden="true"' in drawn and "role=" not in drawn


def test_long_labels_fold_instead_of_being_cut() -> None:
    drawn = charts.bars(["Aircraft, ships, trains and other transport equipment"], [1.0], [("", "")], "percent")
    text = " ".join(re.findall(r"<tspan[^>]*>(.*?)</tspan>", drawn))
    assert "Aircraft, ships, trains and other transport equipment" in text and "…" not in drawn


def test_a_chart_without_rows_is_drawn_empty() -> None:
    assert charts.bars([], [], [], "percent").startswith("<svg")
    assert charts.dots([], np.zeros((0, 2)), ["one", "other"], "percent").startswith("<svg")


@settings(max_examples=5, deadline=None)
@given(st.lists(st.floats(-1e5, 1e5), min_size=4, max_size=4))
def test_a_grid_writes_its_numbers_and_leaves_unknown_cells_empty(values: list[float]) -> None:
    cells = np.array(values).reshape(2, 2)
    cells[0, 0] = np.nan
    words = np.array([["", "a1"], ["b0", "b1"]])
    drawn = charts.grid(["a", "b"], ["0", "1"], cells, words)
    text = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    assert {"a1", "b0", "b1"} <= set(text)
    assert len([word for word in text if word in {"a1", "b0", "b1", ""}]) == 3


def test_lines_have_a_band_where_there_is_a_range() -> None:
    values = np.array([[1.0, -1.0], [2.0, -2.0]])
    plain = charts.lines([2025, 2026], values, ["Canada", "Mexico"], "percent")
    banded = charts.lines([2025, 2026], values, ["Canada", "Mexico"], "percent", (values - 0.5, values + 0.5))
    assert "fill-opacity" not in plain and banded.count('fill-opacity="0.18"') == 2
    assert "Canada" in banded and "Mexico" in banded
