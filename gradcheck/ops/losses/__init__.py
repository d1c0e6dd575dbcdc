"""Losses: scalars that say how far predictions are from their targets."""
