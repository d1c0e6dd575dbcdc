"""Submissions of a class, read without being run, and the code that calls their functions in a worker process."""
