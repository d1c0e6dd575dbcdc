"""Activations that look at a whole row at once."""
