"""Elements and rows picked by whole numbers."""
