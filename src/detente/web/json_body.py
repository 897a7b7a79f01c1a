"""What the server takes for JSON, checked once before anything reads it: one meaning, finite numbers, no control codes."""

from __future__ import annotations

import json
import math
from typing import Any

from detente.text import control_character, shown


def problem(body: bytes) -> str | None:
    """What is wrong with the body of a request, in a sentence; None where nothing is.

    Readers differ on a key given twice, on NaN and on 1e999; databases differ on NUL, and terminals obey escape codes.
    """
    if not body:
        return None
    try:
        json.loads(body.decode(), parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_plain)
    except UnicodeDecodeError:
        return "The body is not text in UTF-8."
    except _RefusedError as refused:
        return str(refused)
    except RecursionError:
        return "The body is nested too deep."
    except ValueError as error:  # not JSON, or an integer of thousands of digits
        return f"The body is not JSON ({shown(str(error), 120)[1:-1]})."
    return None


class _RefusedError(Exception):
    """A part of the body that is JSON to somebody."""


def _no_constant(name: str) -> float:
    raise _RefusedError(f"The body holds {name}; every number must be finite.")


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise _RefusedError(f"The number {shown(text, 40)[1:-1]} is too large.")
    return value


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RefusedError(f"{shown(key, 40)} is given twice; keep one.")
        for text in (key, *_texts(value)):
            if code := control_character(text):
                raise _RefusedError(f"{shown(key, 40)} holds the control character {code}; remove it.")
        found[key] = value
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []
