"""Products with matrices, and shifts and scales of channels."""
