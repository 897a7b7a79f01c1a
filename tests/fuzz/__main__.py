"""Fuzz everything that people give, for as long as one likes: ``python -m tests.fuzz --minutes 30``.

Prints, by kind, how many inputs were tried, accepted and refused, and shows the input of every fault that it finds.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import targets
from hypothesis import HealthCheck, Phase, given, seed, settings
from kinds import KINDS
from requests_ import REQUESTS

BATCH = 200
HUNG = 600  # seconds of wall clock without a word, after which Python itself is asked where it is


def batch(name: str, counts: Counter[str], number: int, size: int) -> str | None:
    """Try some inputs of a kind; one that is a fault, with what went wrong."""
    kind = ALL[name]

    @seed(number)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(kind.draw())
    def try_one(drawn: object) -> None:
        faulthandler.dump_traceback_later(HUNG, exit=True)
        counts["refused" if kind.tried(drawn) else "accepted"] += 1

    try:
        try_one()
    except Exception as error:
        notes = "\n".join(getattr(error, "__notes__", []))
        return f"{type(error).__name__}: {error}\n{notes}"
    finally:
        faulthandler.cancel_dump_traceback_later()
    return None


ALL = {**KINDS, **REQUESTS}


def main() -> int:
    """Run until the time is over; status 1 where there was a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--kinds", nargs="*", choices=list(ALL), default=list(ALL), help="default: all")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the first batch")
    parser.add_argument("--record", type=Path, help="file for the counts, as JSON")
    given_ = parser.parse_args()
    targets.quiet()
    counts: dict[str, Counter[str]] = {name: Counter() for name in given_.kinds}
    spent: Counter[str] = Counter()
    faults: dict[str, list[str]] = {}
    total = 0
    end, number = time.monotonic() + 60 * given_.minutes, given_.seed
    while time.monotonic() < end:
        name = min(given_.kinds, key=lambda one: spent[one] / ALL[one].share)
        began = time.process_time()
        if fault := batch(name, counts[name], number, BATCH):
            print(f"--- {name}, seed {number}: {fault}\n", flush=True)
            faults.setdefault(name, []).append(fault[:2000])
        spent[name] += time.process_time() - began
        number += 1
        total = sum(found.total() for found in counts.values())
        if given_.record:
            by_kind = {kind: dict(found) for kind, found in counts.items()}
            told = {"seed": given_.seed, "inputs": total, "by kind": by_kind, "faults": faults}
            given_.record.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for name, found in counts.items():
        print(f"{name:28}{found.total():9,} tried {found['accepted']:9,} accepted {found['refused']:9,} refused")
    print(f"{total:,} inputs from seed {given_.seed}; faults in {len(faults)} kinds")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
