"""Finite differences that know their error: directional, matrix-free, one derivative and one error bar per output
element.

f is evaluated at x ± h·v for falling h until every output has converged, and extrapolated (Richardson; Romberg's
table).  An entry is believed as far as the finer ones agree with it, each finer one being 4 times noisier; one-sided
slopes that go on disagreeing as h falls mark a kink, and only finer steps than that count.
"""
