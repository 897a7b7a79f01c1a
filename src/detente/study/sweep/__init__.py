"""Sweeps: one scenario at many points of its fields, times draws, in place, on a cluster or in shards; the same results."""
