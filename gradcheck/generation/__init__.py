"""Configurations, values and cases, and the search for the smallest counterexample."""
