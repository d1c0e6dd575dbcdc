"""Arrays joined, cut and rearranged."""
