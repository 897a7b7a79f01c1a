"""Servers that are killed at random times while people make offers."""
