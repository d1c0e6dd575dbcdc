"""Coverage: which lines and branches of the code under test ran in the cases of a check."""
