"""Sums, means and maxima over axes."""
