"""Layers over sequences of symbols."""
