"""Sizing: what a site of so many people needs, simulated from measured costs (`costs.toml`).

`python -m benchmarks.sizing` simulates and writes `docs/scale/` and the tables of `docs/scale.md`;
`python -m benchmarks.sizing.measure` measures the costs that no other benchmark tells.
"""
