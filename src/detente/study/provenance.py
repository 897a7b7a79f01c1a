"""What an answer rests on, decided once for every output: program, data, law, draws, and the command that repeats it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import detente
from detente.accounts import Baseline
from detente.study.counterfactual import Counterfactual
from detente.study.documents import ProvenanceRecord
from detente.study.uncertainty.sampling import EVIDENCE, MIXTURE

#: Folders of the law room whose files decide a rate.
LAW_DATA = ("ledger", "data")
#: What decides a number apart from the question, and how a sentence calls it.
DATA = {
    "detente": "the version of Détente",
    "baseline_sha256": "the accounts of the world",
    "ledger_sha256": "the ledger of the law",
    "law": "the day of the law",
}


@dataclass(frozen=True)
class Provenance:
    """What an answer rests on. Fingerprints are the first 16 hexadecimal digits of a SHA-256.

    `baseline_sha256`: of every number and label of the baseline; `ledger_sha256`: of the files of the law, a user's own
    included (`none` without a law); `law`: its day, or `none`; `draws` with their `seed` and `elasticity_source`; `command`: what
    repeats the answer, on the day that `law` names.
    """

    detente: str
    baseline: str
    baseline_sha256: str
    law: str
    ledger_sha256: str
    rates: str
    draws: int
    seed: int
    elasticity_source: str
    closure: str
    horizon: str
    command: str

    @classmethod
    def of(
        cls,
        asked: Counterfactual,
        *,
        draws: int = 0,
        seed: int = 1,
        elasticity_source: str = MIXTURE,
        command: str = "",
    ) -> Provenance:
        """What an answer to a counterfactual rests on."""
        scenario = asked.scenario
        return cls(
            detente=detente.__version__,
            baseline=Path(scenario.baseline).name,
            baseline_sha256=baseline_fingerprint(asked.baseline),
            law="none" if asked.day is None else asked.day.isoformat(),
            ledger_sha256="none" if asked.law is None else ledger_fingerprint(scenario.ledger_files),
            rates=scenario.rates if asked.law is not None else "none",
            draws=draws,
            seed=seed,
            elasticity_source=EVIDENCE if scenario.elasticities == EVIDENCE else elasticity_source,
            closure=str(scenario.closure),
            horizon=scenario.horizon,
            command=command,
        )

    def record(self) -> ProvenanceRecord:
        """Its fields, for JSON, netCDF and the metadata of a picture."""
        return ProvenanceRecord(**asdict(self))  # type: ignore[typeddict-item]

    @property
    def line(self) -> str:
        """One line for the foot of a table or a picture."""
        law = (
            "tariffs of the baseline"
            if self.law == "none"
            else f"law of {self.law} ({self.rates}), ledger {self.ledger_sha256}"
        )
        drawn = f"; {self.draws} draws, seed {self.seed}, elasticities {self.elasticity_source}" if self.draws else ""
        return (
            f"Détente {self.detente}; {self.baseline} {self.baseline_sha256}; {law}; {self.horizon} horizon, closure "
            f"{self.closure}{drawn}"
        )

    @property
    def data_key(self) -> str:
        """The same for two answers that rest on the same program, accounts and law."""
        return digest(*(str(getattr(self, name)).encode() for name in DATA))

    def differences(self, then: Mapping[str, Any]) -> list[str]:
        """Names in `DATA` of what is not as it was in an earlier record."""
        return [name for name in DATA if str(then.get(name)) != str(getattr(self, name))]


def digest(*parts: bytes) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of `parts`, one after the other."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()[:16]


def baseline_fingerprint(baseline: Baseline) -> str:
    """Digest of every number and label of a baseline."""
    labels = repr((baseline.regions, baseline.sectors, baseline.uses)).encode()
    return digest(labels, *(name.encode() + values.tobytes() for name, values in sorted(baseline.arrays.items())))


def ledger_fingerprint(files: Sequence[Path] = ()) -> str:
    """Digest of the files of the law that ships with the package and of a user's own."""
    own = shipped_ledger_fingerprint()
    return digest(own.encode(), *(file.read_bytes() for file in files)) if files else own


@cache
def shipped_ledger_fingerprint() -> str:
    """Digest of the files of the law that ships with the package."""
    root = Path(detente.__file__).parent / "law"
    paths = [path for folder in LAW_DATA for path in sorted((root / folder).rglob("*"))]
    files = [path for path in paths if path.is_file() and path.suffix not in (".py", ".pyc")]
    return digest(*(path.relative_to(root).as_posix().encode() + path.read_bytes() for path in files))
