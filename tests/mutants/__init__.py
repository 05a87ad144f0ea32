"""Mistakes that a ledger may have, each with the test that notices it: `python -m tests.mutants`."""
