"""The declaration language: what an op is, and what may be drawn for it."""
