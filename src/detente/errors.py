"""The errors that a user of Détente can meet, each one sentence that says what to do."""

from __future__ import annotations


class DetenteError(Exception):
    """Base of every error that Détente raises on purpose."""


class InputError(DetenteError, ValueError):
    """What the user gave cannot be used; the message says what was given, what was expected and what to do.

    Commands print the message alone and exit with status 2.
    """


class SolveError(DetenteError, RuntimeError):
    """An equilibrium, an optimum or an agreement could not be found; commands exit with status 1."""
