"""Hypotheses by kind, one kind a file: each changes the right computation as a mistake would."""
