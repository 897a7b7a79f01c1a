"""Draws of what is uncertain, the ranges they give, and what drives them."""
