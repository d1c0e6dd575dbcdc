"""Tests of the law kinks."""
