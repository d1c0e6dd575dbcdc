"""The check of one op by all laws: cases, findings, the smallest counterexample, its cause, the baseline."""
