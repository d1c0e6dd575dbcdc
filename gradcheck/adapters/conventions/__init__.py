"""Calling conventions, one in each file."""
