"""Tests of Détente; `python -m tests.fuzz` and `python -m tests.kill` are their long versions."""
