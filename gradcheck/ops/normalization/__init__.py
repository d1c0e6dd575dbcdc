"""Normalization by statistics of the input itself."""
