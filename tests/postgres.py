"""A PostgreSQL server of the tests' own, where Debian's or the system's programs are found."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class MissingError(Exception):
    """There is no PostgreSQL here, or it does not start."""


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start a server in `folder` and give the URL of its empty database. Raises `MissingError`."""
    found = shutil.which("initdb") or next(iter(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if found is None:
        raise MissingError("there is no PostgreSQL here")
    programs = Path(found).resolve().parent
    account = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if account:
        shutil.chown(folder, "postgres")
        for parent in folder.parents:  # the other account has to get there
            if parent == Path(tempfile.gettempdir()):
                break
            parent.chmod(0o755)
    data, options = str(folder / "data"), f"-c listen_addresses='' -k {folder}"
    control = [*account, str(programs / "pg_ctl"), "-D", data, "-w"]
    make = [*account, str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "postgres"]
    try:
        subprocess.run(make, check=True, capture_output=True, cwd="/")
        subprocess.run(
            [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True, cwd="/"
        )
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise MissingError(f"PostgreSQL does not start here: {getattr(error, 'stderr', error)!r:.300}") from None
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, capture_output=True, cwd="/")
