"""The load generator: virtual users on the public protocols, exact counting, report. Knows no Django."""
