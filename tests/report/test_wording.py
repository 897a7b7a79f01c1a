from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.report import wording
from detente.report.language import minus


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (459.3, "460"),
        (0.0204, "0.020"),
        (28.2, "28"),
        (1.63, "1.6"),
        (-1.63, "1.6"),
        (9.96, "10"),
        (0, "0"),
        (123456, "120,000"),
    ],
)
def test_numbers_keep_two_figures_and_never_an_exponent(value: float, expected: str) -> None:
    assert wording.rounded(value) == expected


@given(st.floats(-1e9, 1e9).filter(lambda x: abs(x) > 1e-9))
def test_rounding_is_close_and_readable(value: float) -> None:
    text = wording.rounded(value)
    assert "e" not in text
    assert float(text.replace(",", "")) == pytest.approx(abs(value), rel=0.051)


@pytest.mark.parametrize(
    ("million", "expected"),
    [
        (459, "460 million USD"),
        (-459, "460 million USD"),
        (999.6, "1.0 billion USD"),
        (2371, "2.4 billion USD"),
        (26_934, "27 billion USD"),
        (1_234_567, "1.2 trillion USD"),
        (3.14, "3.1 million USD"),
        (0.2, "less than 1 million USD"),
    ],
)
def test_money_goes_from_million_to_billion_to_trillion(million: float, expected: str) -> None:
    assert wording.money(million) == expected


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(1.591, 2, "+1.59"), (-0.0004, 3, "0.000"), (0.0004, 3, "0.000"), (-1234.5, 0, "-1,234"), (math.nan, 2, "-")],
)
def test_cells_have_a_sign_unless_they_round_to_zero(value: float, digits: int, expected: str) -> None:
    assert wording.signed(value, digits) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.033, -0.0142, "0.014 to 0.033"),
        (0.5, 1.25, "0.5 to 1.2"),
        (-0.018, 0.00021, "a loss of 0.018 to no change"),
        (-0.018, 0.021, "a loss of 0.018 to a gain of 0.021"),
        (12.2, 123.4, "12 to 123"),
    ],
)
def test_a_range_says_when_its_sign_is_not_sure(low: float, high: float, expected: str) -> None:
    assert wording.spread(low, high) == expected


def test_names_fit_into_sentences() -> None:
    assert wording.the_region("USA") == "the United States"
    assert wording.the_region("CAN") == "Canada"
    assert wording.the_region("ROW") == "the rest of the world"
    assert wording.region_name("XYZ") == wording.the_region("XYZ") == "XYZ"
    assert wording.product("steel") == "iron and steel"
    assert wording.product("my_sector") == "my sector"
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"
    assert wording.sentence("canada gains") == "Canada gains."
    assert wording.jobs(6.003) == wording.jobs(-6.003) == "6,000 jobs"
    assert wording.jobs(0.01) == "fewer than 50 jobs"
    assert minus("-1.2") == "\N{MINUS SIGN}1.2"
    assert minus("-") == "-"
