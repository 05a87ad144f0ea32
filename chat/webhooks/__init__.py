"""Addresses at which programs post into a channel."""
