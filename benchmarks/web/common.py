"""A server for the measurements, and what the machine was doing meanwhile."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


@contextmanager
def served(*options: str):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        program = "from detente.cli import main; main()"
        arguments = ["--port", str(port), "--database", f"sqlite:///{folder}/kept.db", *options]
        process = subprocess.Popen([sys.executable, "-c", program, "serve", *arguments], stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(3000):
                try:
                    with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:
                        if b'"ready"' in reply.read():
                            break
                except OSError:
                    pass
                time.sleep(0.5)
            else:
                raise SystemExit("the server did not become ready")
            yield url, process
        finally:
            process.terminate()
            process.wait(30)


def memory_mb(process: subprocess.Popen) -> float:
    """Resident memory of the server."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def percentiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)

    return {"n": len(ordered), "p50": at(0.50), "p90": at(0.90), "p95": at(0.95), "max": round(ordered[-1], 2)}


def keep(name: str, figures: dict) -> None:
    """Print the figures and keep them beside the code."""
    machine = {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "load_average_1min": round(os.getloadavg()[0], 2),
        "when": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
    }
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": machine, **figures}, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)
