"""Gates of two or more arrays, broadcast."""
