"""The only caller of the code under test."""
