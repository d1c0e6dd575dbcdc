"""The laws: one law, one file or folder."""
