"""Penalties on weights, which are added to a loss."""
