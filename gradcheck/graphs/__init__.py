"""Computational graphs of ops, and their pictures."""
