"""One op before all laws: cases, findings, the smallest counterexample, its cause, the baseline."""
