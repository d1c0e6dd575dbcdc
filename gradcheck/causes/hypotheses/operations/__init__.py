"""Hypotheses of one operation of the forward whose derivative is another, a kind of mistake a file."""
