"""Reports for systems of continuous integration: one format, one file."""
