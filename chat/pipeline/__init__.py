"""A message's way: events, the two ports with their adapters, and the readers of the log."""
