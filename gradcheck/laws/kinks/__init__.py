"""kinks: where the slopes on both sides differ, the gradient lies between them."""
