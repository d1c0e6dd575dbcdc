"""Tests of the law gradient, step by step."""
