"""What each kind of input is given to, and what may come of it: an answer that is sound, or one sentence."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import DetenteError, SolveError

#: Seconds of processor time after which an input hangs.
LONGEST = 5.0
#: Fields in which infinity has a meaning, a ban.
BANS = ("rate", "in_quota", "over_quota", "ceiling")


class Fault(AssertionError):
    """An input that was neither answered nor refused as it should be."""


@contextlib.contextmanager
def judged() -> Iterator[None]:
    """Let refusals through and nothing else; raises `Fault` for a traceback, and for what takes too long."""
    began = time.process_time()
    try:
        yield
    except DetenteError as error:
        sentence = str(error)
        if len(sentence) > 5000 or "\x1b" in sentence or "Traceback" in sentence:
            raise Fault(f"the refusal is no sentence: {sentence[:300]!r}") from None
        raise
    except Fault:
        raise
    except Exception as error:
        raise Fault(f"{type(error).__name__}: {error}") from error
    finally:
        if (spent := time.process_time() - began) > LONGEST:
            raise Fault(f"it took {spent:.1f} seconds of processor time")


def refused(work: Callable[[], Any]) -> bool:
    """Whether `work` refuses with a sentence; raises `Fault` for anything but that and an answer."""
    try:
        with judged():
            work()
    except DetenteError:
        return True
    return False


def finite(value: Any, name: str = "") -> None:
    """Raises `Fault` for a number that is not finite in what was accepted."""
    if isinstance(value, dict):
        for key, part in value.items():
            finite(part, str(key))
    elif isinstance(value, list | tuple):
        for part in value:
            finite(part, name)
    elif isinstance(value, float) and not math.isfinite(value) and not (value == math.inf and name in BANS):
        raise Fault(f"{name}: {value} was accepted")


@contextlib.contextmanager
def on_disk(data: bytes, ending: str) -> Iterator[Path]:
    """A file with some bytes."""
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        path = Path(folder) / f"input{ending}"
        path.write_bytes(data)
        yield path


@cache
def economy(baseline: str) -> Any:
    """An economy on which scenarios are resolved, not solved."""
    from detente.accounts import load
    from detente.economy import calibrate

    return calibrate(load(baseline, uses="two"))


def scenario(path: Path) -> None:
    """Read a scenario and resolve it into a policy."""
    from detente.study.counterfactual import Counterfactual
    from detente.study.scenario import Scenario

    found = Scenario.from_file(path)
    finite(found.model_dump())
    if found.law is not None or found.baseline not in ("toy", "world-2024"):
        return
    here = economy(found.baseline)
    _no_nan(Counterfactual(found, here.baseline).after(here))


def scenario_under_law(path: Path) -> None:
    """The same on the law of a day, which takes longer."""
    from detente.study.counterfactual import Counterfactual
    from detente.study.scenario import Scenario

    found = Scenario.from_file(path)
    if found.baseline in ("toy", "world-2024"):
        here = economy(found.baseline)
        _no_nan(Counterfactual(found, here.baseline).after(here))


def _no_nan(policy: Any) -> None:
    import jax

    if any(np.isnan(np.asarray(leaf)).any() for leaf in jax.tree.leaves(policy)):
        raise Fault("the policy holds NaN")


def talks(path: Path) -> None:
    """Read a talks file and resolve its parties and table."""
    from detente.study.negotiation import table
    from detente.study.negotiation.schema import TalksFile

    found = TalksFile.from_file(path)
    finite(found.model_dump())
    if found.baseline == "toy":
        here = economy("toy")
        table.parties_of(found, here)
        table.table_of(found, here, here.status_quo())


def ledger(path: Path) -> None:
    """Add a ledger file to ours, look for faults and ask for a duty under it."""
    from detente.law.checks import check
    from detente.law.consignment import statutory
    from detente.law.ledger import Ledger

    made = Ledger.default().with_file(path)
    for one in made.measures:
        finite(one.model_dump())
    check(path)
    duty = statutory("7208100000", "CAN", "USA", on="2025-07-01", ledger=made)
    finite(json.loads(json.dumps(duty.added_pct)))


def places(path: Path) -> None:
    """Replace shares of places by those of a file."""
    from detente.accounts.places import load

    made = load().replace_from_csv(path)
    if not (np.isfinite(made.employment_share).all() and np.isfinite(made.income_share).all()):
        raise Fault("shares are not finite")


def mapping(path: Path) -> None:
    """Read a mapping, and elasticities, as `data aggregate` and `data import` do."""
    from detente.accounts.aggregate import read_mapping
    from detente.accounts.readers.common import read_elasticities

    try:
        read_mapping(path)
    except DetenteError:
        finite(read_elasticities(path))


def baseline(path: Path) -> None:
    """Open a baseline; what opens holds the numbers that it says."""
    from detente.accounts import Baseline

    opened = Baseline.open(path)
    opened.check()


def command(arguments: list[str]) -> None:
    """Run the command line; raises `DetenteError` where it refused."""
    from detente.cli import main

    out, err = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["detente", *arguments]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
        code: Any = 0
    except SystemExit as status:
        code = status.code
    finally:
        sys.argv = before
    if "Traceback" in err.getvalue() or "not foreseen" in err.getvalue():
        raise Fault(err.getvalue()[-2000:])
    if code not in (0, None):
        if code not in (1, 2, 130) or not (err.getvalue() + out.getvalue()).strip():
            raise Fault(f"it ended with {code} and said {err.getvalue()!r}")
        if "\x1b" in err.getvalue():
            raise Fault("an escape code reached the terminal")
        raise DetenteError(err.getvalue()[:4000])
    if "--json" in arguments and out.getvalue().strip():
        json.loads(out.getvalue(), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> float:
    raise Fault(f"the JSON holds {name}")


def _not_computed(*_: object, **__: object) -> None:
    raise SolveError("Nothing is computed while fuzzing.")


def quiet() -> None:
    """A cache folder of its own, no colours, and nothing computed that takes long: what is fuzzed is what comes before."""
    from detente.accounts import supply_chain
    from detente.economy import Economy

    Economy.levels = _not_computed  # type: ignore[method-assign, assignment]
    supply_chain.cost_exposure = _not_computed  # type: ignore[assignment]
    os.environ.update(DETENTE_CACHE=tempfile.mkdtemp(prefix="fuzz-cache"), NO_COLOR="1", COLUMNS="120")
