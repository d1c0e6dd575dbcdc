"""Plain frozen data: cases, evidence, findings, verdicts, runs, and their JSON."""
