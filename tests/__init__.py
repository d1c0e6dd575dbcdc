"""The checker, tested by its own mistakes."""
