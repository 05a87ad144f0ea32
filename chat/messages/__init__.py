"""Messages: their rules, their history, how pages and the API show them."""
