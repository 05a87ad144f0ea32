"""Dues as plain dates and numbers: nothing here asks the database."""
