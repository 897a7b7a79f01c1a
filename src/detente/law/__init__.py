"""Dated tariff measures, rules of origin and stacking, applied rates."""
