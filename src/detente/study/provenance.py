"""What an answer rests on, decided once for every output: program, data, law, draws, and the command that repeats it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import detente
from detente.accounts import Baseline

if TYPE_CHECKING:
    from detente.study.run import Study

#: Folders of the law room whose files decide a rate.
LAW_DATA = ("ledger", "data")


def provenance(study: Study) -> dict[str, str | int]:
    """Version, fingerprints of baseline and ledger, day of the law, draws with seed and source, closure, horizon, command."""
    scenario, draws = study.scenario, study.draws
    count = 0 if draws is None else len(draws.outcomes["welfare"])
    file = None if scenario._document is None else scenario._document.path.name
    options = f" --draws {count} --seed {study.seed} --elasticities {study.elasticity_source}"
    return {
        "detente": detente.__version__,
        "baseline": str(scenario.baseline),
        "baseline_sha256": baseline_fingerprint(study.economy.baseline),
        "law": "none" if study.day is None else study.day.isoformat(),
        "ledger_sha256": "none" if study.day is None else ledger_fingerprint(),
        "draws": count,
        "seed": study.seed,
        "elasticity_source": study.elasticity_source,
        "closure": str(study.economy.closure),
        "horizon": scenario.horizon,
        "command": "detente.run(scenario)" if file is None else f"detente run {file}{options}",
    }


def baseline_fingerprint(baseline: Baseline) -> str:
    """Digest of every number and label of a baseline (16 hexadecimal digits)."""
    digest = hashlib.sha256(repr((baseline.regions, baseline.sectors, baseline.uses)).encode())
    for name, values in sorted(baseline.arrays.items()):
        digest.update(name.encode() + values.tobytes())
    return digest.hexdigest()[:16]


@cache
def ledger_fingerprint() -> str:
    """Digest of the files of the law that ships with the package (16 hexadecimal digits)."""
    root = Path(detente.__file__).parent / "law"
    digest = hashlib.sha256()
    for folder in LAW_DATA:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix not in (".py", ".pyc"):
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
