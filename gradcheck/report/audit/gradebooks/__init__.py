"""Gradebooks: what other people's systems of marks take, one format, one file."""
