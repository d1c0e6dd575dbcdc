"""Measures of predictions; those that count have no gradient."""
