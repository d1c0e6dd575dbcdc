"""One calling convention a file."""
