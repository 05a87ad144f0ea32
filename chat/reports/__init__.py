"""Messages that members report to the operators."""
