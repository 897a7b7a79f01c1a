"""Kill a server under its writers: ``python -m tests.kill --kills 200``, on SQLite and PostgreSQL."""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
from pathlib import Path

from tests.kill.siege import Siege
from tests.postgres import MissingError, running


def main() -> int:
    """Run the sieges; status 1 where anything acknowledged was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], action="append", help="default: both")
    parser.add_argument("--record", type=Path, help="file for the counts, as JSON")
    given = parser.parse_args()
    told: dict[str, dict[str, object]] = {}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kill")))
        wanted = given.on or ["sqlite", "postgresql"]
        databases = {"sqlite": f"sqlite:///{folder}/kept.db"} if "sqlite" in wanted else {}
        try:
            if "postgresql" in wanted:
                (folder / "postgres").mkdir()
                databases["postgresql"] = stack.enter_context(running(folder / "postgres"))
        except MissingError as missing:
            print(f"postgresql: {missing}")
        for kind, url in databases.items():
            found = Siege(url, given.kills, given.seed).run()
            told[kind] = {
                "kills": found.kills,
                "offers acknowledged": len(found.acknowledged),
                "offers kept": found.kept,
                "acknowledged and lost": sorted(set(found.lost)),
                "faults": sorted(set(found.faults)),
            }
            print(f"{kind}: {json.dumps(told[kind])}", flush=True)
    if given.record:
        given.record.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return int(any(one["acknowledged and lost"] or one["faults"] for one in told.values()))


if __name__ == "__main__":
    raise SystemExit(main())
