"""Targets: from the words of a user to ops."""
