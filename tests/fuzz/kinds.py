"""Every kind of input that is fuzzed: how it is drawn, and how one of it is tried."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import documents
import grammars
import targets
from documents import Drawn
from hypothesis import strategies as st


@dataclass(frozen=True)
class Kind:
    """`draw` gives inputs; `tried` says of one whether it was refused, and raises `Fault`. `share`: of the time."""

    draw: Callable[[], st.SearchStrategy[Any]]
    tried: Callable[[Any], bool]
    share: int = 1


def _file(
    grammar: st.SearchStrategy[Any], target: Callable[[Path], None], *, numbers: bool = True, share: int = 1
) -> Kind:
    def tried(drawn: Drawn) -> bool:
        with targets.on_disk(drawn.data, ".yaml") as path:
            refused = targets.refused(lambda: target(path))
        if drawn.refuse and not refused:
            raise targets.Fault(f"{drawn.refuse[:40]} was accepted: {drawn.data[:500]!r}")
        return refused

    return Kind(lambda: documents.drawn(grammar, numbers), tried, share)


def _table(columns: tuple[str, ...], target: Callable[[Path], None]) -> Kind:
    def tried(data: bytes) -> bool:
        with targets.on_disk(data, ".csv") as path:
            return targets.refused(lambda: target(path))

    @st.composite
    def draw(draw: st.DrawFn) -> bytes:
        data = draw(grammars.table(*columns)).encode("utf-8", "surrogatepass")
        return draw(documents.cut(data)) if draw(st.integers(0, 3)) == 0 else data

    return Kind(draw, tried)


@cache
def _whole_baseline() -> bytes:
    from detente.accounts import load

    with tempfile.TemporaryDirectory() as folder:
        load("toy").save(Path(folder) / "toy.nc")
        return (Path(folder) / "toy.nc").read_bytes()


@st.composite
def _baselines(draw: st.DrawFn) -> bytes:
    """A baseline with some bytes changed: under its seal, without one, or sealed anew over the damage."""
    from detente.files import opened, sealed

    data = _whole_baseline()
    if draw(st.booleans()):
        return draw(documents.cut(data))
    inside = bytearray(opened(data) or b"")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(inside) - 1))
        inside[at] ^= 1 << draw(st.integers(0, 7))
    return sealed(bytes(inside)) if draw(st.booleans()) else bytes(inside)


def _try_baseline(data: bytes) -> bool:
    with targets.on_disk(data, ".nc") as path:
        return targets.refused(lambda: targets.baseline(path))


VALUES = [
    "USA",
    "CAN",
    "ZZZ",
    "usa",
    "",
    "0",
    "1",
    "-1",
    "010",
    "nan",
    "inf",
    "1e400",
    "25%",
    "0.25",
    "2025-06-10",
    "2025-02-30",
    "1900-01-01",
    "99999-01-01",
]
VALUES += [
    "steel",
    "toy",
    "none",
    "latest",
    "all",
    "x" * 5000,
    "\x1b[2J",
    "é\u202e",
    "--",
    "-",
    "=1",
    "/dev/null",
    "/dev/zero",
    "/proc/nothing",
    ".",
    "/",
    "{file}",
    "{out}",
    "\udcff",
]
OPTIONS: dict[tuple[str, ...], list[str]] = {
    ("run", "{file}"): [
        "--json",
        "--draws",
        "--elasticities",
        "--seed",
        "--places",
        "--lang",
        "--ledger",
        "--why",
        "--path",
        "--out",
    ],
    ("talks", "{talks}"): ["--json", "--draws", "--out"],
    ("energy", "{file}"): ["--json", "--draws", "--places"],
    ("rates",): [
        "--importer",
        "--exporter",
        "--on",
        "--product",
        "--claim",
        "--fact",
        "--by",
        "--measures",
        "--column1",
        "--ledger",
        "--without",
        "--json",
    ],
    ("rates", "--from", "2026-10-01"): ["--to", "--importer", "--exporter", "--plot", "--json"],
    ("chain",): ["--product", "--of", "--to", "--baseline", "--rate", "--top", "--json"],
    ("exposure",): ["--region", "--law", "--top", "--json"],
    ("optimum",): [
        "USA",
        "--partners",
        "--sectors",
        "--mfn",
        "--ceiling",
        "--starts",
        "--law",
        "--horizon",
        "--baseline",
        "--json",
    ],
    ("war",): ["USA", "CAN", "--sectors", "--ceiling", "--law", "--horizon", "--baseline", "--json"],
    ("data", "info"): ["toy", "--json"],
    ("data", "check"): ["toy"],
    ("data", "aggregate", "toy"): ["--regions", "--sectors", "--out"],
    ("data", "compare", "toy"): ["toy", "--json"],
    ("data", "export", "toy"): ["--out", "--format"],
    ("data", "import"): ["--out", "--elasticities"],
    ("ledger", "check"): ["{file}", "--json"],
    ("ledger", "diff"): ["2025-01-01", "2025-02-30", "--importer", "--exporter", "--ledger", "--json"],
    ("ledger", "log"): ["--from", "--to", "--importer", "--exporter", "--ledger", "--json"],
    ("ledger", "test"): ["{file}", "--ledger", "--json"],
    ("cache", "cap"): ["500 MB", "1e400 GB"],
    ("cache", "size"): ["--json"],
    ("backtest",): ["2018", "--rates", "--parameters", "--json"],
    ("replicate",): ["cp2015x", "--json"],
    ("serve",): ["--token", "--database", "--proxy", "--backup"],
    ("--version",): [],
    ("none-such",): ["--help"],
}


@st.composite
def _command_lines(draw: st.DrawFn) -> tuple[list[str], bytes]:
    """The words of a command, and the file that it is given."""
    head = draw(st.sampled_from(list(OPTIONS)))
    words = list(head)
    value = st.one_of(st.sampled_from(VALUES), st.text(st.characters(exclude_characters="\0"), max_size=8))
    for _ in range(draw(st.integers(0, 4))):
        if OPTIONS[head] and draw(st.integers(0, 4)):
            words.append(draw(st.sampled_from(OPTIONS[head])))
        if draw(st.booleans()):
            words.append(draw(value))
    if head == ("serve",):  # nothing may be left to start
        words += ["--port", "70000"] if "--backup" not in words else ["--database", "sqlite:///{out}/none.db"]
    grammar = grammars.talks if "{talks}" in words else grammars.scenario
    return words, draw(documents.drawn(grammar)).data


def _try_command(drawn: tuple[list[str], bytes]) -> bool:
    words, data = drawn
    with targets.on_disk(data, ".yaml") as path:
        filled = [
            word.replace("{file}", str(path)).replace("{talks}", str(path)).replace("{out}", str(path.parent))
            for word in words
        ]
        before = Path.cwd()
        os.chdir(path.parent)
        try:
            return targets.refused(lambda: targets.command(filled))
        finally:
            os.chdir(before)


SHARES = ("place", "sector", "employment_share", "source")
KINDS = {
    "scenarios": _file(grammars.scenario, targets.scenario, share=4),
    "scenarios under a law": _file(grammars.scenario, targets.scenario_under_law),
    "talks": _file(grammars.talks, targets.talks, share=3),
    "ledgers": _file(grammars.ledger, targets.ledger, numbers=False, share=3),
    "places": _table(SHARES, targets.places),
    "mappings and elasticities": _table(("sector", "trade_elasticity"), targets.mapping),
    "baselines": Kind(_baselines, _try_baseline),
    "command lines": Kind(_command_lines, _try_command, share=3),
}
