"""Trials of the whole: benchmarks, faults, evaluations and simulated days."""
