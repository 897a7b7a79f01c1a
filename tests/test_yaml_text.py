"""YAML that people write: hostile files are one sentence, numbers are what they look like, and a file costs what it holds."""

from __future__ import annotations

import math
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import InputError
from detente.text import cell
from detente.yaml_text import lines, nearest, read


def bomb(levels: int) -> str:
    """Aliases of aliases: under a kilobyte, and two to the power of `levels` parts written out."""
    text = "a0: &a0 [x, x]\n"
    return text + "".join(f"a{k}: &a{k} [*a{k - 1}, *a{k - 1}]\n" for k in range(1, levels))


HOSTILE = {
    "aliases that unfold": (bomb(25), "parts; split it"),
    "aliases in a merge": (bomb(22) + "b: {<<: [*a21]}", "parts; split it"),
    "alias that bites its tail": ("a: &a [*a]", "stands inside the part that it names"),
    "merge that bites its tail": ("a: &a {<<: *a}", "stands inside the part that it names"),
    "aliases that go deep": ("a0: &a0 [x]\n" + "".join(f"a{k}: &a{k} [*a{k - 1}]\n" for k in range(1, 60)), "deep"),
    "alias of nothing": ("a: *b", "names no part above"),
    "brackets": ("[" * 3000, "not valid YAML|deep"),
    "braces": ("{a: " * 3000, "not valid YAML|deep"),
    "lists in lists": ("- " * 3000, "not valid YAML|deep"),
    "a number of 5,000 digits": ("a: " + "9" * 5000, "too large"),
    "a fraction of 5,000 digits": ("a: 0." + "9" * 5000, "too large"),
    "beyond floats": ("a: 1e400", "too large"),
    "not a boolean": ("a: !!bool maybe", "tag"),
    "not a float": ("a: !!float abc", "tag"),
    "an object": ("!!python/object/apply:os.system [x]", "tag"),
    "octal": ("rate: 010", "leading zero"),
    "octal, new style": ("rate: 0o10", "leading zero"),
    "hexadecimal": ("rate: 0x10", "decimal digits"),
    "underscores": ("rate: 1_000", "decimal digits"),
    "infinity": ("rate: .inf", "finite"),
    "not a number": ("rate: -.INF", "finite"),
    "two documents": ("a\n---\nb", "second document"),
    "a key twice": ("a: 1\nb: 2\na: 3", "line 3, a: given twice .first on line 1."),
    "a list as a key": ("? [a, b]\n: 1", "where a name belongs"),
    "an escape code": ('title: "\\e[2J"', r"U\+001B"),
    "a NUL": ('title: "\\0"', r"U\+0000"),
    "text turned around": ('title: "\\u202e"', r"U\+202E"),
    "half a character": ('title: "\\ud800"', "not valid YAML"),
    "an open quote": ("a: 'x", "not valid YAML"),
    "merge of a number": ("a: {<<: 3}", "<< takes a mapping"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_one_short_sentence(case: str):
    text, said = HOSTILE[case]
    with pytest.raises(InputError, match=said) as refused:
        read(text, "file.yaml")
    assert str(refused.value).startswith("file.yaml")
    assert len(str(refused.value)) < 400


def test_plain_values_are_what_they_look_like():
    text = "[0, -7, 0.25, 1e-3, 5., true, False, null, ~, 2026-02-01, NO, on, 12:30:45, '010', \"0.5\", 25%]"
    assert read(text, "x") == [
        0, -7, 0.25, 0.001, 5.0, True, False, None, None, "2026-02-01", "NO", "on", "12:30:45", "010", "0.5", "25%",
    ]  # fmt: skip
    assert read("", "x") is None


def test_aliases_and_merges_stand_for_what_they_name():
    text = "base: &b {x: 1, y: 2}\nmore: &m {z: 3, x: 9}\none: {<<: *b, y: 5}\nall: {<<: [*b, *m]}\nagain: *b"
    found = read(text, "x")
    assert found["one"] == {"x": 1, "y": 5}
    assert found["all"] == {"x": 1, "y": 2, "z": 3}
    assert found["again"] == {"x": 1, "y": 2}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=4),
    max_leaves=30,
)


@given(VALUES)
def test_what_is_written_is_read(value):
    written = yaml.safe_dump({"value": value}, allow_unicode=True, width=10**6)
    try:
        found = read(written, "x")["value"]
    except InputError as error:  # PyYAML leaves bare what YAML's readers disagree on
        assert "to some readers" in str(error) or "..." in written
        return
    assert _same(found, value)


def _same(a, b) -> bool:
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(_same(a[k], b[k]) for k in b)
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(map(_same, a, b))
    if isinstance(b, float):
        return isinstance(a, (int, float)) and math.isclose(a, b, rel_tol=1e-15)
    return a == b


def test_every_part_has_its_line():
    text = "title: x\nchanges:\n  - tariff:\n      rate: 1\n  - {quota:\n      {by: value}}\n"
    found = lines(text, "x")
    assert nearest(found, ["changes", 0, "tariff", "rate"]) == 4
    assert nearest(found, ["changes", 1, "quota", "by"]) == 6
    assert nearest(found, ["changes", 1, "quota", "absent"]) == 5
    assert nearest(found, ["changes", "Change", 1, "quota"]) == 5  # a step that validation adds
    assert nearest(found, []) == 1


def test_two_megabytes_of_valid_file_take_no_more_than_they_hold():
    text = "changes:\n" + "".join(
        f"  - tariff: {{importer: USA, exporter: CAN, sectors: s{k}, rate: 0.25}}\n" for k in range(28_000)
    )
    assert 1.9e6 < len(text) < 2 << 20
    tracemalloc.start()
    found = read(text, "x")
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found["changes"]) == 28_000
    assert held < 100e6  # before: 880 MB


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\n=1", "  =1", "\uff1d1"])
def test_no_spreadsheet_runs_a_cell(text: str):
    assert cell(text) == f"'{text}"
    assert cell(f"x{text}") == f"x{text}"
