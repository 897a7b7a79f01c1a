"""The outer net: what nobody foresaw is a sentence, a log and status 1; the cache has a size, a cap and an end."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from detente.cli import data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    return tmp_path


def test_what_nobody_foresaw_is_a_sentence_and_a_log(detente, folder, monkeypatch):
    monkeypatch.setattr(data, "show", lambda *_: 1 / 0)
    ran = detente("data", "info", "toy")
    assert ran.code == 1
    assert "Traceback" not in ran.stderr
    assert ran.stderr.count("\n") == 1
    (log,) = (folder / "failures").iterdir()
    assert str(log) in ran.stderr
    assert "ZeroDivisionError" in log.read_text()
    assert "data info toy" in log.read_text()


def test_debug_shows_it(detente, folder, monkeypatch):
    monkeypatch.setattr(data, "show", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        detente("--debug", "data", "info", "toy")


def test_secrets_stay_out_of_the_log():
    from detente.cli.failure import _without_secrets

    given = ["serve", "--token", "secret", "--token=secret", "--database", "postgresql://me:secret@host/x"]
    assert "secret" not in " ".join(_without_secrets(given))


def test_an_error_obeys_no_escape_codes_and_has_an_end(detente, folder):
    ran = detente("run", "\x1b[2J" + "x" * 100_000)
    assert ran.code == 2
    assert "\x1b" not in ran.stderr
    assert len(ran.stderr) < 2_000


def test_the_cache_has_a_size_a_cap_and_an_end(detente, folder):
    for k in range(10):
        (folder / "draws").mkdir(exist_ok=True)
        (folder / "draws" / str(k)).write_bytes(b"x" * 1000)
        os.utime(folder / "draws" / str(k), (k, k))
    sizes = json.loads(detente("cache", "size", "--json").stdout)
    assert (sizes["bytes"], sizes["total"]) == ({"draws": 10_000}, 10_000)
    assert detente("cache", "cap", "5 KB").code == 0
    kept = sorted(int(file.name) for file in (folder / "draws").iterdir())
    assert kept == [6, 7, 8, 9]  # what was used last, down to four fifths of the cap
    assert detente("cache", "clear").code == 0
    assert not list((folder / "draws").iterdir())
    assert json.loads(detente("cache", "size", "--json").stdout)["cap"] == 5 << 10
    assert detente("cache", "cap", "much").code == 2
