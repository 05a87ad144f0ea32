"""Transfers that run later: when they run, what people plan and cancel, and the run itself."""
