"""The kinds of edits that are tried, a group of mistakes in each file."""
