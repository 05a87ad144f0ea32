"""Spend requests: who decides them (pure), and what they refuse."""
