from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.report.terminal import say, show


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def test_numbers_stand_right_and_text_left(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show("Title", ["name", "value"], [["steel", "+1.5"], ["dairy", "-"]])
    title, head, rule, *rows, last = printed(capsys)
    assert (title, head, set(rule), last) == ("Title", "name   value", {"─"}, "")
    assert rows == ["steel   +1.5", "dairy      -"]


def test_headings_and_names_fold_before_numbers_are_cut(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    show("T", ["", "a long heading", "another"], [["Rest of the European Union", "1,234,567", "-0.001"]])
    lines = printed(capsys)
    assert max(map(len, lines)) <= 30
    text = "\n".join(lines)
    for word in ("1,234,567", "-0.001", "European", "heading"):
        assert word in text


@settings(max_examples=40)
@given(
    rows=st.lists(
        st.tuples(st.text("abcde fgh", min_size=1, max_size=40), st.floats(-1e12, 1e12), st.floats(-1, 1)), max_size=5
    ),
    width=st.integers(20, 120),
)
def test_every_number_is_printed_whole_at_every_width(rows: list[tuple[str, float, float]], width: int) -> None:
    import contextlib
    import io
    import os
    from unittest.mock import patch

    out = io.StringIO()
    cells = [[name, f"{x:,.1f}", f"{y:+.3f}"] for name, x, y in rows]
    with patch.dict(os.environ, {"COLUMNS": str(width)}), contextlib.redirect_stdout(out):
        show("T", ["name", "large", "small"], cells)
    words = out.getvalue().split()
    for _, large, small in cells:
        assert large in words and small in words


def test_a_table_without_rows_is_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    show("T", ["", "value"], [])
    assert printed(capsys)[1].split() == ["value"]


def test_text_folds_to_the_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    say("one two three four five six seven", hanging="  ")
    first, *rest = printed(capsys)
    assert len(first) <= 20 and rest and all(line.startswith("  ") for line in rest)
