"""The report of a load test as one HTML page that needs no network, no script and no Django."""
