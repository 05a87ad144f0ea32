"""Benchmarks: `python -m benchmarks.NAME` measures one thing, prints one line for people and one of JSON.

None is a timed test. They make their own data and remove it. Those that speak of real servers need the
variables that `make stack` prints. `benchmarks.sizing` simulates from what was measured.
"""
