"""Tests of gradcheck.oracles.jaxpr.primitives."""
