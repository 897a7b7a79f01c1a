"""Outcomes that people ask for: places, energy, exposure."""
