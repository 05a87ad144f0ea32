"""Polls, events and notices."""
