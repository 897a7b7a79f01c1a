"""The machine that times are taken on, and where the sources lie; import before JAX, and call `two_cores` first."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

CORES = 2


def two_cores() -> None:
    """Keep to two cores, where the system lets a program choose; before JAX counts them."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def sources() -> Path | None:
    """The folder of source data, if there is one: `DETENTE_SOURCES`, or `shared/data` beside the repository."""
    folder = Path(os.environ.get("DETENTE_SOURCES", Path(__file__).resolve().parents[2] / "shared" / "data"))
    return folder if folder.is_dir() else None


def machine(start_load: float) -> dict[str, Any]:
    """What the times were taken on, with the load average at start and end."""
    import jax

    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load_average": [start_load, os.getloadavg()[0]],
        "python": platform.python_version(),
        "jax": jax.__version__,
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return names[0] if names else platform.processor() or platform.machine()
