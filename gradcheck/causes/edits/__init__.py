"""Edits of one line of the code under test, and which of them make it right in every case."""
