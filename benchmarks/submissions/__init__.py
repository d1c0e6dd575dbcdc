"""Submissions of courses, made from a seed: right in many styles, with planted mistakes, unfinished, old, hostile."""
