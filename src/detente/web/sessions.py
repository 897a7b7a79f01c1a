"""The token of a shared server, and the sessions that a browser gets for it: opaque, dated, and void when the token changes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

from detente.errors import InputError
from detente.text import control_character

SHORTEST = 12
AUTO = "auto"
#: Seconds after which a browser opens the link again.
LASTS = 30 * 86_400


def chosen_token(given: str | None) -> str | None:
    """The token of a server: as given, a new random one for `auto`, None for none.

    Raises `InputError` for one that is short, or that a link or a header cannot carry.
    """
    if given is None:
        return None
    if given == AUTO:
        return secrets.token_urlsafe(24)
    if len(given) < SHORTEST:
        raise InputError(
            f"The token is too short to protect anything: give {SHORTEST} characters or more, or --token auto for a new one."
        )
    if (found := control_character(given)) or "\t" in given or "\n" in given or "\r" in given:
        raise InputError(f"The token holds the control character {found or 'tab or line end'}; remove it.")
    if given != given.strip():
        raise InputError("The token begins or ends with a space, which a header cannot carry; remove it.")
    return given


def link(address: str, token: str | None) -> str:
    """The address to open, which carries the token once."""
    return address if token is None else f"{address}?token={quote(token, safe='')}"


class Sessions:
    """What proves that a browser was shown the token: a random name and the day it ends, signed with the token.

    Nothing is kept, so that a server that starts again knows the browsers of before; another token ends them all.
    """

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        self._key = hashlib.sha256(b"detente session\0" + self._token).digest()
        #: Of its own for each token, since a browser gives the cookies of one host name to every port.
        self.cookie = f"detente_{hashlib.sha256(b'detente cookie' + self._key).hexdigest()[:8]}"

    def is_token(self, given: bytes) -> bool:
        """Whether `given` is the token, compared in a time that does not tell how much of it was right."""
        return hmac.compare_digest(given, self._token)

    def begin(self) -> str:
        """The value of a new session's cookie."""
        told = f"{secrets.token_urlsafe(12)}.{int(time.time()) + LASTS}"
        return f"{told}.{self._sign(told)}"

    def holds(self, given: str) -> bool:
        """Whether `given` is the value of a session that was begun here and has not ended."""
        told, _, signature = given.rpartition(".")
        if not hmac.compare_digest(self._sign(told).encode(), signature.encode("utf-8", "replace")):
            return False
        return time.time() < int(told.rpartition(".")[2])

    def _sign(self, told: str) -> str:
        return hmac.new(self._key, told.encode("utf-8", "replace"), "sha256").hexdigest()
