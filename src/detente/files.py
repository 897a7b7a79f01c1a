"""Files: written whole or not at all, sealed with a digest, and read as what they are said to be."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from detente._runtime import cache_directory
from detente.errors import InputError
from detente.text import control_character, named, shown

#: Folder, in the cache, of the files by which runs hold folders of results. They stay: to remove one would let two runs in.
LOCKS = "locks"
MEGABYTE = 1 << 20
LARGEST_TEXT = 2 * MEGABYTE
#: The last bytes of a sealed file: this, and the SHA-256 of everything before it. HDF5 and zip readers pass over them.
_SEAL = b"\ndetente-sha256:\n"
_SEAL_LENGTH = len(_SEAL) + 32
#: Seconds after which what an unfinished write left is taken to be abandoned, also where its process cannot be seen.
_ABANDONED = 86_400.0


def write_whole(path: Path, data: bytes | str) -> None:
    """Put `data` (text as UTF-8) at `path`, whole or not at all, also when the disk is full or the power fails.

    It is written beside its place, brought to the disk and then moved. Raises `OSError`.
    """
    unfinished = path.with_name(f".{path.name[:100]}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    settle(path.parent)


def settle(folder: Path) -> None:
    """Bring a folder's list of names to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear_unfinished(folder: Path) -> None:
    """Remove what writes that were cut off left in `folder`; those that are under way stay."""
    with contextlib.suppress(OSError):
        for part in folder.glob(".*.part"):
            pid = part.name.split(".")[-2]
            if not (pid.isdigit() and _alive(int(pid))) or time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or no number of a process
        return True
    return True


@contextlib.contextmanager
def claimed(folder: Path | None) -> Iterator[None]:
    """Hold a folder, made where it is not there, so that nobody else writes results to it; to enter twice is harmless.

    Nothing is held for None. Raises `InputError` when the folder cannot be written or another run has it.
    """
    if folder is None:
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, os.strerror(13))
        place = cache_directory() / LOCKS
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise cannot_write(folder, error) from None
    lock = FileLock(place / hashlib.sha256(os.fsencode(folder.resolve())).hexdigest(), timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise InputError(
            f"Another run is writing to {named(folder)}; wait for it to end, or give another folder."
        ) from None
    try:
        clear_unfinished(folder)
        yield
    finally:
        lock.release()


def write_together(folder: Path, files: Mapping[str, bytes | str]) -> None:
    """Put `files` (name to content) into a folder: all written before the first is moved to its place.

    Raises `InputError` when the folder cannot be written; the files that were there are then as they were.
    """
    parts = {name: folder / f".{name}.{os.getpid()}.part" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            write_whole(parts[name], data)
        for name, part in parts.items():
            part.replace(folder / name)
        settle(folder)
    except (OSError, ValueError) as error:
        raise cannot_write(folder, error) from None
    finally:
        for part in parts.values():
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def cannot_write(path: Path, error: Exception) -> InputError:
    """The sentence for a path that cannot be written."""
    why = getattr(error, "strerror", None) or error
    return InputError(f"Cannot write to {named(path)} ({why}); give a place with room that you may write to.")


def sealed(data: bytes) -> bytes:
    """`data` with a seal at its end, by which `opened` finds any change."""
    return data + _SEAL + hashlib.sha256(data).digest()


def has_seal(data: bytes) -> bool:
    """Whether `data` ends in a seal, whole or broken."""
    return data[-_SEAL_LENGTH:-32] == _SEAL


def opened(data: bytes) -> bytes | None:
    """What was sealed; None where the seal is broken or there is none."""
    inside = data[:-_SEAL_LENGTH]
    return inside if has_seal(data) and hashlib.sha256(inside).digest() == data[-32:] else None


def read_text(path: str | Path, expected: str, most: int = LARGEST_TEXT) -> str:
    """The text of a file that somebody gave, without the mark that Excel puts first.

    `expected`: what it should be, for the sentence (`a scenario file (.yaml)`). Raises `InputError` where there is none, it
    cannot be read, is larger than `most` bytes, is not UTF-8 or holds control characters.
    """
    name = named(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        raise InputError(f"There is no file {name}; give the path of {expected}.") from None
    except (OSError, ValueError) as error:  # a folder, no permission, a name too long or with NUL
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{name} cannot be read ({why}); expected {expected}.") from None
    if len(data) > most:
        raise InputError(f"{name} is larger than {most / MEGABYTE:g} MB; expected {expected}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{name}, line {line}: this is not text in UTF-8; expected {expected}. (Excel writes it as 'CSV UTF-8'.)"
        ) from None
    if found := control_character(text):
        line = text[: text.index(chr(int(found[2:], 16)))].count("\n") + 1
        raise InputError(f"{name}, line {line}: holds the control character {found}; remove it.")
    return text.replace("\r\n", "\n")


def read_table(path: str | Path, columns: Sequence[str], expected: str) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file that somebody gave, each with its line; every cell is text without spaces around it.

    Cells that a row lacks are empty; a row with more cells than columns is refused. Raises `InputError` also where one of
    `columns` is missing; `expected` as in `read_text`.
    """
    name = named(path)
    reader = csv.DictReader(io.StringIO(read_text(path, expected), newline=""), restval="", skipinitialspace=True)
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        heads = [head.strip() for head in reader.fieldnames or ()]
        reader.fieldnames = heads
        if missing := [column for column in columns if column not in heads]:
            listed = shown(", ".join(heads))[1:-1] or "nothing"
            raise InputError(f"{name} has no column {missing[0]!r}; it has {listed}; expected {expected}.")
        for record in reader:
            if None in record:
                raise InputError(
                    f"{name}, line {reader.line_num}: more cells than the {len(heads)} columns named above."
                )
            rows.append((reader.line_num, {head: cell.strip() for head, cell in record.items()}))
    except csv.Error as error:
        raise InputError(f"{name}, line {reader.line_num + 1}: not a table ({error}); expected {expected}.") from None
    return rows
