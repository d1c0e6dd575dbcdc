"""Submissions of a course, marked function by function."""
