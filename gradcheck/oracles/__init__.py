"""The witnesses: each returns an estimate with its own error bar."""
