"""The scenario file: its schema, its sentences for mistakes, and what each part of it means as arrays."""

from __future__ import annotations

from detente.study.scenario.schema import Scenario

__all__ = ["Scenario"]
