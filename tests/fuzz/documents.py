"""YAML documents near what people write: the grammar of each kind of file, with a part of it gone wrong.

A document is drawn from its grammar (so that most of it passes), some of its leaves are replaced by what breaks readers,
some of its parts by others, and sometimes the text itself is cut or changed. `Drawn.refuse` is why a document must be
refused, where that is known: a number that two readers of YAML take for two numbers, or none that is finite.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


class Raw(str):
    """A scalar as it stands in the text, without quotes."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn: the bytes of a file, and why it must be refused (empty: it may be taken or refused)."""

    data: bytes
    refuse: str = ""


#: No number to everybody: octal to some, text to others, without end, or not finite.
DOUBTFUL = ["010", "0o17", "0x1F", "1_000", "1e400", "-1e999", ".nan", ".NaN", ".inf", "-.INF", "9" * 5000]
TAGGED = ["!!float abc", "!!bool maybe", "!!python/object/apply:os.system [ls]", "!!binary x", "!x y"]
BROKEN = ["*nowhere", "&a [*a]", "[", "{", "'", '"\\x00"', '"\\ud800"', '"\\e[2J"', "\x07", "@at", "- -", "a: b: c"]
ODD = [
    "NO",
    "12:30:45",
    "2025-02-30",
    "~",
    "null",
    "true",
    "25",
    "-0.0",
    "1e-400",
    "prohibitive",
    "",
    "é\u202eé",
    "😀",
    "all",
]
ODD += [
    "0.25",
    "-1",
    "1e308",
    "00",
    "+.5",
    "١٢",
    "x" * 3000,
    "2025-06-04",
    "latest",
    "none",
    "[]",
    "{}",
    "[1, [2, [3]]]",
]

hostile = st.sampled_from([*DOUBTFUL, *TAGGED, *BROKEN, *ODD, *ODD, *ODD]).map(Raw)
anything = st.one_of(hostile, st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.none())


def written(value: Any) -> str:
    """A document as YAML in flow style, its `Raw` leaves as they are."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


def as_file(value: Any) -> str:
    """A document as people write it: the outermost mapping in lines."""
    if isinstance(value, dict):
        return "".join(f"{key}: {written(part)}\n" for key, part in value.items())
    return written(value) + "\n"


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list | tuple):
        return [leaf for part in value for leaf in _leaves(part)]
    return [str(value)] if isinstance(value, Raw) else []


@st.composite
def damaged(draw: st.DrawFn, value: Any, chance: int = 12) -> Any:
    """A document with some of its parts replaced, removed, renamed or repeated, one in `chance`."""
    if draw(st.integers(0, chance)) == 0:
        return draw(anything)
    if isinstance(value, dict):
        made = {}
        for key, part in value.items():
            fate = draw(st.integers(0, 40))
            if fate == 0:
                continue
            name = draw(st.sampled_from([f"{key}s", "rate", "from", "010", "~", "<<"])) if fate == 1 else key
            made[name] = draw(damaged(part, 2 * chance))
        return made
    if isinstance(value, list):
        made_list = [draw(damaged(part, 2 * chance)) for part in value]
        return made_list + made_list if draw(st.integers(0, 30)) == 0 else made_list
    return value


@st.composite
def drawn(draw: st.DrawFn, grammar: st.SearchStrategy[Any], numbers: bool = True) -> Drawn:
    """A file of a grammar: as it is, damaged, or damaged as text. `numbers`: whether its reader takes numbers from YAML."""
    value = draw(grammar)
    if draw(st.booleans()):
        value = draw(damaged(value, 30))
    text = as_file(value)
    doubtful = [leaf for leaf in _leaves(value) if leaf in DOUBTFUL or leaf in TAGGED]
    if draw(st.integers(0, 5)):
        return Drawn(text.encode("utf-8", "surrogatepass"), doubtful[0] if doubtful and numbers else "")
    return Drawn(draw(cut(text.encode("utf-8", "surrogatepass"))))


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes with some of them cut out, changed, put in, repeated, or written as another program would."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        end = min(len(data), at + draw(st.integers(0, 40)))
        how = draw(st.integers(0, 7))
        if how == 0:
            data = data[:at]
        elif how == 1:
            data = data[:at] + data[end:]
        elif how == 2:
            data = data[:at] + draw(st.binary(max_size=8)) + data[at:]
        elif how == 3:
            data = (
                data[:at]
                + draw(st.sampled_from([b"\0", b"\xff", b"\t", b"\r", b": ", b"- ", b"'", b"&a ", b"*a", b"010"]))
                + data[at:]
            )
        elif how == 4:
            data = data + data[at:end] * draw(st.integers(1, 50))
        elif how == 5:
            data = data.replace(b"\n", b"\r\n")
        elif how == 6:
            data = b"\xef\xbb\xbf" + data
        else:
            data = data.decode("utf-8", "replace").encode("latin-1", "replace")
    return data
