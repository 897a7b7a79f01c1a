"""The errors that a user of Détente can meet, each one sentence that says what to do."""

from __future__ import annotations


class DetenteError(Exception):
    """Base of every error that Détente raises on purpose: what is not one of these is a defect.

    Example:
        >>> import detente as dt
        >>> try:
        ...     dt.load("moon")
        ... except dt.DetenteError as error:
        ...     print(error)
        Unknown baseline 'moon'; choose world-2024, toy, or the path of a .nc file.
    """


class InputError(DetenteError, ValueError):
    """What the user gave cannot be used; the message says what was given, what was expected and what to do.

    Commands print the message alone and exit with status 2. It is a `ValueError` too.

    Example:
        >>> import detente as dt
        >>> try:
        ...     dt.calibrate(dt.load("toy")).status_quo().set(importer="AAA", rate=25)
        ... except dt.InputError as error:
        ...     print(error)
        rate: 25 would be 2,500 percent: rates are fractions, so 25 percent is 0.25; did you mean 0.25?...
    """


class SolveError(DetenteError, RuntimeError):
    """An equilibrium, an optimum or an agreement could not be found; commands exit with status 1.

    Example:
        >>> import detente as dt
        >>> issubclass(dt.SolveError, dt.DetenteError)
        True
    """
